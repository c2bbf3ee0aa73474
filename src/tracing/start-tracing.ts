import { fileURLToPath } from 'node:url';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Context } from '@temporalio/activity';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  type OpenTelemetrySinks,
} from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptors, InjectedSinks, WorkerOptions } from '@temporalio/worker';

/** Spans that are not out by then are lost: a collector that hangs must not hold up a worker that drains. */
const CLOSE_MS = 3_000;

export interface Tracing {
  /** For the workers that run workflows, whose code is then bundled with the interceptors when the worker starts. */
  workflowModules: string[];
  activity(context: Context): ActivityInterceptors;
  sinks: NonNullable<WorkerOptions['sinks']>;
  close(): Promise<void>;
}

/**
 * OpenTelemetry as its own environment variables configure it (`OTEL_EXPORTER_OTLP_ENDPOINT`, `..._HEADERS`,
 * `OTEL_SERVICE_NAME`, ...), over OTLP/HTTP. A partner-day is one trace: its workflow begins it, and headers carry it to
 * child workflows and activities. Spans are sent in the background; a collector that is away loses them, nothing else.
 */
export function startTracing(env: NodeJS.ProcessEnv, role: string): Tracing {
  const resource = Resource.default().merge(
    new Resource({ 'service.name': env.OTEL_SERVICE_NAME ?? 'partnerday', 'partnerday.role': role }),
  );
  const spans = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [spans] });
  // An activity's span finds its parent in the headers by the propagator, and keeps it by the context manager.
  provider.register({ contextManager: new AsyncLocalStorageContextManager() });
  const tracer = provider.getTracer('partnerday');
  const sinks: InjectedSinks<OpenTelemetrySinks> = { exporter: makeWorkflowExporter(spans, resource) };
  return {
    workflowModules: [fileURLToPath(new URL('./workflow-interceptors.js', import.meta.url))],
    activity: (context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context, { tracer }) }),
    sinks,
    async close() {
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref()),
      ]);
    },
  };
}
