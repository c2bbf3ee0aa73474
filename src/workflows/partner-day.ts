import { allHandlersFinished, condition } from '@temporalio/workflow';
import { checkRelations } from './check-relations.js';
import { Day } from './day.js';
import { extractAsTheyArrive } from './extract-as-they-arrive.js';
import type { PartnerDayInput, PartnerDayResult } from './inputs.js';
import { listen } from './listen.js';
import { mergeRound } from './merge-round.js';
import { planVersion, resumeVersion } from './plan-version.js';
import { prepare } from './prepare.js';
import { publish } from './publish.js';
import { requeue } from './requeue.js';
import { tellFailed } from './tell-failed.js';
import { tidy } from './tidy.js';

/**
 * One partner's drop for one business date. Everything durable is an object in the store, so a run that starts over
 * finds what earlier runs committed and does only the rest.
 */
export async function partnerDay(input: PartnerDayInput): Promise<PartnerDayResult> {
  const day = new Day(input);
  listen(day);
  try {
    return await run(day);
  } catch (error) {
    await tellFailed(day, error);
    throw error;
  }
}

async function run(day: Day): Promise<PartnerDayResult> {
  const { input } = day;
  await prepare(day);
  do {
    if (input.mode === 'retry') await resumeVersion(day);
    else await planVersion(day, await extractAsTheyArrive(day));
    await mergeRound(day, day.firstRound(), 1);
    await checkRelations(day);
    await publish(day);
    await requeue(day);
    // What was announced after the day was sealed belongs to the next version.
  } while (day.hasNews());
  await tidy(day);
  await condition(allHandlersFinished);
  return day.result();
}
