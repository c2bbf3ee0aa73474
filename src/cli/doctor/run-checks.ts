import { availableParallelism, freemem, totalmem } from 'node:os';
import { InvalidConfigError, renderProblem } from '../../config/config-problem.js';
import { findTemporal } from '../../tools/ensure-temporal.js';
import type { Cli } from '../cli.js';
import { explainError } from '../explain-error.js';
import { plural, size } from '../output/format.js';
import { checkChannels } from './check-channels.js';
import { checkStore } from './check-store.js';
import { checkTemporal } from './check-temporal.js';

export interface Check {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  /** What was found, in one line. */
  found: string;
  /** What to type or do. */
  fix?: string;
}

const OLDEST_NODE = [20, 19] as const;
const SUPPORTED_NODE = 22;
const LEAST_MEMORY = 2 * 2 ** 30;

/** Every check, in the order in which a person would put things right. A check never throws. */
export async function runChecks(cli: Cli): Promise<Check[]> {
  return [
    checkNode(),
    checkMachine(),
    ...(await guarded('configuration', () => checkConfiguration(cli))),
    ...(await guarded('temporal binary', () => checkBinary(cli))),
    ...(await guarded('temporal', () => checkTemporal(cli))),
    ...(await guarded('store', () => checkStore(cli))),
    ...(await guarded('alerts', async () => {
      const { settings, partners } = await cli.project();
      return checkChannels(cli.env, settings, partners.keys());
    })),
  ];
}

async function guarded(name: string, check: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await check();
  } catch (error) {
    const { message, next } = explainError(error);
    return [{ name, state: 'fail', found: message.split('\n')[0]!, ...(next ? { fix: next } : {}) }];
  }
}

function checkNode(): Check {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const found = `${process.version} on ${process.platform}-${process.arch}`;
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    return { name: 'node', state: 'fail', found, fix: `install Node ${OLDEST_NODE.join('.')} or later` };
  }
  if (major < SUPPORTED_NODE) {
    return { name: 'node', state: 'warn', found, fix: `works; Node ${major} is past its end of life` };
  }
  return { name: 'node', state: 'ok', found };
}

function checkMachine(): Check {
  const total = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  const found = `${plural(availableParallelism(), 'core')}, ${size(total)} memory, ${size(freemem())} free`;
  return total < LEAST_MEMORY
    ? { name: 'machine', state: 'warn', found, fix: `give a worker at least ${size(LEAST_MEMORY)}` }
    : { name: 'machine', state: 'ok', found };
}

async function checkConfiguration(cli: Cli): Promise<Check[]> {
  const name = 'configuration';
  try {
    const { dir, partners, problems } = await cli.project();
    const found = `${dir}: ${plural(partners.size, 'partner')}`;
    if (problems.length > 0) {
      const fix = `${renderProblem(problems[0]!)}${problems.length > 1 ? ` (and ${problems.length - 1} more: partnerday validate)` : ''}`;
      return [{ name, state: 'fail', found: `${found}, ${plural(problems.length, 'problem')}`, fix }];
    }
    if (partners.size === 0) return [{ name, state: 'warn', found, fix: 'partnerday partner add ID' }];
    return [{ name, state: 'ok', found }];
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    return [{ name, state: 'fail', found: error.message.split('\n')[0]!, fix: 'partnerday validate' }];
  }
}

async function checkBinary(cli: Cli): Promise<Check[]> {
  const name = 'temporal binary';
  const tool = await findTemporal({ env: cli.env });
  return tool
    ? [{ name, state: 'ok', found: `${tool.path} (${tool.version})` }]
    : [
        {
          name,
          state: 'warn',
          found: 'none',
          fix: 'partnerday up (obtains it), or install the Temporal CLI',
        },
      ];
}
