/** The local calendar date at an instant, as YYYY-MM-DD. */
export function localDate(instant: Date, timeZone: string): string {
  const { year, month, day } = localParts(instant, timeZone);
  return `${year}-${month}-${day}`;
}

/**
 * The instant at which the clock on the wall shows `date` `time` in the zone. A time that daylight saving skips opens
 * at the first instant after the gap; one that occurs twice opens the first time.
 */
export function openingInstant(date: string, time: string, timeZone: string): Date {
  const wall = Date.parse(`${date}T${time}:00Z`);
  // An offset is at most 14 hours: the first instant at which the wall clock has reached the time lies in between.
  let low = wall - 15 * 3_600_000;
  let high = wall + 15 * 3_600_000;
  const candidates = new Set<number>();
  for (const probe of [low, wall, high]) candidates.add(wall - offsetAt(new Date(probe), timeZone));
  const exact = [...candidates].filter((instant) => instant + offsetAt(new Date(instant), timeZone) === wall);
  if (exact.length > 0) return new Date(Math.min(...exact));
  while (high - low > 1_000) {
    const middle = Math.floor((low + high) / 2_000) * 1_000;
    if (middle + offsetAt(new Date(middle), timeZone) >= wall) high = middle;
    else low = middle;
  }
  return new Date(high);
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Milliseconds to add to UTC to get the wall clock. */
function offsetAt(instant: Date, timeZone: string): number {
  const { year, month, day, hour, minute, second } = localParts(instant, timeZone);
  const wall = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return wall - Math.floor(instant.getTime() / 1_000) * 1_000;
}

function localParts(
  instant: Date,
  timeZone: string,
): Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string> {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const parts = Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, part.value]));
  return parts as ReturnType<typeof localParts>;
}
