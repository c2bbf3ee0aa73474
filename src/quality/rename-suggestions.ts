export interface Rename {
  was: string;
  column: string;
}

export interface RenameInput {
  /** Columns as they were. */
  reference: readonly string[];
  /** As one header has them. */
  header: readonly string[];
  /** Whether a column may hold the values the other held; `undefined`: not known. */
  fits(was: string, column: string): boolean | undefined;
}

/** Names this much alike are taken for one. */
const ALIKE = 0.6;
/** More pairs than this are not compared letter by letter: such a header is another table's. */
const MOST_PAIRS = 400;

/**
 * Which columns of a header may be earlier ones under a new name: those with similar names, and those that stand where
 * the earlier one stood. Each column once, the most similar names first. Suggestions, never facts.
 */
export function suggestRenames({ reference, header, fits }: RenameInput): Rename[] {
  const [before, now] = [new Set(reference), new Set(header)];
  const went = reference.filter((column) => !now.has(column));
  const came = header.filter((column) => !before.has(column));
  if (went.length === 0 || came.length === 0) return [];
  const [oldSlots, newSlots] = [slots(reference, now), slots(header, before)];
  const few = went.length * came.length <= MOST_PAIRS;
  const pairs = went.flatMap((was) =>
    came.flatMap((column) => {
      if (fits(was, column) === false) return [];
      const likeness = few ? similarity(was, column) : letters(was) === letters(column) ? 1 : 0;
      const weight =
        likeness >= ALIKE ? 1 + likeness : oldSlots.get(was) === newSlots.get(column) ? likeness : -1;
      return weight < 0 ? [] : [{ was, column, weight }];
    }),
  );
  pairs.sort((a, b) => b.weight - a.weight);
  const [taken, given] = [new Set<string>(), new Set<string>()];
  return pairs.flatMap(({ was, column }) => {
    if (taken.has(was) || given.has(column)) return [];
    taken.add(was);
    given.add(column);
    return [{ was, column }];
  });
}

/** Where columns that `other` lacks stand: between which columns, how many of them, and as the how manieth. */
function slots(columns: readonly string[], other: ReadonlySet<string>): Map<string, string> {
  const found = new Map<string, string>();
  let [gap, before]: [string[], string] = [[], ''];
  const close = (after: string) => {
    for (const [index, column] of gap.entries())
      found.set(column, JSON.stringify([before, after, gap.length, index]));
    [gap, before] = [[], after];
  };
  for (const column of columns) {
    if (other.has(column)) close(`=${column}`);
    else gap.push(column);
  }
  close('');
  return found;
}

/** 1: the same but for case and punctuation. 0: nothing in common. */
export function similarity(a: string, b: string): number {
  const [left, right] = [letters(a), letters(b)];
  if (left === right) return left === '' ? 0 : 1;
  const longest = Math.max(left.length, right.length);
  const shortest = Math.min(left.length, right.length);
  if (shortest >= 4 && (left.includes(right) || right.includes(left))) return 0.8;
  return 1 - editDistance(left, right) / longest;
}

function letters(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const here = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      here.push(Math.min(replaced, above[column]! + 1, here[column - 1]! + 1));
    }
    above = here;
  }
  return above[b.length]!;
}
