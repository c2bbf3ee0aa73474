#!/usr/bin/env node
import { runCli } from './run-cli.js';

const exitCode = await runCli(process);
// Not by itself: a connection that is given up may keep timers of its own for a while.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))),
);
process.exit(exitCode);
