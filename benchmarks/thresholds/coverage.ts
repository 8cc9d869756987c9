/**
 * Coverage study: does each rule that learns from good scores keep the false-positive rate it states?
 *
 * Five distributions of good scores, four sizes of calibration set. Every cell fits the rule on many calibration sets and
 * measures, on a million fresh scores, the share of good parts above the limit.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/thresholds/coverage.ts [--write] && npx prettier --write docs/thresholds.md
 *
 * `--write` puts the tables into docs/thresholds.md between its markers.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRandom } from '@adlib/core';
import type { Random } from '@adlib/core';
import { fitThreshold, monitorThreshold } from '@adlib/thresholds';
import type { Threshold } from '@adlib/thresholds';

const SIZES = [30, 100, 382, 2000];
const FRESH = 1_000_000;

/** Good scores of five kinds; all but the last are positive, as errors and distances are. */
const distributions: Record<string, (random: Random) => number> = {
  'normal (10, 1)': (random) => 10 + random.normal(),
  'lognormal, sigma 0.5': (random) => Math.exp(random.normal(0, 0.5)),
  exponential: (random) => -Math.log(1 - random.uniform()),
  'two lots: 80 % normal (10, 1), 20 % normal (13, 1)': (random) =>
    (random.uniform() < 0.8 ? 10 : 13) + random.normal(),
  "Student's t, 3 degrees": (random) => {
    const chi = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
    return random.normal() / Math.sqrt(chi / 3);
  },
};

interface Rule {
  title: string;
  sets: number;
  fit: (good: Float64Array) => Threshold;
}

const named = (name: string, options: object, sets = 1000): Rule => ({
  title: `${name} ${JSON.stringify(options).replace(/"/g, '').replace(/[:,]/g, '$& ')}`,
  sets,
  fit: (good) => fitThreshold(name, { good }, options),
});

const rules: Rule[] = [
  named('meanPlusSigma', { k: 2 }),
  named('meanPlusSigma', { k: 2, log: true }),
  named('medianPlusMad', { k: 3 }),
  named('quantile', { q: 0.95 }),
  named('conformal', { fpr: 0.05 }),
  named('conformal', { fpr: 0.05, confidence: 0.9 }),
  named('targetFpr', { fpr: 0.01 }),
  named('extremeValue', { fpr: 0.001, method: 'likelihood', resamples: 19 }, 400),
  named('extremeValue', { fpr: 0.001, method: 'moments', resamples: 19 }, 400),
  {
    title: 'monitorThreshold {q: 0.95}',
    sets: 300,
    fit: (good) => {
      const monitor = monitorThreshold({ q: 0.95 });
      good.forEach((score) => monitor.add(score));
      return monitor.threshold();
    },
  },
];

function shareAbove(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return 1 - low / sorted.length;
}

/** Text of one cell: mean rate, and the rate that nine of ten calibration sets stay under; or why there is none. */
function cell(rule: Rule, draw: (random: Random) => number, fresh: Float64Array, n: number): string[] {
  const random = createRandom(20_261_122).split(rule.title).split(n);
  const rates = new Float64Array(rule.sets);
  let stated = 0;
  try {
    for (let set = 0; set < rule.sets; set++) {
      const stream = random.split(set);
      const threshold = rule.fit(Float64Array.from({ length: n }, () => draw(stream)));
      stated += threshold.expectedFalsePositiveRate! / rule.sets;
      rates[set] = shareAbove(fresh, threshold.value);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return ['', 'refused'];
  }
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rule.sets;
  const high = rates.sort()[Math.ceil(0.9 * rule.sets) - 1]!;
  return [percent(stated), `${percent(mean)} (${percent(high)})`];
}

function percent(share: number): string {
  return share >= 0.01 ? (100 * share).toFixed(1) : Number((100 * share).toPrecision(2)).toString();
}

function table(rule: Rule, samples: Map<string, Float64Array>): string {
  const stated: string[] = SIZES.map(() => '');
  const rows: string[] = [];
  for (const [name, draw] of Object.entries(distributions)) {
    const cells = SIZES.map((n, i) => {
      const [expected, text] = cell(rule, draw, samples.get(name)!, n) as [string, string];
      stated[i] ||= expected;
      return text;
    });
    rows.push(`| ${name} | ${cells.join(' | ')} |`);
  }
  return [
    `**\`${rule.title}\`**`,
    '',
    `| measured, % | ${SIZES.map((n) => `n = ${n.toLocaleString('en')}`).join(' | ')} |`,
    `| --- | ${SIZES.map(() => '---').join(' | ')} |`,
    `| _stated_ | ${stated.map((s) => (s === '' ? '-' : `_${s}_`)).join(' | ')} |`,
    ...rows,
  ].join('\n');
}

const samples = new Map(
  Object.entries(distributions).map(([name, draw]) => {
    const random = createRandom(1).split(name);
    return [name, Float64Array.from({ length: FRESH }, () => draw(random)).sort()];
  }),
);
const tables = rules.map((rule) => table(rule, samples)).join('\n\n');
console.log(tables);

if (process.argv.includes('--write')) {
  const page = new URL('../../docs/thresholds.md', import.meta.url);
  const text = readFileSync(page, 'utf8');
  const [start, end] = ['<!-- coverage:start -->', '<!-- coverage:end -->'];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/thresholds.md: the markers ${start} and ${end} are missing.`);
  writeFileSync(page, `${text.slice(0, from + start.length)}\n\n${tables}\n\n${text.slice(to)}`);
}
