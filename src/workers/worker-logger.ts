import { DefaultLogger, type Logger, type LogLevel } from '@temporalio/worker';
import { pino, stdSerializers } from 'pino';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** JSON lines on standard error; `PARTNERDAY_LOG_LEVEL` (default `info`) sets what is worth a line. */
export function workerLogger(env: NodeJS.ProcessEnv = process.env): Logger {
  const level = (env.PARTNERDAY_LOG_LEVEL ?? 'info').toLowerCase();
  const lines = pino(
    { level, serializers: { error: stdSerializers.errWithCause } },
    pino.destination({ dest: 2, sync: true }),
  );
  return new DefaultLogger(level.toUpperCase() as LogLevel, ({ level: at, message, meta }) => {
    lines[LEVELS[at]](meta ?? {}, message);
  });
}
