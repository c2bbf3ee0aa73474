import { type Document, isMap, isPair, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';

export interface SourceLocation {
  line: number;
  column: number;
}

/**
 * Where the value at `path` stands. Something that is missing is reported where it should be: at the name of the
 * mapping that lacks it.
 */
export function locateValue(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly PropertyKey[],
): SourceLocation {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const pair = pairAt(node, step);
    if (pair) {
      offset = startOf(pair.value) ?? startOf(pair.key) ?? offset;
      // A mapping begins on the line below its name; the name is where a person looks.
      if (isMap(pair.value) && !pair.value.flow) offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number' && node.items[step] !== undefined) {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return at(lines, offset);
}

/** Where the name `name` of the mapping at `path` stands. */
export function locateName(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly PropertyKey[],
  name: string,
): SourceLocation {
  const mapping = path.length === 0 ? document.contents : document.getIn(path as unknown[], true);
  const offset = startOf(pairAt(mapping, name)?.key);
  return offset === undefined ? locateValue(document, lines, path) : at(lines, offset);
}

export function at(lines: LineCounter, offset: number): SourceLocation {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** `sources[0].landing` */
export function renderPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${String(step)}` : String(step),
    '',
  );
}

function pairAt(node: unknown, step: PropertyKey): Pair<Node, Node | null> | undefined {
  if (!isMap<Node, Node | null>(node)) return undefined;
  return node.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
  );
}

function startOf(node: unknown): number | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range ? range[0] : undefined;
}
