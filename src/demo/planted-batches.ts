import type { Batch } from './demo-partner.js';

/** The columns of birdstrikes change three times in one day, and stay so the next day. */
export function driftBirdstrikes(batch: Batch, laterDay: boolean): Batch {
  if (batch.table !== 'birdstrikes') return batch;
  const progress = laterDay ? 1 : batch.number / batch.of;
  let drifted = batch;
  if (progress > 0.4) drifted = withYearAndMonth(drifted);
  if (progress > 0.65) drifted = without(drifted, 'Cost Other');
  if (progress > 0.85) drifted = withFirst(drifted, 'Flight Date');
  return drifted;
}

/** One batch of gapminder writes whole numbers in the German way, 32.526.562: no integer any more. */
export function breachGapminder(batch: Batch): Batch {
  if (batch.table !== 'gapminder' || batch.number !== 9) return batch;
  const column = columnOf(batch, 'population');
  return mapRows(batch, (row) => row.with(column, row[column]!.replace(/\B(?=(\d{3})+$)/g, '.')));
}

/** The next day's export names a column otherwise; the configuration has an alias for it. */
export function renameInSeattleWeather(batch: Batch): Batch {
  if (batch.table !== 'seattle_weather') return batch;
  return { ...batch, header: batch.header.with(columnOf(batch, 'precipitation'), 'precip') };
}

/** Two columns, not one: one that comes while one goes would look like a column renamed. */
function withYearAndMonth(batch: Batch): Batch {
  const date = columnOf(batch, 'Flight Date');
  const added = mapRows(batch, (row) => [...row, row[date]!.slice(0, 4), row[date]!.slice(5, 7)]);
  return { ...added, header: [...batch.header, 'Flight Year', 'Flight Month'] };
}

function without(batch: Batch, name: string): Batch {
  const column = columnOf(batch, name);
  const rest = mapRows(batch, (row) => row.toSpliced(column, 1));
  return { ...rest, header: batch.header.toSpliced(column, 1) };
}

function withFirst(batch: Batch, name: string): Batch {
  const column = columnOf(batch, name);
  const move = (cells: string[]): string[] => [cells[column]!, ...cells.toSpliced(column, 1)];
  return { ...mapRows(batch, move), header: move(batch.header) };
}

function mapRows(batch: Batch, change: (row: string[]) => string[]): Batch {
  return { ...batch, rows: batch.rows.map(change) };
}

function columnOf(batch: Batch, name: string): number {
  const column = batch.header.indexOf(name);
  if (column < 0) throw new Error(`${batch.table} has no column ${name}`);
  return column;
}
