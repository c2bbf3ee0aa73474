import type { ScoredDay } from './score-facts.js';

/** Something that can be done about a day, and the day as it would be then. */
export interface Remedy {
  action: 'resend' | 'run' | 'retry' | 'alias' | 'contract';
  /** What to do, in words. */
  text: string;
  archives?: string[];
  tables?: string[];
  after: ScoredDay;
}
