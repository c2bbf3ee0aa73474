import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const deep = process.env.PARTNERDAY_DEEP === '1';
const seconds = 1_000;

type Need = 'dist' | 'temporal' | 'versitygw' | 'kubernetes' | 'chromium' | 'redis' | 'prometheus';

/** A kind of test: test/{name}/, with what must be there before it starts (besides the kernel) and how long one of its tests may take. */
interface Kind {
  name: string;
  needs: Need[];
  testTimeout: number;
  /** Its files run one at a time, after the kinds of a lower order: they start servers and workers of their own. */
  sequential?: boolean;
}

const kinds: Kind[] = [
  { name: 'unit', needs: [], testTimeout: 30 * seconds },
  { name: 'contract', needs: ['versitygw'], testTimeout: 60 * seconds },
  { name: 'deploy', needs: ['dist', 'temporal', 'versitygw', 'kubernetes'], testTimeout: 120 * seconds },
  { name: 'workflow', needs: ['dist', 'temporal'], testTimeout: 90 * seconds },
  { name: 'replay', needs: ['dist'], testTimeout: 60 * seconds },
  { name: 'pages', needs: ['dist', 'temporal', 'chromium'], testTimeout: 120 * seconds, sequential: true },
  { name: 'redis', needs: ['dist', 'temporal', 'redis'], testTimeout: 90 * seconds },
  { name: 'e2e', needs: ['dist', 'temporal', 'versitygw'], testTimeout: 240 * seconds, sequential: true },
  {
    name: 'monitoring',
    needs: ['dist', 'temporal', 'prometheus'],
    testTimeout: 240 * seconds,
    sequential: true,
  },
  { name: 'chaos', needs: ['dist', 'temporal', 'versitygw'], testTimeout: 300 * seconds, sequential: true },
];

const missing = missingPrograms();

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    projects: kinds
      .filter(({ needs }) => !needs.some((program) => missing.includes(program)))
      .map(({ name, needs, testTimeout, sequential }) => ({
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          exclude: deep ? [] : ['**/*.deep.test.ts'],
          testTimeout: deep ? testTimeout * 10 : testTimeout,
          hookTimeout: 120 * seconds,
          maxWorkers: sequential ? 1 : 2,
          fileParallelism: !sequential,
          sequence: { groupOrder: sequential ? 1 : 0 },
          setupFiles: deep ? ['./test/support/deep-setup.ts'] : [],
          globalSetup: ['./test/support/global-setup.ts'],
          provide: { needs },
        },
      })),
  },
});

/** What `make tools` could not obtain. In CI nothing is left out: the tests then fail and say why. */
function missingPrograms(): string[] {
  const record = new URL('.tools/missing.json', import.meta.url);
  if (process.env.CI === 'true' || !existsSync(record)) return [];
  const programs: string[] = JSON.parse(readFileSync(record, 'utf8'));
  const leftOut = kinds.filter(({ needs }) => needs.some((program) => programs.includes(program)));
  console.warn(
    `LEFT OUT, as ${programs.join(' and ')} could not be obtained (\`make tools\` tries again): ${leftOut.map(({ name }) => name).join(', ')} tests`,
  );
  return programs;
}
