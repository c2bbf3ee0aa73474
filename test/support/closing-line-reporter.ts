import type { Reporter, TestModule } from 'vitest/node';

/**
 * The last line of a run, for people and machines alike: `N passed, N failed`. A file that could not be loaded and
 * an error outside any test each count as a failure.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state] += 1;
        if (state === 'failed') failedTests += 1;
      }
      if (module.state() === 'failed' && failedTests === 0) count.failed += 1;
    }
    const lines: string[] = [];
    const unrun = count.skipped + count.pending;
    if (unrun > 0) lines.push(`${unrun} skipped`);
    const checks = process.env.PARTNERDAY_FAILED_CHECKS?.trim();
    if (checks) lines.push(`checks failed before the tests: ${checks}`);
    lines.push(`${count.passed} passed, ${count.failed} failed`);
    // Other reporters print their summary at the end of the run too; this comes after all of them.
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}
