/**
 * How far the AUROC of a small test set swings: many test sets are drawn from one detector whose true AUROC is 0.95.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/metrics/small-samples.ts [--write]
 *
 * `--write` puts the table into docs/metrics.md between its markers.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRandom } from '@adlib/core';
import { auroc, seedSpread, toMarkdown } from '@adlib/metrics';

/** Distance of two unit normals whose AUROC is 0.95: sqrt(2) times the 0.95 quantile. */
const SHIFT = Math.SQRT2 * 1.6448536269514722;
const TEST_SETS = 4000;

const rows = [
  [10, 53],
  [10, 200],
  [30, 60],
  [60, 60],
  [100, 200],
  [400, 400],
].map(([good, defective]) => {
  const random = createRandom(good! * 1000 + defective!);
  const labels = Array.from({ length: good! + defective! }, (_, i) => (i < good! ? 0 : 1));
  const areas = Array.from({ length: TEST_SETS }, () =>
    auroc(
      labels.map((label) => random.normal(label * SHIFT)),
      labels,
    ),
  ).sort((a, b) => a - b);
  return {
    good,
    defective,
    'standard deviation': seedSpread(areas).sd,
    '5 % lie below': areas[Math.floor(0.05 * TEST_SETS)],
    '5 % lie above': areas[Math.floor(0.95 * TEST_SETS)],
  };
});
const table = toMarkdown(rows, { digits: 3 });
console.log(table);
if (process.argv.includes('--write')) {
  const page = new URL('../../docs/metrics.md', import.meta.url);
  const marked = /(<!-- small-samples -->\n)[^]*?(<!-- \/small-samples -->)/;
  writeFileSync(page, readFileSync(page, 'utf8').replace(marked, `$1\n${table}\n$2`));
}
