/**
 * Feeds mutated files to every reader of data sets and saved detectors: none may crash, hang, or fail with anything but an
 * error of ours that names the file. Same seed, same files.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/fuzz/run.ts [--count 10000] [--from 0] [--seed 1] [--limit 10000]
 *     [--add totals.json]
 *
 * `--add` adds the counts to a file, so that 10,000 may be run in pieces (`--from 0 --count 2500`, `--from 2500 ...`).
 * Ends with 1 if anything went wrong, and prints each such case; `--from N --count 1` runs one again.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { assertInteger } from '@adlib/core';
import { toMarkdown } from '@adlib/metrics';
import { fuzz } from './pool.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    limit: { type: 'string', default: '10000' },
    add: { type: 'string' },
  },
});
const [count, from, seed, limit] = [values.count, values.from, values.seed, values.limit].map(Number) as [
  number,
  number,
  number,
  number,
];
for (const [name, value] of Object.entries({ count, from, seed, limit })) assertInteger('fuzz', name, value, 0);

interface Totals {
  files: number;
  read: number;
  refused: number;
  'wrong error': number;
  crash: number;
  hang: number;
  'longest, ms': number;
}
const totals: Record<string, Totals> =
  values.add !== undefined && existsSync(values.add)
    ? (JSON.parse(readFileSync(values.add, 'utf8')) as Record<string, Totals>)
    : {};
const begin = performance.now();
await fuzz({
  ...{ seed, from, count, limit, bundles: true },
  onResult: ({ index, kind, outcome, ms, message }) => {
    const row = (totals[kind] ??= {
      ...{ files: 0, read: 0, refused: 0, 'wrong error': 0, crash: 0, hang: 0, 'longest, ms': 0 },
    });
    row.files++;
    row[outcome]++;
    row['longest, ms'] = Math.max(row['longest, ms'], Math.round(ms));
    if (outcome !== 'read' && outcome !== 'refused') {
      console.log(`case ${index} (${kind}): ${outcome}: ${message}`);
      process.exitCode = 1;
    }
  },
});
if (values.add !== undefined) writeFileSync(values.add, `${JSON.stringify(totals, null, 1)}\n`);
const sum = Object.values(totals).reduce((all, row) => all + row.files, 0);
console.log(
  toMarkdown(
    Object.entries(totals).map(([kind, row]) => ({ kind, ...row })),
    { digits: 0 },
  ),
);
console.log(`${sum} files, ${Math.round((performance.now() - begin) / 1000)} s for the last ${count}.`);
