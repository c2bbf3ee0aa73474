import { afterEach, describe, expect, it } from 'vitest';
import { requireJson } from '../../../src/ingest/documents/json-object.js';
import { type QualityReport, qualityReportSchema } from '../../../src/quality/quality-report.js';
import type { WhatIf } from '../../../src/quality/what-if.js';
import { LocalDay } from '../../support/local-day.js';
import { archiveName, PlantedDay } from '../../support/planted-day.js';

const DATE = '2026-11-21';

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

describe('what would raise the score', () => {
  const open: LocalDay[] = [];
  afterEach(async () => {
    for (const day of open.splice(0)) await day.remove();
  });

  /** The day with a fault, then the same day once what was proposed is done. */
  async function planted(
    plant: (day: PlantedDay) => void,
  ): Promise<{ local: LocalDay; first: QualityReport; propose: (action: WhatIf['action']) => WhatIf }> {
    const local = await LocalDay.create();
    open.push(local);
    const day = PlantedDay.make(DATE);
    plant(day);
    await day.run(local);
    const first = await report(local, 1);
    return { local, first, propose: (action) => first.whatIf.find((remedy) => remedy.action === action)! };
  }

  function report({ store, layout }: LocalDay, version: number): Promise<QualityReport> {
    return requireJson(store, layout.version(version).quality, qualityReportSchema);
  }

  /** What it proposed, done: the score is what was promised. */
  async function requirePromiseKept(local: LocalDay, proposed: WhatIf): Promise<void> {
    await PlantedDay.make(DATE).run(local);
    const second = await report(local, 2);
    expect(second.score).toBe(proposed.to);
    expect(second.score).toBeGreaterThan(proposed.from);
  }

  it('archives that are missing: the score is as promised once they have come', async () => {
    const { local, first, propose } = await planted((day) => {
      for (const n of [3, 4, 5]) day.archives.delete(archiveName(n));
    });
    const proposed = propose('resend');
    expect(proposed).toMatchObject({ text: 'send the 3 archives that are missing', from: first.score });
    expect(proposed.archives).toEqual([3, 4, 5].map((n) => local.key(archiveName(n))));
    await requirePromiseKept(local, proposed);
  });

  it('archives that are damaged', async () => {
    const { local, propose } = await planted((day) => {
      day.damaged.set(archiveName(2), half(day.archiveBytes(archiveName(2))));
      day.damaged.set(archiveName(7), Buffer.from('no archive'));
    });
    const proposed = propose('resend');
    expect(proposed.text).toBe('re-send the 2 archives that are damaged');
    await requirePromiseKept(local, proposed);
  });

  it('archives with rows that are set aside', async () => {
    const { local, propose } = await planted((day) => {
      const member = day.member('guests', 4);
      member.bytes = Buffer.from(`${member.header.join(',')}\n1,a\n2,b,KR,more\n`);
    });
    const proposed = propose('resend');
    expect(proposed.text).toBe('re-send the archive with rows set aside');
    await requirePromiseKept(local, proposed);
  });

  it('says first what gains most, and nothing that gains nothing', async () => {
    const { first } = await planted((day) => {
      for (const n of [3, 4, 5]) day.archives.delete(archiveName(n));
      day.damaged.set(archiveName(7), Buffer.from('no archive'));
    });
    const gains = first.whatIf.map(({ from, to }) => to - from);
    expect(gains).toEqual([...gains].sort((a, b) => b - a));
    expect(gains.every((gain) => gain > 0)).toBe(true);
    expect(first.whatIf[0]!.text).toBe('re-send the 4 archives');
  });

  it('proposes nothing for a day without faults', async () => {
    const { first } = await planted(() => {});
    expect(first).toMatchObject({ score: 100, whatIf: [] });
  });
});
