import { type PackedMember, packArchive } from '../archive/pack-archive.js';
import { dealRows, shareOfDay } from './deal-rows.js';
import type { Batch, DemoPartnerSpec } from './demo-partner.js';
import type { DemoCompletion, DemoDay } from './demo-plan.js';
import { plantInArchive, plantInBatch } from './planted.js';
import type { SourceTable } from './source-tables.js';
import { writeCsv } from './write-csv.js';

/** An object of the landing prefix. */
export interface LandingFile {
  key: string;
  content: Buffer;
}

export interface BuiltDay {
  day: DemoDay;
  /** In the order they land: archives, then what completes the day. */
  files: LandingFile[];
}

/** Everything one partner sends for one business date. */
export async function buildDay(
  partner: DemoPartnerSpec,
  dates: readonly string[],
  index: number,
  sources: ReadonlyMap<string, SourceTable>,
): Promise<BuiltDay> {
  const date = dates[index]!;
  const prefix = `landing/${partner.id}/${date}/`;
  const files: LandingFile[] = [];
  const announced: { name: string; bytes: number }[] = [];
  let members = 0;
  for (const [position, batches] of dealDay(partner, index, dates.length, sources).entries()) {
    const packed = await packArchive(
      batches.map((batch) => writeMember(partner, date, batch)),
      writtenAt(date, position),
    );
    const name = partner.archiveName(date, position + 1);
    announced.push({ name, bytes: packed.length });
    const content = plantInArchive(partner.id, index, position + 1, packed);
    if (content === undefined) continue;
    files.push({ key: prefix + name, content });
    members += batches.length;
  }
  const bytes = files.reduce((sum, file) => sum + file.content.length, 0);
  const archives = files.length;
  const completion = complete(partner, prefix, files, announced);
  return { day: { date, completion, archives, members, bytes }, files };
}

/** The batches of each archive, in order of table and batch. */
function dealDay(
  partner: DemoPartnerSpec,
  index: number,
  days: number,
  sources: ReadonlyMap<string, SourceTable>,
): Batch[][] {
  const archives: Batch[][] = Array.from({ length: partner.archivesPerDay }, () => []);
  for (const [position, spec] of partner.tables.entries()) {
    const rows = shareOfDay(sources.get(spec.file)!, index, days);
    for (const batch of dealRows(spec, rows, partner, 1 + position * days + index)) {
      archives[batch.archive]!.push(plantInBatch(partner.id, index, batch));
    }
  }
  return archives;
}

function writeMember(partner: DemoPartnerSpec, date: string, batch: Batch): PackedMember {
  const { lineEnd } = partner.tables.find(({ table }) => table === batch.table)!;
  return {
    name: partner.memberName(batch.table, date, batch.number),
    content: writeCsv(batch, partner.dialect, lineEnd),
  };
}

/** One archive every ten minutes from 00:30 UTC of the day after. */
function writtenAt(date: string, position: number): Date {
  return new Date(Date.parse(`${date}T00:00:00Z`) + ((24 + 0.5) * 60 + position * 10) * 60_000);
}

/** Adds the object that says "complete", where the partner sends one. */
function complete(
  partner: DemoPartnerSpec,
  prefix: string,
  files: LandingFile[],
  announced: { name: string; bytes: number }[],
): DemoCompletion {
  switch (partner.completion) {
    case 'manifest': {
      const key = `${prefix}MANIFEST.json`;
      files.push({ key, content: Buffer.from(`${JSON.stringify({ archives: announced }, null, 2)}\n`) });
      return { by: 'manifest', key };
    }
    case 'marker': {
      const key = `${prefix}_SUCCESS`;
      files.push({ key, content: Buffer.alloc(0) });
      return { by: 'marker', key };
    }
    case 'signal': {
      const bytes = announced.reduce((sum, archive) => sum + archive.bytes, 0);
      return { by: 'signal', source: 'main', archives: announced.length, bytes };
    }
  }
}
