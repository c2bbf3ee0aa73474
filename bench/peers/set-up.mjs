#!/usr/bin/env node
/**
 * set-up.mjs [--parsers]
 *
 * Installs the peers at their pinned versions (--parsers: only those for Node), into directories that are not
 * committed: Python packages into bench/peers/.venv, xan into .tools/peers, parsers for Node into bench/peers/js. What is
 * there already is kept; what cannot be installed is reported, and the bench runs without it. igzip and pigz come from
 * the system: `apt-get install isal pigz`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PEER_TOOLS, VENV } from '../lib/paths.mjs';

const XAN_VERSION = '0.61.0';
const PARSERS = join(import.meta.dirname, 'js');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
/** A build takes all cores for minutes; whoever else works on the machine comes first. */
const NICE = ['-n', '19'];

step('JavaScript parsers', join(PARSERS, 'node_modules', '.installed'), readFileSync(join(PARSERS, 'package.json'), 'utf8'), [
  ['npm', 'install', '--prefix', PARSERS, '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'],
]);
if (!process.argv.includes('--parsers')) {
  step('Python peers', join(VENV, '.installed'), createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex'), [
    ['python3', '-m', 'venv', VENV],
    [join(VENV, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS],
  ]);
  step('xan', join(PEER_TOOLS, 'xan.installed'), XAN_VERSION, [
    ['cargo', 'install', 'xan', '--version', XAN_VERSION, '--root', PEER_TOOLS],
  ]);
  for (const [tool, hint] of [
    ['igzip', 'apt-get install isal'],
    ['pigz', 'apt-get install pigz'],
    ['java', 'apt-get install openjdk-17-jre-headless'],
  ]) {
    if (spawnSync('which', [tool]).status !== 0) console.error(`peers: ${tool} is missing: ${hint}`);
  }
}

/** Runs the commands unless the stamp says that this very version is there. */
function step(name, stamp, version, commands) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) {
    console.error(`peers: ${name} (kept)`);
    return;
  }
  console.error(`peers: installing ${name} ...`);
  mkdirSync(PEER_TOOLS, { recursive: true });
  const started = performance.now();
  for (const command of commands) {
    const { status, error, stderr } = spawnSync('nice', [...NICE, ...command], { encoding: 'utf8' });
    if (status === 0) continue;
    const reason = error?.message ?? stderr.trim().split('\n').slice(-5).join('\n');
    console.error(`peers: ${name} could not be installed:\n${reason}`);
    writeFileSync(`${stamp}.error`, reason);
    return;
  }
  writeFileSync(stamp, version);
  console.error(`peers: ${name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
