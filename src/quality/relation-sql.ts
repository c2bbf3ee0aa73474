import type { Relation } from '../config/table-relation.js';

/** Where a column of a table stands in the database: names that partners chose never get into a query. */
export interface SqlPlaces {
  table(table: string): string;
  column(table: string, column: string): string;
}

/**
 * The queries of one rule. `prepare` leaves a table `sample_bad` with the keys at fault (`k0`, `k1`, ..., `n` rows,
 * and the two amounts `l` and `r` of a sum). Everything else reads from it. Each may spill to disk.
 */
export interface RelationSql {
  prepare: string[];
  /** One row: checked, violations, distinct keys (or null). */
  counts: string;
  /** The first keys at fault: `k0`, ..., then n, l, r. */
  samples: string;
  /** Of those keys: `k0`, ..., then the numbers of their archives, with commas. */
  archives: string | undefined;
  cleanUp: string[];
}

const SAMPLES = 10;
const ARCHIVES = 5;
const AMOUNT = 'DECIMAL(38,9)';

/** Row ratios need no query. */
export function relationSql(relation: Relation, places: SqlPlaces, date: string): RelationSql {
  switch (relation.kind) {
    case 'foreign-key':
      return foreignKey(relation, places);
    case 'unique':
      return unique(relation, places);
    case 'date-window':
      return dateWindow(relation, places, date);
    case 'sum':
      return sum(relation, places);
    case 'row-ratio':
      throw new RangeError('a row ratio needs no query');
  }
}

const CLEAN_UP = ['DROP TABLE IF EXISTS sample_bad', 'DROP TABLE IF EXISTS grouped'];

function foreignKey({ table, columns = [], to }: Relation, places: SqlPlaces): RelationSql {
  const from = places.table(table);
  const own = columns.map((column) => `${from}.${places.column(table, column)}`);
  // A table may refer to itself.
  const other = to!.columns!.map((column) => `o.${places.column(to!.table, column)}`);
  const equal = own.map((column, index) => `${column} = ${other[index]}`).join(' AND ');
  const present = allPresent(own);
  return {
    prepare: [
      `CREATE TEMP TABLE sample_bad AS SELECT ${asKeys(own)}, count(*) AS n FROM ${from}
         ANTI JOIN ${places.table(to!.table)} AS o ON ${equal} WHERE ${present} GROUP BY ALL`,
    ],
    counts: `SELECT (SELECT count(*) FROM ${from} WHERE ${present}), (SELECT coalesce(sum(n), 0) FROM sample_bad), NULL`,
    samples: samples(own.length),
    archives: archives([{ from, key: own }]),
    cleanUp: CLEAN_UP,
  };
}

function unique({ table, columns = [] }: Relation, places: SqlPlaces): RelationSql {
  const from = places.table(table);
  const own = columns.map((column) => `${from}.${places.column(table, column)}`);
  return {
    prepare: [
      `CREATE TEMP TABLE grouped AS SELECT ${asKeys(own)}, count(*) AS n FROM ${from} WHERE ${allPresent(own)} GROUP BY ALL`,
      'CREATE TEMP TABLE sample_bad AS SELECT * FROM grouped WHERE n > 1',
    ],
    counts: `SELECT (SELECT coalesce(sum(n), 0) FROM grouped), (SELECT coalesce(sum(n - 1), 0) FROM sample_bad),
       (SELECT count(*) FROM grouped)`,
    samples: samples(own.length),
    archives: archives([{ from, key: own }]),
    cleanUp: CLEAN_UP,
  };
}

function dateWindow(
  { table, columns = [], daysBefore, daysAfter }: Relation,
  places: SqlPlaces,
  date: string,
): RelationSql {
  const from = places.table(table);
  const own = `${from}.${places.column(table, columns[0]!)}`;
  const day = `coalesce(try_cast(left(${own}, 10) AS DATE), CAST(try_strptime(left(${own}, 8), '%Y%m%d') AS DATE))`;
  const outside = [
    `${day} IS NULL`,
    ...(daysBefore === undefined ? [] : [`${day} < DATE '${date}' - ${daysBefore}`]),
    ...(daysAfter === undefined ? [] : [`${day} > DATE '${date}' + ${daysAfter}`]),
  ];
  return {
    prepare: [
      `CREATE TEMP TABLE sample_bad AS SELECT ${own} AS k0, count(*) AS n FROM ${from}
         WHERE ${own} IS NOT NULL AND (${outside.join(' OR ')}) GROUP BY ALL`,
    ],
    counts: `SELECT (SELECT count(*) FROM ${from} WHERE ${own} IS NOT NULL), (SELECT coalesce(sum(n), 0) FROM sample_bad), NULL`,
    samples: samples(1),
    archives: archives([{ from, key: [own] }]),
    cleanUp: CLEAN_UP,
  };
}

function sum({ table, columns = [], by = [], to, tolerance }: Relation, places: SqlPlaces): RelationSql {
  const sides = [
    side(places, table, columns[0]!, by),
    side(places, to!.table, to!.columns![0]!, to!.by ?? []),
  ] as const;
  const keys = by.map((_, index) => `k${index}`);
  const join = keys.length === 0 ? 'CROSS JOIN b' : `FULL OUTER JOIN b USING (${keys.join(', ')})`;
  const [left, right] = ['coalesce(a.amount, 0)', 'coalesce(b.amount, 0)'];
  const listed = keys.map((key) => `${key}, `).join('');
  return {
    prepare: [
      `CREATE TEMP TABLE grouped AS WITH a AS (${sides[0].amounts}), b AS (${sides[1].amounts})
         SELECT ${listed}coalesce(a.n, 0) + coalesce(b.n, 0) AS n, ${left} AS l, ${right} AS r,
           coalesce(a.odd, 0) + coalesce(b.odd, 0) AS odd FROM a ${join}`,
      `CREATE TEMP TABLE sample_bad AS SELECT * EXCLUDE (odd) FROM grouped
         WHERE odd > 0 OR abs(l - r) > CAST('${tolerance}' AS ${AMOUNT})`,
    ],
    counts: 'SELECT (SELECT count(*) FROM grouped), (SELECT count(*) FROM sample_bad), NULL',
    samples: `SELECT ${listed}n, CAST(l AS VARCHAR), CAST(r AS VARCHAR) FROM sample_bad ORDER BY ${listed}n LIMIT ${SAMPLES}`,
    archives: keys.length === 0 ? undefined : archives(sides),
    cleanUp: CLEAN_UP,
  };
}

interface Side {
  from: string;
  key: string[];
}

function side(
  places: SqlPlaces,
  table: string,
  column: string,
  by: readonly string[],
): Side & { amounts: string } {
  const from = places.table(table);
  const key = by.map((name) => `${from}.${places.column(table, name)}`);
  const value = `${from}.${places.column(table, column)}`;
  const amount = `try_cast(${value} AS ${AMOUNT})`;
  const keys = key.length === 0 ? '' : `${asKeys(key)}, `;
  const amounts = `SELECT ${keys}coalesce(sum(${amount}), 0) AS amount, count(*) AS n,
    count(*) FILTER (${value} IS NOT NULL AND ${amount} IS NULL) AS odd FROM ${from} WHERE ${allPresent(key)}
    ${key.length === 0 ? '' : 'GROUP BY ALL'}`;
  return { from, key, amounts };
}

function samples(keys: number): string {
  const listed = Array.from({ length: keys }, (_, index) => `k${index}`).join(', ');
  return `SELECT ${listed}, n, NULL, NULL FROM sample_bad ORDER BY ${listed} LIMIT ${SAMPLES}`;
}

/** From where the rows of the first keys came: the first archives of each, in canonical order. */
function archives(sides: readonly Side[]): string {
  const keys = sides[0]!.key.map((_, index) => `k${index}`).join(', ');
  const some = `(SELECT ${keys} FROM sample_bad ORDER BY ${keys} LIMIT ${SAMPLES}) AS s`;
  const found = sides.map(({ from, key }) => {
    const equal = key.map((column, index) => `${column} = s.k${index}`).join(' AND ');
    return `SELECT s.*, ${from}.archive FROM ${some} JOIN ${from} ON ${equal}`;
  });
  return `SELECT ${keys}, array_to_string(list(DISTINCT archive ORDER BY archive)[1:${ARCHIVES}], ',')
    FROM (${found.join(' UNION ALL ')}) GROUP BY ${keys} ORDER BY ${keys}`;
}

function asKeys(columns: readonly string[]): string {
  return columns.map((column, index) => `${column} AS k${index}`).join(', ');
}

function allPresent(columns: readonly string[]): string {
  return columns.length === 0 ? 'true' : columns.map((column) => `${column} IS NOT NULL`).join(' AND ');
}
