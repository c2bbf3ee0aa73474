import type { Rules } from '../../config/rules.js';
import { createKernelMemberScan } from '../../csv/kernel/kernel-member-scan.js';
import type { WrittenRow } from '../../csv/member-scan.js';
import { TerminalError } from '../../errors.js';
import type { CallOptions, ObjectStore } from '../../store/object-store.js';
import { readMember } from '../extraction/read-member.js';
import { tableScanRules } from '../extraction/table-scan-rules.js';
import { lastCheckpoint } from './range-members.js';
import type { TracedRow } from './trace-row.js';

export interface OriginalRow {
  /** As the partner sent it, without its line end; decoded to UTF-8 from the encoding named. */
  readonly raw: Buffer;
  readonly encoding: Rules['dialect']['encoding'];
  readonly line: number;
  /** Byte offset in the member; absent where it was decoded. */
  readonly offset?: number;
}

/** Reads the archive again, up to the row: takes as long as that takes. */
export async function readOriginalRow(
  store: ObjectStore,
  { manifest, member, rowInMember }: Pick<TracedRow, 'manifest' | 'member' | 'rowInMember'>,
  rules: Rules,
  call: CallOptions = {},
): Promise<OriginalRow> {
  const table = tableScanRules(rules, member.table!);
  const { encoding } = table.dialect;
  let found: OriginalRow | undefined;
  const onRow = ({ row, raw, line, offset }: WrittenRow) => {
    if (row !== rowInMember) return;
    found = { raw: Buffer.from(raw), encoding, line, ...(offset === undefined ? {} : { offset }) };
  };
  const scan = createKernelMemberScan({
    member: member.name,
    table,
    limits: rules.limits,
    rows: { write() {} },
    quarantine: { row() {} },
    onRow,
    onRowFrom: lastCheckpoint(member, rowInMember).at,
  });
  await readMember(
    store,
    manifest.archive,
    member.position,
    rules.limits,
    {
      write: (chunk) => found ?? scan.write(chunk),
      end: () => void (found ?? scan.end()),
      get enough() {
        return found !== undefined;
      },
    },
    call,
  );
  if (found) return found;
  throw new TerminalError(
    `${manifest.archive.key}: member ${member.name} has no row ${rowInMember + 1} any more, although its manifest says so`,
  );
}
