import type { MetricCounter, MetricGauge, MetricHistogram, MetricMeter } from '@temporalio/common';
import {
  type LabelsOf,
  METRICS,
  type MetricLabel,
  type MetricName,
  type MetricSpec,
  type NamesOf,
} from './metric-catalogue.js';

/** Names of tables come with the data: a partner that invents one per file must not fill Prometheus. */
const MOST_TABLES = 200;
const OTHER_TABLES = 'other';

/**
 * The metrics of this process, by the names of the catalogue. With the SDK's meter they appear on the page it serves to
 * Prometheus; where nothing is served, recording costs next to nothing and is lost.
 */
export class WorkerMetrics {
  readonly #counters = new Map<MetricName, MetricCounter>();
  readonly #gauges = new Map<MetricName, MetricGauge>();
  readonly #histograms = new Map<MetricName, MetricHistogram>();
  readonly #tables = new Map<string, Set<string>>();
  readonly #newest = new Map<string, string>();

  constructor(meter: MetricMeter) {
    for (const [name, { kind, help }] of Object.entries(METRICS) as [MetricName, MetricSpec][]) {
      if (kind === 'counter') this.#counters.set(name, meter.createCounter(name, '', help));
      if (kind === 'gauge') this.#gauges.set(name, meter.createGauge(name, 'float', '', help));
      if (kind === 'histogram') this.#histograms.set(name, meter.createHistogram(name, 'float', '', help));
    }
  }

  /** `count` is rounded to a whole number. */
  add<Name extends NamesOf<'counter'>>(name: Name, count: number, labels: LabelsOf<Name>): void {
    this.#counters.get(name)!.add(Math.round(count), this.#bounded(labels));
  }

  set<Name extends NamesOf<'gauge'>>(name: Name, value: number, labels: LabelsOf<Name>): void {
    this.#gauges.get(name)!.set(value, this.#bounded(labels));
  }

  record<Name extends NamesOf<'histogram'>>(name: Name, value: number, labels: LabelsOf<Name>): void {
    this.#histograms.get(name)!.record(value, this.#bounded(labels));
  }

  /** Whether no later date of the partner has been asked about; from then on earlier dates are not the newest. */
  isNewest(partner: string, date: string): boolean {
    const newest = this.#newest.get(partner);
    if (newest !== undefined && newest > date) return false;
    this.#newest.set(partner, date);
    return true;
  }

  #bounded(labels: Partial<Record<MetricLabel, string>>): Record<string, string> {
    const { partner = '', table } = labels;
    if (table === undefined) return labels;
    let known = this.#tables.get(partner);
    if (known === undefined) {
      known = new Set();
      this.#tables.set(partner, known);
    }
    if (known.size < MOST_TABLES) known.add(table);
    return known.has(table) ? labels : { ...labels, table: OTHER_TABLES };
  }
}
