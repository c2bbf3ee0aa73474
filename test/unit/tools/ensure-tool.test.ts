import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureTemporal, findTemporal } from '../../../src/tools/ensure-temporal.js';
import { ensureTool, type ToolRecipe } from '../../../src/tools/ensure-tool.js';
import { ensureVersitygw } from '../../../src/tools/ensure-versitygw.js';

const GOOD = 'echo "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"';
const OLD = 'echo "temporal version 1.0.0 (Server 1.24.2, UI 2.28.0)"';
/** Stands for the Go compiler: notes that it ran, then leaves a program in GOBIN as `go install` does. */
const GO = `
echo run >> "$GO_RUNS"
sleep 0.5
printf '#!/bin/sh\\necho "Version : git"\\n' > "$GOBIN/versitygw"
chmod +x "$GOBIN/versitygw"`;

let home: string;
let lines: string[];
const announce = (line: string) => lines.push(line);

async function program(path: string, body: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tools-'));
  lines = [];
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('finding a program', () => {
  it('takes the one the environment names before the one on PATH', async () => {
    const named = await program(join(home, 'named'), GOOD);
    await program(join(home, 'path/temporal'), GOOD);
    const env = { PATH: join(home, 'path'), PARTNERDAY_TEMPORAL: named };
    expect(await findTemporal({ directory: home, env })).toMatchObject({ path: named, origin: 'variable' });
  });

  it('refuses a named program that cannot be run, instead of quietly taking another', async () => {
    await program(join(home, 'path/temporal'), GOOD);
    const env = { PATH: join(home, 'path'), PARTNERDAY_TEMPORAL: join(home, 'nothing') };
    await expect(ensureTemporal({ directory: home, env, announce })).rejects.toThrow(
      /PARTNERDAY_TEMPORAL=.*nothing: it cannot be run\. Correct or unset PARTNERDAY_TEMPORAL/,
    );
  });

  it('passes over a server on PATH that is too old for fairness', async () => {
    await program(join(home, 'path/temporal'), OLD);
    const cached = await program(join(home, 'bin/temporal'), GOOD);
    const env = { PATH: join(home, 'path') };
    expect(await findTemporal({ directory: home, env })).toMatchObject({ path: cached, origin: 'cache' });
  });

  it('obtains nothing when it only looks', async () => {
    await program(join(home, 'path/go'), 'exit 1');
    expect(await findTemporal({ directory: home, env: { PATH: join(home, 'path') } })).toBeUndefined();
  });
});

describe('obtaining a program', () => {
  it('says everything that was tried and what to do, when nothing works', async () => {
    const env = { PATH: join(home, 'path') };
    await expect(ensureVersitygw({ directory: home, env, announce })).rejects.toThrow(
      'the S3 server (versitygw) is not available: `versitygw` is not on PATH; `go` is not on PATH. Install versitygw',
    );
  });

  it('names the failing build and its last words', async () => {
    await program(join(home, 'path/go'), 'echo "module lookup disabled"; exit 1');
    const env = { PATH: `${join(home, 'path')}:/bin:/usr/bin` };
    await expect(ensureVersitygw({ directory: home, env, announce })).rejects.toThrow(
      /go install github.com\/versity\/versitygw\/cmd\/versitygw@v[\d.]+`: module lookup disabled/,
    );
    expect(lines[0]).toMatch(/^building the S3 server \(versitygw\) with go/);
  });

  it('goes on to the next way when the first fails', async () => {
    const built = await program(join(home, 'built'), 'echo 1');
    const recipe: ToolRecipe = {
      binary: 'thing',
      title: 'the thing',
      variable: 'THING',
      advice: '',
      ways: [
        { origin: 'download', obtain: async () => ({ failed: 'no network' }) },
        { origin: 'go', obtain: async () => ({ path: built }) },
      ],
    };
    expect(await ensureTool(recipe, { directory: home, env: { PATH: '' }, announce })).toMatchObject({
      path: built,
      origin: 'go',
    });
  });

  it('builds once for any number of callers at the same time', async () => {
    await program(join(home, 'path/go'), GO);
    const env = { PATH: `${join(home, 'path')}:/bin:/usr/bin`, GO_RUNS: join(home, 'runs') };
    const tools = await Promise.all([1, 2, 3].map(() => ensureVersitygw({ directory: home, env, announce })));
    expect(new Set(tools.map(({ path }) => path))).toEqual(new Set([join(home, 'bin/versitygw')]));
    expect(await readFile(env.GO_RUNS, 'utf8')).toBe('run\n');
  });

  it('takes over the lock of a process that died while building', async () => {
    await program(join(home, 'path/go'), GO);
    const dead = spawn('/bin/true');
    await new Promise((resolve) => dead.once('close', resolve));
    await writeFile(join(home, 'versitygw.lock'), String(dead.pid));
    const env = { PATH: `${join(home, 'path')}:/bin:/usr/bin`, GO_RUNS: join(home, 'runs') };
    expect(await ensureVersitygw({ directory: home, env, announce })).toMatchObject({ origin: 'go' });
  });
});
