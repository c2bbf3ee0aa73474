import { describe, expect, it } from 'vitest';
import {
  importsIn,
  importsOf,
  loadedPackages,
  resolveImport,
  sourceFiles,
} from '../support/module-imports.js';

const everything = sourceFiles('src');
const isTemporal = (specifier: string) => specifier.startsWith('@temporalio/');
const isAws = (specifier: string) => specifier.startsWith('@aws-sdk/') || specifier.startsWith('@smithy/');

/** `file -> specifier` of every import of these files for which `forbidden` says so. */
function offences(
  files: readonly string[],
  forbidden: (specifier: string, file: string) => boolean,
): string[] {
  return files.flatMap((file) =>
    importsOf(file)
      .filter(({ specifier }) => forbidden(specifier, file))
      .map(({ specifier }) => `${file} -> ${specifier}`),
  );
}

describe('dependencies point inward', () => {
  it.each(['archive', 'csv', 'ingest', 'quality', 'config', 'alerts', 'report'])(
    'src/%s knows neither Temporal nor AWS, not even their types',
    (layer) => {
      const files = sourceFiles(`src/${layer}`);
      expect(files.length).toBeGreaterThan(0);
      expect(offences(files, (specifier) => isTemporal(specifier) || isAws(specifier))).toEqual([]);
    },
  );

  it.each(['archive', 'csv', 'ingest', 'quality', 'config', 'store', 'alerts', 'report'])(
    'src/%s imports nothing of the layers around it',
    (layer) => {
      const outer = /^src\/(workflows|activities|workers|cli|demo)\//;
      const files = sourceFiles(`src/${layer}`);
      expect(offences(files, (specifier, file) => outer.test(resolveImport(file, specifier) ?? ''))).toEqual(
        [],
      );
    },
  );

  it('only src/store/s3 imports the AWS SDK', () => {
    const others = everything.filter((file) => !file.startsWith('src/store/s3/'));
    expect(offences(others, isAws)).toEqual([]);
  });
});

describe('workflow code is deterministic', () => {
  it('loads no package but the workflow API, however deep the import', () => {
    const allowed = new Set(['@temporalio/workflow', '@temporalio/common']);
    const loaded = loadedPackages(['src/workflows/index.ts']);
    const offending = [...loaded].filter(([specifier]) => !allowed.has(specifier));
    expect(offending.map(([specifier, chain]) => `${chain} > ${specifier}`)).toEqual([]);
    expect([...loaded.keys()]).toContain('@temporalio/workflow');
  });

  it('knows activities by their types only', () => {
    const offending = sourceFiles('src/workflows').flatMap((file) =>
      importsOf(file)
        .filter(({ specifier, typeOnly }) => {
          return !typeOnly && /^src\/(activities|store)\//.test(resolveImport(file, specifier) ?? '');
        })
        .map(({ specifier }) => `${file} -> ${specifier}`),
    );
    expect(offending).toEqual([]);
  });
});

it('nothing imports the command line but itself', () => {
  const others = everything.filter((file) => !file.startsWith('src/cli/'));
  const intoCli = offences(others, (specifier, file) =>
    (resolveImport(file, specifier) ?? '').startsWith('src/cli/'),
  );
  expect(intoCli).toEqual([]);
});

it('sees every form of import, and which of them leave no trace at run time', () => {
  const text = `
    import 'side-effect';
    import { a, type A } from 'named';
    import type { B } from 'type';
    export { c } from 're-export';
    export type { D } from 'type-re-export';
    const e = await import('dynamic');
  `;
  expect(importsIn(text)).toEqual([
    { specifier: 'side-effect', typeOnly: false },
    { specifier: 'named', typeOnly: false },
    { specifier: 'type', typeOnly: true },
    { specifier: 're-export', typeOnly: false },
    { specifier: 'type-re-export', typeOnly: true },
    { specifier: 'dynamic', typeOnly: false },
  ]);
});
