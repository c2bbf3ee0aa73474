import { createHash } from 'node:crypto';
import type { PartnerConfig } from '../partner-config.js';
import type { TableRules } from '../rules.js';
import { canonicalJson } from '../rules-id.js';
import {
  CUSTOM,
  ODCS_VERSION,
  type OdcsDocument,
  type OdcsObject,
  type OdcsProperty,
} from './odcs-document.js';

/** Columns and types of a table that the configuration does not list, as they were learned from the data. */
export interface LearnedTable {
  columns: readonly string[];
  types: readonly string[];
  date: string;
}

const LOGICAL: Record<string, NonNullable<OdcsProperty['logicalType']>> = {
  boolean: 'boolean',
  integer: 'integer',
  decimal: 'number',
  date: 'date',
  timestamp: 'timestamp',
  text: 'string',
};

/**
 * A partner's tables as a contract. It claims only what is checked here: that a column must be there is not that it has
 * no nulls, so it is no `required` of the standard.
 */
export function exportOdcs(
  config: PartnerConfig,
  tables: readonly string[],
  learned: ReadonlyMap<string, LearnedTable>,
): OdcsDocument {
  const schema = tables.map((table) => tableObject(config, table, learned.get(table)));
  return {
    apiVersion: ODCS_VERSION,
    kind: 'DataContract',
    id: `partnerday:${config.id}`,
    name: config.name ?? config.id,
    version: `1.0.0+${createHash('sha256').update(canonicalJson(schema)).digest('hex').slice(0, 12)}`,
    status: 'active',
    description: {
      purpose: `What ${config.name ?? config.id} delivers every business day, as Partnerday checks it.`,
      usage: 'CSV members in .tar.gz archives; one merged CSV per table and day.',
    },
    schema,
    ...(config.consumers.length > 0
      ? { tags: config.consumers.map((consumer) => `consumer:${consumer}`) }
      : {}),
    ...deadlines(config),
  };
}

function deadlines({ sources, timeZone }: PartnerConfig): { slaProperties?: object[] } {
  const slaProperties = sources.flatMap(({ id, deadline }) =>
    deadline === undefined
      ? []
      : [
          {
            property: 'timeOfAvailability',
            value: deadline,
            element: id,
            description: `on the clock of ${timeZone}`,
          },
        ],
  );
  return slaProperties.length > 0 ? { slaProperties } : {};
}

function tableObject(config: PartnerConfig, table: string, learned: LearnedTable | undefined): OdcsObject {
  const rules = own(config.tables, table);
  const quality = own(config.quality.tables, table);
  const listed = rules?.columns ?? learned?.columns ?? [];
  const custom = [
    ...(rules?.contract ? [{ property: CUSTOM.contract, value: rules.contract }] : []),
    ...(rules?.dialect ? [{ property: CUSTOM.dialect, value: rules.dialect }] : []),
    ...(rules && rules.maxErrorRate < 1
      ? [{ property: CUSTOM.maxErrorRate, value: rules.maxErrorRate }]
      : []),
    ...(rules?.aside ? [{ property: CUSTOM.aside, value: rules.aside }] : []),
    ...(rules?.columns === undefined && learned ? [{ property: CUSTOM.learned, value: learned.date }] : []),
  ];
  return {
    name: table,
    physicalName: `${table}.csv`,
    physicalType: 'file',
    logicalType: 'object',
    properties: listed.map((column) => {
      const learnedType = learned?.types[learned.columns.indexOf(column)];
      const type = own(rules?.types ?? {}, column) ?? (rules?.columns ? undefined : learnedType);
      return columnProperty(column, type, rules, own(quality?.columns ?? {}, column)?.nullRatio);
    }),
    ...(quality?.nullRatio === undefined ? {} : { quality: [nullRule(quality.nullRatio)] }),
    ...(custom.length > 0 ? { customProperties: custom } : {}),
  };
}

function columnProperty(
  column: string,
  type: string | undefined,
  rules: TableRules | undefined,
  nullRatio: number | undefined,
): OdcsProperty {
  const aliases = Object.entries(rules?.aliases ?? {}).flatMap(([from, to]) => (to === column ? [from] : []));
  const custom = [
    ...(rules?.required.includes(column) ? [{ property: CUSTOM.requiredColumn, value: true }] : []),
    ...(aliases.length > 0 ? [{ property: CUSTOM.aliases, value: aliases }] : []),
  ];
  const logicalType = type === undefined ? undefined : LOGICAL[type];
  return {
    name: column,
    ...(logicalType === undefined ? {} : { logicalType }),
    ...(nullRatio === undefined ? {} : { quality: [nullRule(nullRatio)] }),
    ...(custom.length > 0 ? { customProperties: custom } : {}),
  };
}

/** A finding is raised at the threshold: what is fine lies below it. */
function nullRule(share: number) {
  return {
    type: 'library',
    metric: 'nullValues',
    unit: 'percent',
    mustBeLessThan: Number((share * 100).toFixed(6)),
  };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
