import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

export interface ModuleImport {
  specifier: string;
  /** Erased by the compiler: it ties types together, not code. */
  typeOnly: boolean;
}

const root = resolve(import.meta.dirname, '../..');

/** TypeScript files below `directory` (relative to the checkout), as paths relative to the checkout. */
export function sourceFiles(directory: string): string[] {
  const path = join(root, directory);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('/assembly/'))
    .sort();
}

const known = new Map<string, ModuleImport[]>();

export function importsOf(file: string): ModuleImport[] {
  const imports = known.get(file) ?? importsIn(readFileSync(join(root, file), 'utf8'));
  known.set(file, imports);
  return imports;
}

export function importsIn(text: string): ModuleImport[] {
  const source = ts.createSourceFile('module.ts', text, ts.ScriptTarget.ES2023);
  const found: ModuleImport[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const { moduleSpecifier } = node;
      const typeOnly = ts.isImportDeclaration(node)
        ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
        : node.isTypeOnly;
      if (moduleSpecifier && ts.isStringLiteral(moduleSpecifier)) {
        found.push({ specifier: moduleSpecifier.text, typeOnly });
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) {
        found.push({ specifier: argument.text, typeOnly: false });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The file of this checkout a relative import of `file` means; `undefined` for packages. */
export function resolveImport(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return join(dirname(file), specifier).replace(/\.js$/, '.ts');
}

/**
 * Packages and Node modules that code starting at `entries` loads at run time, each with the chain of files that
 * leads to it.
 */
export function loadedPackages(entries: readonly string[]): Map<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const follow = (file: string, chain: string): void => {
    if (seen.has(file) || !existsSync(join(root, file))) return;
    seen.add(file);
    for (const { specifier, typeOnly } of importsOf(file)) {
      if (typeOnly) continue;
      const target = resolveImport(file, specifier);
      if (target) follow(target, `${chain} > ${target}`);
      else if (!packages.has(specifier)) packages.set(specifier, chain);
    }
  };
  for (const entry of entries) follow(entry, entry);
  return packages;
}
