import { condition } from '@temporalio/workflow';
import type { Day } from './day.js';
import { mergeRound } from './merge-round.js';
import { publishRecovered } from './publish.js';
import { startAnnouncing } from './start-announcing.js';

/** Up to `rounds` further rounds, for failed tables only; whatever recovers is published at once. */
export async function requeue(day: Day): Promise<void> {
  const { rounds, delay } = day.prepared.policies.requeue;
  const { state } = day;
  const asked = () => state.retryRequests.size > 0;
  let round = 2;
  for (; ; round++) {
    const due = state.transientlyFailed();
    if (!asked() && (due.length === 0 || round > rounds + 1)) break;
    if (!asked()) {
      state.nextRoundAt = new Date(Date.now() + delay).toISOString();
      day.enter('requeue', `round ${round} of ${rounds + 1} follows for ${due.join(', ')}`);
      await condition(asked, delay, { summary: `until round ${round}` });
      state.nextRoundAt = undefined;
    }
    const recovered = await mergeRound(day, asked() ? state.takeRetryRequests() : due, round);
    if (recovered.length > 0) await publishRecovered(day);
  }
  if (round > 2 && state.failures.size > 0) await tellExhausted(day);
  day.enter(day.status, closing(day));
}

/** Version 1 told of the failures when it was published; now the rounds are used up as well. */
async function tellExhausted(day: Day): Promise<void> {
  const version = day.state.version!;
  const failures = [...day.state.failures.values()];
  const { alertKey } = await day.tries('tell', () =>
    day.control.tellExhausted.executeWithOptions({ summary: 'tell what is still missing' }, [
      { ...day.ref, version, failures },
    ]),
  );
  await startAnnouncing(day, `v${version}-after-requeue`, { alertKey });
}

function closing(day: Day): string {
  const version = `version ${day.state.version} is ${day.status}`;
  const failed = [...day.state.failures.keys()].sort();
  if (failed.length === 0) return version;
  return `${version}; failed: ${failed.join(', ')}. Next: partnerday explain ${day.partner} ${day.date}`;
}
