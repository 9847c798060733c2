// Adds up what the test run printed. A run that failed without a failing test (install, build, coverage) counts as one
// failure, so that the last line never looks green.
import { readFileSync } from 'node:fs';

const [log, status] = process.argv.slice(2);
// eslint-disable-next-line no-control-regex
const text = readFileSync(log, 'utf8').replace(/\x1b\[[0-9;]*m/g, '');
const lines = [...text.matchAll(/^\s*Tests\s+(.*)$/gm)].map((match) => match[1]);
const sum = (word) =>
  lines.reduce((total, line) => total + Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0), 0);
const passed = sum('passed');
const failed = Math.max(sum('failed'), Number(status) === 0 && passed > 0 ? 0 : 1);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
