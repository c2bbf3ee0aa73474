import { joinColumnTypes } from '../../csv/column-type.js';
import type { Finding } from '../../quality/finding.js';
import { judgeHeader } from '../extraction/header-contract.js';
import type { Manifest, ManifestMember } from '../manifest.js';
import type { ShareSource } from './fold-table.js';
import { RangeList, type RangeSource } from './range-list.js';
import type { TableExpectation } from './table-rules.js';
import {
  type EncodedShare,
  encodeShare,
  NAMES_KEPT,
  type ShareGroup,
  type TableShare,
} from './table-share.js';
import { TextPile } from './text-pile.js';

interface Header {
  readonly index: number;
  readonly honoured: boolean;
}

/** What the archives read for a version give to one table, shown archive by archive in canonical order. */
export class TableParts implements ShareSource {
  readonly headers: string[][] = [];
  /** Under the index of their header in `headers`. */
  readonly ranges = new RangeList();
  readonly #known = new Map<string, Header>();
  /** Shares without their archives, which all tables have in common. */
  readonly #pile = new TextPile();
  readonly #archives: string[] = [];
  /** By header: groups that kept the name of their first member. */
  readonly #named: number[] = [];
  #share: TableShare | undefined;

  constructor(private readonly expectation: TableExpectation) {}

  begin(archive: string): void {
    if (this.#share?.archive === archive) return;
    this.end();
    const none = (): [number, number] => [0, 0];
    const before = this.ranges.length;
    // `ranges` counts from here until the share is closed.
    this.#share = {
      archive,
      ranges: -before,
      groups: [],
      quarantined: none(),
      duplicate: none(),
      findings: [],
      more: [],
    };
  }

  /** @returns what became of the member: its header may breach the table's contract */
  merge(
    manifest: Manifest,
    headerTexts: readonly string[],
    member: ManifestMember,
    source: RangeSource | undefined,
  ): 'loaded' | 'quarantined' {
    const { index, honoured } = this.#header(manifest, headerTexts, member);
    const rows = member.rows - member.rowsQuarantined;
    const group = this.#group(index, member.name);
    group.members++;
    group.rows += rows;
    group.rowsQuarantined += member.rowsQuarantined;
    for (let column = 0; column < group.nulls.length; column++) {
      group.nulls[column]! += member.nulls?.[column] ?? 0;
      group.types[column] = joinColumnTypes(group.types[column]!, member.types?.[column] ?? 'null');
    }
    if (!honoured) return 'quarantined';
    if (member.range !== undefined && source !== undefined) {
      const { offset, bytes, crc32 } = member.range;
      this.ranges.add(source, { offset, bytes, crc32, rows, header: index });
    }
    return 'loaded';
  }

  quarantine({ rows }: ManifestMember): void {
    const { quarantined } = this.#share!;
    quarantined[0]++;
    quarantined[1] += rows;
  }

  duplicate({ rows }: ManifestMember): void {
    const { duplicate } = this.#share!;
    duplicate[0]++;
    duplicate[1] += rows;
  }

  note(finding: Finding): void {
    this.#share!.findings.push({ ...finding, table: this.expectation.table });
  }

  /** Closes the share of the archive shown last. */
  end(): void {
    const share = this.#share;
    if (share === undefined) return;
    share.ranges += this.ranges.length;
    for (const group of share.groups) {
      const named = this.#named[group.header] ?? 0;
      // The fold keeps no name beyond these either; here a million of them would be too many.
      if (named >= NAMES_KEPT) group.member = undefined;
      else this.#named[group.header] = named + 1;
    }
    this.#archives.push(share.archive);
    this.#pile.add(JSON.stringify(encodeShare({ ...share, archive: '' })));
    this.#share = undefined;
  }

  get rangeHeaders(): string[][] {
    return this.headers;
  }

  *shares(): Generator<EncodedShare> {
    let at = 0;
    for (const text of this.#pile.texts()) {
      const share: EncodedShare = JSON.parse(text);
      share[0] = this.#archives[at++]!;
      yield share;
    }
  }

  #header(manifest: Manifest, headerTexts: readonly string[], member: ManifestMember): Header {
    const position = member.header ?? -1;
    const text = headerTexts[position] ?? '';
    let header = this.#known.get(text);
    if (header === undefined) {
      const columns = manifest.headers[position] ?? [];
      const { honoured } = judgeHeader(columns, this.expectation);
      header = { index: this.headers.push(columns) - 1, honoured };
      this.#known.set(text, header);
    }
    return header;
  }

  #group(header: number, member: string): ShareGroup {
    const { groups } = this.#share!;
    let group = groups.find((candidate) => candidate.header === header);
    if (group === undefined) {
      const columns = this.headers[header]!;
      group = {
        header,
        members: 0,
        rows: 0,
        rowsQuarantined: 0,
        nulls: columns.map(() => 0),
        types: columns.map(() => 'null'),
        member,
      };
      groups.push(group);
    }
    return group;
  }
}
