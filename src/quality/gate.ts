import { z } from 'zod';
import type { QualityConfig } from '../config/quality-config.js';
import type { Finding } from './finding.js';

/** What becomes of a version by its quality, and why. */
export const gateSchema = z.object({
  outcome: z.enum(['publish', 'warn', 'hold']),
  because: z.array(z.string()),
});
export type Gate = z.infer<typeof gateSchema>;

export function decideGate(
  score: number,
  findings: readonly Finding[],
  { holdBelow, warnBelow, holdOn, warnOn }: QualityConfig,
): Gate {
  const hold = reasons(score, findings, holdBelow, holdOn);
  if (hold.length > 0) return { outcome: 'hold', because: hold };
  const warn = reasons(score, findings, warnBelow, warnOn);
  return warn.length > 0 ? { outcome: 'warn', because: warn } : { outcome: 'publish', because: [] };
}

function reasons(
  score: number,
  findings: readonly Finding[],
  below: number,
  codes: readonly string[],
): string[] {
  const told = new Set(
    findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code as string),
  );
  return [
    ...(score < below ? [`score ${score} is below ${below}`] : []),
    ...[...new Set(codes)].filter((code) => told.has(code)).map((code) => `there are findings of ${code}`),
  ];
}
