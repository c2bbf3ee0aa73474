#!/usr/bin/env node
/**
 * step.mjs [--stream] NAME COMMAND [ARG...]
 *
 * Runs one step of a make target: one line when it has finished, with its duration; what it wrote only if it
 * failed. While it works it says so every five seconds. --stream shows what it writes as it writes it.
 */
import { spawn } from 'node:child_process';
import { styleText } from 'node:util';

const args = process.argv.slice(2);
const stream = args[0] === '--stream';
if (stream) args.shift();
const [name, command, ...rest] = args;
const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (style, text) => (colour ? styleText(style, text) : text);

const child = spawn(command, rest, { stdio: stream ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
let output = '';
let ticker;
if (!stream) {
  const take = (chunk) => {
    output += chunk;
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  ticker = setInterval(() => console.log(`  ... ${name}: ${Math.round(Number(seconds()))} s`), 5_000);
}
// Ctrl-C reaches the child as well; this process stays to say how it ended.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));

child.once('error', (error) => finish(1, error.message));
child.once('close', (code, signal) => finish(code ?? 1, signal ? `ended by ${signal}` : ''));

function finish(code, note) {
  clearInterval(ticker);
  const mark = code === 0 ? paint('green', 'ok  ') : paint('red', 'FAIL');
  if (code !== 0 && output) process.stdout.write(output.endsWith('\n') ? output : `${output}\n`);
  console.log(`${mark}  ${name.padEnd(24)} ${seconds().padStart(6)} s${note ? `  (${note})` : ''}`);
  process.exit(code);
}
