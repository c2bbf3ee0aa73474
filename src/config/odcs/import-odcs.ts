import { CUSTOM, type OdcsDocument, type OdcsObject, type OdcsProperty } from './odcs-document.js';

/** What a contract says, in the form of `partners/{id}.yaml`; what it does not say is absent. */
export interface ImportedContract {
  tables: Record<string, ImportedTable>;
  /** `quality.tables` */
  quality: Record<string, ImportedQuality>;
  /** What the contract says and Partnerday does not check, in words. */
  ignored: string[];
}

interface ImportedTable {
  columns?: string[];
  required?: string[];
  types?: Record<string, string>;
  aliases?: Record<string, string>;
  contract?: unknown;
  dialect?: unknown;
  aside?: unknown;
  maxErrorRate?: unknown;
}

interface ImportedQuality {
  nullRatio?: number;
  columns?: Record<string, { nullRatio: number }>;
}

const TYPE: Record<string, string> = {
  boolean: 'boolean',
  integer: 'integer',
  number: 'decimal',
  date: 'date',
  timestamp: 'timestamp',
  string: 'text',
};

export function importOdcs(document: OdcsDocument): ImportedContract {
  const imported: ImportedContract = { tables: {}, quality: {}, ignored: [] };
  for (const object of document.schema) {
    const { name } = object;
    imported.tables[name] = tableOf(object, imported.ignored);
    const quality = qualityOf(object, imported.ignored);
    if (quality !== undefined) imported.quality[name] = quality;
  }
  return imported;
}

function tableOf(object: OdcsObject, ignored: string[]): ImportedTable {
  const { name: table, properties = [], relationships } = object;
  if (relationships !== undefined) ignored.push(`${table}: relationships`);
  const imported: ImportedTable = {};
  const custom = customOf(object);
  const isLearned = custom.has(CUSTOM.learned);
  // What was only learned from the data was never agreed on.
  if (properties.length > 0 && !isLearned) {
    imported.columns = properties.map(({ name }) => name);
    const required = properties.filter(isRequired).map(({ name }) => name);
    if (required.length > 0) imported.required = required;
    const types: Record<string, string> = {};
    const aliases: Record<string, string> = {};
    for (const property of properties) {
      const { name, logicalType, unique, primaryKey } = property;
      if (logicalType !== undefined) {
        const type = TYPE[logicalType];
        if (type === undefined) ignored.push(`${table}.${name}: logicalType ${logicalType}`);
        else types[name] = type;
      }
      if (unique === true || primaryKey === true) ignored.push(`${table}.${name}: uniqueness`);
      const others = customOf(property).get(CUSTOM.aliases);
      if (Array.isArray(others)) for (const other of others) aliases[String(other)] = name;
    }
    if (Object.keys(types).length > 0) imported.types = types;
    if (Object.keys(aliases).length > 0) imported.aliases = aliases;
  }
  for (const field of ['contract', 'dialect', 'aside', 'maxErrorRate'] as const) {
    const value = custom.get(CUSTOM[field]);
    if (value !== undefined) imported[field] = value;
  }
  return imported;
}

/** A column that may hold no null must be there. */
function isRequired(property: OdcsProperty): boolean {
  return property.required === true || customOf(property).get(CUSTOM.requiredColumn) === true;
}

function qualityOf(object: OdcsObject, ignored: string[]): ImportedQuality | undefined {
  const { name: table, properties = [] } = object;
  const nullRatio = nullRatioOf(object, table, ignored);
  const columns: Record<string, { nullRatio: number }> = {};
  for (const property of properties) {
    const share = nullRatioOf(property, `${table}.${property.name}`, ignored);
    if (share !== undefined) columns[property.name] = { nullRatio: share };
  }
  const hasColumns = Object.keys(columns).length > 0;
  if (nullRatio === undefined && !hasColumns) return undefined;
  return { ...(nullRatio === undefined ? {} : { nullRatio }), ...(hasColumns ? { columns } : {}) };
}

/** Of null values in per cent; every other rule is named as one that is not checked. */
function nullRatioOf(
  { quality = [] }: Pick<OdcsObject, 'quality'>,
  place: string,
  ignored: string[],
): number | undefined {
  let share: number | undefined;
  for (const rule of quality) {
    const { metric, unit, mustBeLessThan } = rule;
    if (metric === 'nullValues' && unit === 'percent' && mustBeLessThan !== undefined)
      share = Number((mustBeLessThan / 100).toFixed(8));
    else ignored.push(`${place}: quality rule ${metric ?? rule.type ?? 'without a metric'}`);
  }
  return share;
}

function customOf({ customProperties = [] }: Pick<OdcsObject, 'customProperties'>): Map<string, unknown> {
  return new Map(customProperties.map(({ property, value }) => [property, value]));
}
