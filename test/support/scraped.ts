import { setTimeout as pause } from 'node:timers/promises';

export interface ScrapedMetric {
  type: string;
  help: string;
  /** Label sets, `le` left out. */
  samples: { labels: Record<string, string>; value: number }[];
}

/** A page in Prometheus' text format, by name; series of a histogram under the histogram's. */
export function parseMetrics(text: string): Map<string, ScrapedMetric> {
  const metrics = new Map<string, ScrapedMetric>();
  const at = (name: string): ScrapedMetric => {
    const known = metrics.get(name) ?? { type: '', help: '', samples: [] };
    metrics.set(name, known);
    return known;
  };
  for (const line of text.split('\n')) {
    const [, key, name, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      if (key === 'TYPE') at(name).type = rest!;
      else at(name).help = rest!;
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!sample) continue;
    const base = sample[1]!.replace(/_(bucket|sum|count)$/, '');
    const labels = [...(sample[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      .map(([, label, value]) => [label!, value!] as const)
      .filter(([label]) => label !== 'le');
    const metric = metrics.has(sample[1]!) ? sample[1]! : base;
    at(metric).samples.push({ labels: Object.fromEntries(labels), value: Number(sample[3]) });
  }
  return metrics;
}

export async function scrape(port: number): Promise<Map<string, ScrapedMetric>> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
  return parseMetrics(await response.text());
}

/** The first scrape that satisfies the test. */
export async function scrapeUntil(
  port: number,
  what: string,
  holds: (metrics: Map<string, ScrapedMetric>) => boolean,
  timeoutMs = 30_000,
): Promise<Map<string, ScrapedMetric>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const metrics = await scrape(port);
    if (holds(metrics)) return metrics;
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms for: ${what}; there is ${[...metrics.keys()].join(' ')}`);
    await pause(200);
  }
}
