import { existsSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { fingerprintSql } from './fingerprint.mjs';

/**
 * Compares merged tables with what the generator put into the archives: columns, rows, null values per column, the
 * content's fingerprint; and the counts the contestant itself reports. Order is not compared.
 *
 * @param fileOf path of a table's CSV file
 * @param counts `{table: {rows, nulls}}` as reported, or undefined where none are due
 * @param checked files that were found right before
 * @returns {Promise<string[]>} what differs; empty: the same rows
 */
export async function checkResult({ truth, fileOf, counts, checked, threads = 2 }) {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  const problems = [];
  try {
    for (const [table, expected] of Object.entries(truth.tables)) {
      const path = fileOf(table);
      if (!existsSync(path)) {
        problems.push(`${table}: no file`);
        continue;
      }
      try {
        const name = await checked.nameOf(table, path);
        if (!checked.has(name)) {
          const found = await compareTable(connection, table, path, expected);
          problems.push(...found);
          if (found.length === 0) checked.add(name);
        }
      } catch (error) {
        problems.push(`${table}: cannot be read as CSV: ${error.message.split('\n')[0]}`);
      }
      if (counts !== undefined) problems.push(...compareCounts(table, counts[table], expected));
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return problems;
}

async function compareTable(connection, table, path, expected) {
  const columns = await headerOf(connection, path);
  const wanted = Object.keys(expected.nulls).sort();
  if ([...columns].sort().join('\n') !== wanted.join('\n')) {
    return [`${table}: columns ${columns.join(', ')}; expected ${wanted.join(', ')}`];
  }
  const types = columns.map((name) => `'${name}': 'VARCHAR'`).join(', ');
  const nulls = wanted.map((name) => `count(*) FILTER (coalesce("${name}", '') = '')`).join(', ');
  const reader = await connection.runAndReadAll(
    `SELECT count(*), ${fingerprintSql(columns)}, ${nulls} FROM read_csv('${path}', columns = {${types}},
       auto_detect = false, header = true, delim = ',', quote = '"', escape = '"')`,
  );
  const [rows, content, ...found] = reader.getRows()[0].map((value) => String(value));
  const problems = [];
  if (rows !== String(expected.rows)) problems.push(`${table}: ${rows} rows, expected ${expected.rows}`);
  else if (content !== expected.content)
    problems.push(`${table}: values differ (rows are ${rows}, as expected)`);
  for (const [index, name] of wanted.entries()) {
    if (found[index] !== String(expected.nulls[name])) {
      problems.push(`${table}.${name}: ${found[index]} empty values, expected ${expected.nulls[name]}`);
    }
  }
  return problems;
}

async function headerOf(connection, path) {
  const reader = await connection.runAndReadAll(
    `SELECT * FROM read_csv('${path}', header = false, all_varchar = true, delim = ',', quote = '"', escape = '"') LIMIT 1`,
  );
  return reader.getRows()[0];
}

function compareCounts(table, reported, expected) {
  if (reported === undefined) return [`${table}: no counts reported`];
  const problems = [];
  if (reported.rows !== expected.rows)
    problems.push(`${table}: reports ${reported.rows} rows, expected ${expected.rows}`);
  for (const [name, count] of Object.entries(expected.nulls)) {
    if (reported.nulls[name] !== count) {
      problems.push(`${table}.${name}: reports ${reported.nulls[name]} null values, expected ${count}`);
    }
  }
  return problems;
}

export function readCounts(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}
