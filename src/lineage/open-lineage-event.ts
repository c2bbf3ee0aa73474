import { createHash } from 'node:crypto';
import type { TableHead } from '../ingest/planning/plan.js';
import type { Publication, PublishedTable } from '../ingest/publication/publication.js';

const SPEC = 'https://openlineage.io/spec';
/** Backends take events of at most 64 KB. */
export const LARGEST_EVENT_BYTES = 64 * 1024 - 1;
const COLUMNS_SHOWN = 1_000;

export interface LineageInput {
  publication: Publication;
  published: PublishedTable;
  head: TableHead;
  /** Archives that gave rows to the table: keys, in canonical order. */
  archives: readonly string[];
  /** Of the store; part of every name. */
  storeUrl: string;
  namespace: string;
  codeVersion: string;
}

/**
 * What happened to one table on one day, as an OpenLineage RunEvent. The same publication gives the same event, run id
 * included, so that sending it twice does no harm. Inputs that do not fit are counted.
 */
export function openLineageEvent(input: LineageInput): object {
  let shown = input.archives.length;
  let columns = Math.min(COLUMNS_SHOWN, input.head.columns.length);
  for (;;) {
    const event = build(input, input.archives.slice(0, shown), columns);
    const bytes = Buffer.byteLength(JSON.stringify(event));
    if (bytes <= LARGEST_EVENT_BYTES || (shown === 0 && columns === 0)) return event;
    if (shown > 0) shown = Math.min(shown - 1, Math.floor((shown * LARGEST_EVENT_BYTES * 0.9) / bytes));
    else columns = columns >> 1;
  }
}

function build(input: LineageInput, archives: readonly string[], columns: number): object {
  const { publication, published, head, storeUrl, namespace, codeVersion } = input;
  const { partner, date, version, publishedAt, workflowId, runId } = publication;
  const { table, status, error, rows, bytes, key } = published;
  const producer = `urn:partnerday:${codeVersion}`;
  const facet = (file: string, name: string, fields: object) => ({
    _producer: producer,
    _schemaURL: `${SPEC}/facets/${file}/${name}.json#/$defs/${name}`,
    ...fields,
  });
  const own = (fields: object) => ({
    _producer: producer,
    _schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/BaseFacet`,
    ...fields,
  });
  const datasets = storeUrl.replace(/\/+$/, '');
  return {
    eventType: status === 'merged' ? 'COMPLETE' : 'FAIL',
    eventTime: publishedAt,
    producer,
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    run: {
      runId: uuidOf(partner, date, String(version), table),
      facets: {
        nominalTime: facet('1-0-1', 'NominalTimeRunFacet', { nominalStartTime: `${date}T00:00:00Z` }),
        partnerday: own({ version, workflowId, runId, archives: input.archives.length }),
        ...(error === undefined
          ? {}
          : {
              errorMessage: facet('1-0-1', 'ErrorMessageRunFacet', {
                message: error.slice(0, 2_000),
                programmingLanguage: 'TypeScript',
              }),
            }),
      },
    },
    job: {
      namespace,
      name: `${partner}.${table}`,
      facets: {
        jobType: facet('2-0-4', 'JobTypeJobFacet', {
          processingType: 'BATCH',
          integration: 'PARTNERDAY',
          jobType: 'JOB',
        }),
      },
    },
    inputs: archives.map((name) => ({ namespace: datasets, name })),
    outputs: [
      {
        namespace: datasets,
        name: key ?? `${partner}/${date}/${table}`,
        facets: {
          schema: facet('1-2-0', 'SchemaDatasetFacet', {
            fields: head.columns
              .slice(0, columns)
              .map((name, index) => ({ name, type: head.types[index], ordinal_position: index + 1 })),
          }),
          version: facet('1-0-1', 'DatasetVersionDatasetFacet', { datasetVersion: `${date}/v${version}` }),
        },
        ...(status === 'merged'
          ? {
              outputFacets: {
                outputStatistics: facet('1-0-2', 'OutputStatisticsOutputDatasetFacet', {
                  rowCount: rows ?? 0,
                  size: bytes ?? 0,
                  fileCount: 1,
                }),
              },
            }
          : {}),
      },
    ],
  };
}

/** Named after what it is of (RFC 9562, version 8). */
function uuidOf(...parts: readonly string[]): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify(['partnerday', ...parts]))
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
