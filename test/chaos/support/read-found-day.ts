import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import type { ObjectStore } from '../../../src/store/object-store.js';
import type { FoundDay, FoundTable } from './check-day.js';
import { rowDigest } from './known-day.js';

interface Published {
  version: number;
  tables: { table: string; status: string; key?: string; version?: number }[];
}

/** What readers of a day find, read by nothing of Partnerday but the store, and by another CSV parser. */
export async function readFoundDay(store: ObjectStore, partner: string, date: string): Promise<FoundDay> {
  const read = async <T>(key: string): Promise<T> => JSON.parse((await store.getBytes(key)).toString()) as T;
  const published = await read<Published>(`${partner}/${date}/published.json`);
  const tables = new Map<string, FoundTable>();
  for (const { table, status, key } of published.tables) {
    if (status === 'merged') tables.set(table, foundTable(await store.getBytes(key!)));
  }
  const plan = await read<{ archives: { archiveId?: string; rulesId?: string; fate: string }[] }>(
    `${partner}/${date}/v${published.version}/plan.json`,
  );
  const quarantined: string[] = [];
  for (const { archiveId, rulesId, fate } of plan.archives) {
    if (fate !== 'merged' && fate !== 'salvaged') continue;
    const { quarantine } = await read<{ quarantine?: string }>(
      `${partner}/${date}/extract/${archiveId}/${rulesId}/manifest.json`,
    );
    if (quarantine === undefined) continue;
    for (const line of (await store.getBytes(quarantine)).toString().trim().split('\n')) {
      const { member, raw } = JSON.parse(line) as { member: string; raw: string };
      const [id] = Buffer.from(raw, 'base64').toString('latin1').split(',');
      quarantined.push(`${member.split('_20')[0]}/${id}`);
    }
  }
  return { tables, quarantined };
}

function foundTable(bytes: Buffer): FoundTable {
  const rows = parse(bytes, { columns: true }) as Record<string, string>[];
  return {
    rows: rows.map((row) => ({ id: row.id!, digest: rowDigest(row) })),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
