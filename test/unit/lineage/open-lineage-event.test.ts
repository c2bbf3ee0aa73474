import { describe, expect, it } from 'vitest';
import type { TableHead } from '../../../src/ingest/planning/plan.js';
import type { Publication } from '../../../src/ingest/publication/publication.js';
import { LARGEST_EVENT_BYTES, openLineageEvent } from '../../../src/lineage/open-lineage-event.js';

const PUBLICATION: Publication = {
  format: 1,
  partner: 'acme',
  date: '2026-11-21',
  version: 2,
  status: 'published',
  publishedAt: '2026-11-21T06:00:00.000Z',
  workflowId: 'w',
  runId: 'r',
  tables: [],
  score: 90,
  summaryKey: 's',
  ledgerKey: 'l',
};

interface Event {
  eventType: string;
  eventTime: string;
  producer: string;
  schemaURL: string;
  run: { runId: string; facets: Record<string, Record<string, unknown>> };
  job: { namespace: string; name: string; facets: Record<string, Record<string, unknown>> };
  inputs: { namespace: string; name: string }[];
  outputs: {
    namespace: string;
    name: string;
    facets: Record<string, Record<string, unknown>>;
    outputFacets?: Record<string, Record<string, unknown>>;
  }[];
}

function eventOf(archives: number, columns = 3, failed = false): Event {
  const head = {
    columns: Array.from({ length: columns }, (_, n) => `column_${n}`),
    types: Array.from({ length: columns }, () => 'text'),
  } as unknown as TableHead;
  return openLineageEvent({
    publication: PUBLICATION,
    published: failed
      ? { table: 'orders', status: 'failed', error: 'disk full' }
      : { table: 'orders', status: 'merged', key: 'acme/2026-11-21/v2/orders.csv', rows: 10, bytes: 99 },
    head,
    archives: Array.from({ length: archives }, (_, n) => `landing/acme/2026-11-21/acme_${n}.tar.gz`),
    storeUrl: 's3://drops/',
    namespace: 'partnerday',
    codeVersion: '0.1.0',
  }) as Event;
}

const isUri = (text: unknown) => typeof text === 'string' && URL.canParse(text);

describe('an OpenLineage event of a table', () => {
  it.each([false, true])('has what RunEvent, Job, Run and every facet require (failed: %s)', (failed) => {
    const event = eventOf(5, 3, failed);
    expect(event.eventType).toBe(failed ? 'FAIL' : 'COMPLETE');
    expect(Number.isNaN(Date.parse(event.eventTime))).toBe(false);
    expect(isUri(event.producer)).toBe(true);
    expect(event.schemaURL).toBe('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent');
    expect(event.run.runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(event.job).toMatchObject({ namespace: 'partnerday', name: 'acme.orders' });
    for (const dataset of [...event.inputs, ...event.outputs]) {
      expect(dataset.namespace).toBe('s3://drops');
      expect(dataset.name).not.toBe('');
    }
    const facets = [
      event.run.facets,
      event.job.facets,
      ...event.outputs.flatMap((output) => [output.facets, output.outputFacets ?? {}]),
    ].flatMap((group) => Object.values(group));
    expect(facets.length).toBeGreaterThanOrEqual(5);
    for (const facet of facets) {
      expect(isUri(facet._producer)).toBe(true);
      expect(isUri(facet._schemaURL)).toBe(true);
    }
    expect(event.run.facets.errorMessage?.message).toBe(failed ? 'disk full' : undefined);
    expect(event.outputs[0]!.outputFacets?.outputStatistics?.rowCount).toBe(failed ? undefined : 10);
  });

  it.each([
    [40_000, 30],
    [40_000, 4_000],
    [0, 4_000],
  ])(
    'is smaller than 64 KB with %i archives and %i columns, and says how many there are',
    (archives, columns) => {
      const event = eventOf(archives, columns);
      const bytes = Buffer.byteLength(JSON.stringify(event));
      expect(bytes).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
      expect(event.run.facets.partnerday!.archives).toBe(archives);
      // What fits is there.
      if (archives > 0 && columns < 100) expect(bytes).toBeGreaterThan(LARGEST_EVENT_BYTES * 0.8);
    },
  );

  it('is the same for the same publication, under another id for another table or version', () => {
    expect(eventOf(3)).toEqual(eventOf(3));
    const other = { ...PUBLICATION, version: 3 };
    const head = { columns: [], types: [] } as unknown as TableHead;
    const rest = { head, archives: [], storeUrl: 's3://drops', namespace: 'n', codeVersion: '1' };
    const idOf = (publication: Publication, table: string) =>
      (openLineageEvent({ publication, published: { table, status: 'merged' }, ...rest }) as Event).run.runId;
    const ids = [idOf(PUBLICATION, 'orders'), idOf(other, 'orders'), idOf(PUBLICATION, 'stays')];
    expect(new Set(ids).size).toBe(3);
  });
});
