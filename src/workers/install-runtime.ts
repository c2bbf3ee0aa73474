import { isIPv6 } from 'node:net';
import { type Logger, type MetricMeter, noopMetricMeter } from '@temporalio/common';
import { type PrometheusMetricsExporter, Runtime } from '@temporalio/worker';
import { TerminalError } from '../errors.js';
import { STAGE_SECONDS_BUCKETS } from '../metrics/metric-catalogue.js';

/** An environment variable does not say what it should. */
export class InvalidSettingError extends TerminalError {}

/**
 * Prepares the SDK for this process. With `PARTNERDAY_METRICS_PORT` it serves its metrics and ours on one page,
 * `/metrics`, on all addresses of the machine (`PARTNERDAY_METRICS_HOST` names one). A port that cannot be had is no
 * reason to stop: the worker goes on without metrics, and Prometheus sees that nobody answers.
 */
export function installRuntime(
  env: NodeJS.ProcessEnv,
  logger: Logger,
): { meter: MetricMeter; served: boolean } {
  const bindAddress = metricsAddress(env);
  if (bindAddress === undefined) return withoutMetrics(logger);
  try {
    const metrics = { attachServiceName: false, ...prometheus(bindAddress) };
    const { metricMeter } = Runtime.install({ logger, telemetryOptions: { metrics } });
    return { meter: metricMeter, served: true };
  } catch (error) {
    logger.warn('metrics are not served: the address cannot be had. The worker goes on without', {
      address: bindAddress,
      error,
    });
    return withoutMetrics(logger);
  }
}

function withoutMetrics(logger: Logger): { meter: MetricMeter; served: boolean } {
  Runtime.install({ logger });
  return { meter: noopMetricMeter, served: false };
}

/** Names and units stay the SDK's own, so that Temporal's dashboards fit. */
function prometheus(bindAddress: string): PrometheusMetricsExporter {
  return {
    prometheus: {
      bindAddress,
      histogramBucketOverrides: { partnerday_stage_seconds: [...STAGE_SECONDS_BUCKETS] },
    },
  };
}

/** @throws InvalidSettingError */
export function metricsAddress(env: NodeJS.ProcessEnv): string | undefined {
  const { PARTNERDAY_METRICS_PORT: text, PARTNERDAY_METRICS_HOST: host = '0.0.0.0' } = env;
  if (!text) return undefined;
  const port = Number(text);
  if (!Number.isSafeInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidSettingError(
      `PARTNERDAY_METRICS_PORT=${text}: expected a port, 1 to 65535. Correct it, or unset it to serve no metrics`,
    );
  }
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
