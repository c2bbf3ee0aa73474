const GROUPED = new Intl.NumberFormat('en-US');

/** `98,012` */
export function counted(value: number): string {
  return GROUPED.format(value);
}

/** `1 row`, `2 rows` */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${counted(value)} ${value === 1 ? one : many}`;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function sized(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(UNITS.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${UNITS[power - 1]}`;
}

/** `5h07m` */
export function duration(minutes: number): string {
  const whole = Math.abs(Math.round(minutes));
  const text = `${Math.floor(whole / 60)}h${String(whole % 60).padStart(2, '0')}m`;
  return minutes < 0 ? `-${text}` : text;
}

/** `+3`, `−4`, `±0` */
export function signed(value: number): string {
  const whole = Math.round(value);
  return whole > 0 ? `+${whole}` : whole < 0 ? `−${-whole}` : '±0';
}

/** An instant in ISO as `2026-11-20 05:12 UTC`. */
export function instant(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
