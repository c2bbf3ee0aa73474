import { type Html, html } from './html.js';

/** A score as a ring; the number stands in it. */
export function scoreRing(score: number, state: string, label: string): Html {
  const around = 2 * Math.PI * 52;
  const filled = (around * score) / 100;
  return html`<svg class="ring ${state}" viewBox="0 0 132 132" role="img" aria-label="${label}"><circle cx="66" cy="66" r="52" fill="none" stroke="var(--line)" stroke-width="11"/><circle cx="66" cy="66" r="52" fill="none" stroke="currentColor" stroke-width="11" stroke-dasharray="${filled.toFixed(1)} ${around.toFixed(1)}" transform="rotate(-90 66 66)"/><text x="66" y="74" text-anchor="middle">${score}</text><text class="of" x="66" y="92" text-anchor="middle">of 100</text></svg>`;
}

export interface Point {
  label: string;
  value: number | undefined;
}

export interface LineOptions {
  label: string;
  /** Range of the axis; default: of the values. */
  least?: number;
  most?: number;
  /** A value that should not be passed. */
  limit?: { value: number; label: string } | undefined;
  format: (value: number) => string;
}

const WIDTH = 720;
const HEIGHT = 120;
const LEFT = 68;
const RIGHT = 10;
const TOP = 12;
const BOTTOM = 22;

/** Values over days; a day without one interrupts the line. */
export function lineChart(points: readonly Point[], options: LineOptions): Html {
  const values = points.flatMap(({ value }) => (value === undefined ? [] : [value]));
  if (values.length === 0) return html``;
  const { limit, format } = options;
  const low = options.least ?? Math.min(...values);
  const high = Math.max(options.most ?? Math.max(...values, limit?.value ?? -Infinity), low + 1);
  const x = (index: number) => LEFT + ((WIDTH - LEFT - RIGHT) * (index + 0.5)) / points.length;
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low));
  let path = '';
  let isDrawing = false;
  const dots: Html[] = [];
  for (const [index, { value, label }] of points.entries()) {
    if (value === undefined) {
      isDrawing = false;
      continue;
    }
    const at = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    path += `${isDrawing ? 'L' : 'M'}${at}`;
    isDrawing = true;
    const [cx, cy] = at.split(' ') as [string, string];
    dots.push(
      html`<circle class="dot" cx="${cx}" cy="${cy}" r="2.6"><title>${label}: ${format(value)}</title></circle>`,
    );
  }
  const line = limit && limit.value <= high ? y(limit.value).toFixed(1) : undefined;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${options.label}"><path class="axis" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none"/><text x="${LEFT - 6}" y="${TOP + 4}" text-anchor="end">${format(high)}</text><text x="${LEFT - 6}" y="${HEIGHT - BOTTOM}" text-anchor="end">${format(low)}</text>${line !== undefined && html`<path class="limit" d="M${LEFT} ${line}H${WIDTH - RIGHT}"/><text x="${WIDTH - RIGHT}" y="${Number(line) - 4}" text-anchor="end">${limit!.label}</text>`}<path class="trend" d="${path}"/>${dots}<text x="${LEFT}" y="${HEIGHT - 5}">${points[0]!.label.slice(5)}</text>${points.length > 1 && html`<text x="${WIDTH - RIGHT}" y="${HEIGHT - 5}" text-anchor="end">${points.at(-1)!.label.slice(5)}</text>`}</svg>`;
}

export interface Share {
  label: string;
  value: number;
  /** Class of its colour. */
  state: string;
}

/** One bar of the parts of a whole. Parts that are there are never too thin to see. */
export function stackedBar(shares: readonly Share[], label: string): Html {
  const there = shares.filter(({ value }) => value > 0);
  const whole = there.reduce((sum, { value }) => sum + value, 0);
  const widths = there.map(({ value }) => Math.max(6, (WIDTH * value) / whole));
  const scale = WIDTH / widths.reduce((sum, width) => sum + width, 0);
  let x = 0;
  const parts = there.map(({ label: name, state }, index) => {
    const width = widths[index]! * scale;
    const part = html`<rect class="${state}" x="${x.toFixed(1)}" y="0" width="${Math.max(1, width - 2).toFixed(1)}" height="14" rx="2" fill="currentColor"><title>${name}</title></rect>`;
    x += width;
    return part;
  });
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} 14" preserveAspectRatio="none" style="height:14px" role="img" aria-label="${label}">${parts}</svg>`;
}
