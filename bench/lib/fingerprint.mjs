import { hash } from 'node:crypto';

const MASK = (1n << 64n) - 1n;

/**
 * The content of a table, whatever the order of its rows and columns: the sum modulo 2^64 over all rows of the upper
 * half of md5(values in column-name order, each followed by U+001F), an absent value being an empty one. Chosen
 * because DuckDB can compute the same from a CSV file (`check-result.mjs`), so the rows' maker and their reader share no code.
 */
export class Fingerprint {
  rows = 0;
  #sum = 0n;

  /** @param {string} row the row's values in column-name order, each followed by U+001F */
  add(row) {
    this.rows++;
    this.#sum += hash('md5', row, 'buffer').readBigUInt64LE(0);
  }

  merge(rows, content) {
    this.rows += rows;
    this.#sum += BigInt(content);
  }

  get content() {
    return String(this.#sum & MASK);
  }
}

/** A DuckDB expression over a table whose columns are all VARCHAR. Equal to `Fingerprint.content`. */
export function fingerprintSql(columns) {
  const row = [...columns].sort().map((name) => `coalesce("${name.replaceAll('"', '""')}", '') || chr(31)`);
  return `(sum(md5_number_upper(${row.join(' || ')})::HUGEINT) % 18446744073709551616)::VARCHAR`;
}
