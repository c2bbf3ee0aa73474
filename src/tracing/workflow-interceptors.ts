import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/workflow/index.js';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/**
 * Bundled with the workflows where tracing is on. Of what comes in only the run itself is traced: queries, signals and
 * updates come from people who follow the day, each would begin a trace of its own.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  const run = new OpenTelemetryInboundInterceptor();
  return {
    inbound: [{ execute: (input, next) => run.execute(input, next) }],
    outbound: [new OpenTelemetryOutboundInterceptor()],
    internals: [new OpenTelemetryInternalsInterceptor()],
  };
};
