import { TestWorkflowEnvironment } from '@temporalio/testing';
import { matchingFlags } from '../../src/cli/environment/matching-settings.js';
import { ensureTemporal } from '../../src/tools/ensure-temporal.js';
import { searchAttributes } from '../../src/workflows/search-attributes.js';

/** A real Temporal dev server of the test's own, set up as `partnerday up` sets it up. */
export async function startTemporal(): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: (await ensureTemporal()).path },
      searchAttributes: Object.values(searchAttributes),
      extraArgs: matchingFlags(),
    },
  });
}
