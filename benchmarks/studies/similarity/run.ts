/**
 * Every score of an image pair on real parts: the pattern of paper 004's tables 3, 4 and 13.
 *
 * Two convolutional autoencoders are trained per category on good pictures; each score then compares the pictures of the roles
 * calibration and test with their reconstructions. Nothing is fitted on a picture it is judged by, except where a column
 * says oracle. The first run trains (minutes); later ones take the autoencoders from the cache.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/studies/similarity/run.ts [--data ../shared/data/mvtec] [--categories bottle,screw]
 *     [--cache FOLDER] [--write] [--markdown]
 *
 * `--write` keeps the figures in results.json beside this file, in place of older ones of the same category; `--markdown` alone puts the tables of that file into
 * docs/scores.md (then `npx prettier --write docs/scores.md`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Image } from '@adlib/core';
import { imagesOf } from '@adlib/datasets';
import { auroc, bootstrapInterval } from '@adlib/metrics';
import {
  combineScores,
  fourGSsim,
  fourMsGSsim,
  fourMsSsim,
  fourSsim,
  glcm,
  glcmFeatures,
  gSsim,
  msGSsim,
  msSsim,
  pairScorers,
  ssim,
} from '@adlib/scores';
import {
  classifier,
  classifierScore,
  decide,
  maxAccuracy,
  maxBalancedAccuracy,
  meanPlusSigma,
  quantile,
} from '@adlib/thresholds';
import { NETWORKS, SEED, trainedAutoencoder, type NetworkName, type Trained } from '../autoencoder.js';
import {
  figuresAt,
  machine,
  meanFigures,
  remembered,
  replaceSection,
  stratifiedFolds,
  writeResults,
  type Figures,
} from '../report.js';
import type { CategoryResult, ClassifierRow, SimilarityResults } from './results.js';
import { similarityTables } from './tables.js';

/** Draws of two halves: the supervised limit is fitted on one and judged on the other, both ways. */
const HALVES = 10;
/** Draws of five folds for the classifiers. */
const REPEATS = 5;

type Compare = (image: Image, reconstruction: Image) => number;

const family = { ssim, msSsim, gSsim, msGSsim, fourSsim, fourMsSsim, fourGSsim, fourMsGSsim };
const comparisons = new Map<string, Compare>([
  ...Object.entries(pairScorers).map(([name, scorer]): [string, Compare] => [
    name in family ? `${name} wang` : name,
    (a, b) => scorer.score(a, b).score,
  ]),
  ...Object.entries(family).map(([name, measure]): [string, Compare] => [
    `${name} zd`,
    (a, b) => measure(a, b, { variant: 'zd' }).score,
  ]),
]);

/** Texture of a picture: each figure of its co-occurrence matrices, mean over four directions. */
function textureOf(image: Image): Record<string, number> {
  const matrices = glcm(image);
  const each = [0, 1, 2, 3].map((angle) => glcmFeatures(matrices.pick(0, angle)));
  const names = Object.keys(each[0]!) as (keyof (typeof each)[0])[];
  return Object.fromEntries(names.map((name) => [name, each.reduce((sum, f) => sum + f[name], 0) / each.length]));
}

/** Every score and texture figure of the pictures of one role, by name. */
async function measure({ name, detector, roles }: Trained, role: 'calibration' | 'test') {
  const scores: Record<string, number[]> = {};
  const texture: Record<string, number[]> = {};
  const onProgress = ({ done, total }: { done: number; total?: number }) => {
    if (done % 20 === 0) console.error(`${name}: ${role} picture ${done} of ${total}`);
  };
  for await (const { image, reconstruction } of detector.reconstruct(imagesOf(roles[role]), { onProgress })) {
    for (const [title, compare] of comparisons) (scores[title] ??= []).push(compare(image, reconstruction));
    for (const [title, value] of Object.entries(textureOf(image))) (texture[title] ??= []).push(value);
  }
  return { scores, texture };
}

const pick = <T>(values: readonly T[], indices: readonly number[]): T[] => indices.map((i) => values[i]!);

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

function split(values: readonly number[], labels: readonly number[]): [number[], number[]] {
  return [values.filter((_, i) => labels[i] === 0), values.filter((_, i) => labels[i] === 1)];
}

function scoreRow(title: string, good: readonly number[], scores: readonly number[], labels: readonly number[]) {
  const [score, form = ''] = title.split(' ') as [string, string?];
  const { estimate, lower, upper } = bootstrapInterval(auroc, scores, labels, { seed: SEED });
  const halves: Figures[] = [];
  for (let draw = 0; draw < HALVES; draw++) {
    const [a, b] = stratifiedFolds(labels, 2, SEED + draw) as [number[], number[]];
    for (const [fitted, judged] of [
      [a, b],
      [b, a],
    ] as const) {
      const limit = maxAccuracy(...split(pick(scores, fitted), pick(labels, fitted))).value;
      halves.push(figuresAt(pick(scores, judged), pick(labels, judged), limit));
    }
  }
  return {
    score,
    form,
    auroc: estimate,
    lower,
    upper,
    unsupervised: figuresAt(scores, labels, meanPlusSigma(good, { k: 2 }).value),
    percentile95: figuresAt(scores, labels, quantile(good, { q: 0.95 }).value),
    supervised: meanFigures(halves),
    oracle: figuresAt(scores, labels, maxAccuracy(...split(scores, labels), { oracle: true }).value),
  };
}

interface Judged {
  auroc: number;
  figures: Figures;
}

/** Cross-validation: what `learn` makes of four folds judges the fifth. */
function crossValidate(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  learn: (good: number[][], defective: number[][]) => { score: (row: readonly number[]) => number; limit: number },
): Judged {
  const judged: Judged[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const folds = stratifiedFolds(labels, 5, SEED + repeat);
    const decisions: number[] = labels.map(() => 0);
    let area = 0;
    for (const fold of folds) {
      const held = new Set(fold);
      const learned = (label: number) => rows.filter((_, i) => !held.has(i) && labels[i] === label).map((r) => [...r]);
      const { score, limit } = learn(learned(0), learned(1));
      const scores = fold.map((i) => score(rows[i]!));
      area += auroc(scores, pick(labels, fold)) / folds.length;
      const threshold = { rule: 'held-out', value: limit, fittedOn: { n: 0, good: 0, defective: 0 } };
      fold.forEach((i, at) => {
        decisions[i] = decide({ ...threshold, parameters: {}, warnings: [] }, scores[at]!) === 'defective' ? 1 : 0;
      });
    }
    judged.push({ auroc: area, figures: figuresAt(decisions, labels, 0.5) });
  }
  return {
    auroc: judged.reduce((sum, j) => sum + j.auroc, 0) / judged.length,
    figures: meanFigures(judged.map((j) => j.figures)),
  };
}

function classifierRows(
  scores: Record<string, number[]>,
  texture: Record<string, number[]>,
  labels: readonly number[],
): ClassifierRow[] {
  const table = (named: Record<string, number[]>): number[][] => {
    const { vectors, names } = combineScores(named);
    return labels.map((_, i) => names.map((__, column) => vectors.get(i, column)));
  };
  const rows: ClassifierRow[] = [];
  const alone: Record<string, number[]> = { ...scores, 'mean grey level': texture['mean']! };
  for (const name of ['mse', 'fourMsSsim wang', 'fourMsSsim zd', 'mean grey level']) {
    const judged = crossValidate(table({ [name]: alone[name]! }), labels, (good, defective) => ({
      score: ([value]) => value!,
      limit: maxBalancedAccuracy(good.flat(), defective.flat()).value,
    }));
    rows.push({ classifier: 'none: one limit', inputs: name, ...judged });
  }
  for (const [inputs, named] of [
    [`${Object.keys(scores).length} scores`, scores],
    ['scores and texture', { ...scores, ...texture }],
  ] as const) {
    for (const kind of ['randomForest', 'svm', 'logisticRegression'] as const) {
      const judged = crossValidate(table(named), labels, (good, defective) => {
        const fitted = classifier(good, defective, { kind, seed: SEED });
        return { score: (row) => classifierScore(fitted, row), limit: fitted.threshold.value };
      });
      rows.push({ classifier: kind, inputs, ...judged });
      console.error(`${kind} on ${inputs} done`);
    }
  }
  return rows;
}

async function category(data: string, cache: string, network: NetworkName): Promise<CategoryResult | undefined> {
  const trained = await trainedAutoencoder(data, cache, network);
  if (trained === undefined) return undefined;
  const { name, roles, training, detector } = trained;
  const partial = join(cache, 'similarity', `${name}-${network}`);
  const calibration = await remembered(`${partial}-calibration.json`, () => measure(trained, 'calibration'));
  const test = await remembered(`${partial}-test.json`, () => measure(trained, 'test'));
  detector.dispose();
  const labels = roles.test.map(({ label }) => (label === 'good' ? 0 : 1));
  const counts = Object.fromEntries(Object.entries(roles).map(([role, samples]) => [role, samples.length]));
  return {
    category: name,
    network,
    counts: { ...counts, defective: labels.filter((label) => label === 1).length },
    training,
    brightness: {
      auroc: auroc(test.texture['mean']!, labels),
      calibration: mean(calibration.texture['mean']!),
      testGood: mean(split(test.texture['mean']!, labels)[0]),
      testDefective: mean(split(test.texture['mean']!, labels)[1]),
    },
    scores: Object.entries(test.scores).map(([title, scores]) =>
      scoreRow(title, calibration.scores[title]!, scores, labels),
    ),
    classifiers: classifierRows(test.scores, test.texture, labels),
  };
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/mvtec' },
    categories: { type: 'string', default: 'bottle,screw' },
    cache: { type: 'string', default: join(tmpdir(), 'adlib-studies') },
    write: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});
const file = new URL('results.json', import.meta.url);
if (values.markdown) {
  replaceSection('similarity', similarityTables(JSON.parse(readFileSync(file, 'utf8')) as SimilarityResults));
} else {
  const categories: CategoryResult[] = [];
  for (const name of values.categories.split(',')) {
    for (const network of Object.keys(NETWORKS) as NetworkName[]) {
      const result = await category(join(values.data, name), values.cache, network);
      if (result !== undefined) categories.push(result);
    }
  }
  const results: SimilarityResults = { machine: machine(), seed: SEED, categories };
  if (categories.length > 0) console.log(similarityTables(results));
  if (values.write && categories.length > 0) {
    const older = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SimilarityResults).categories : [];
    const kept = older.filter(({ category: name }) => !categories.some((n) => n.category === name));
    writeResults(file, { ...results, categories: [...kept, ...categories] });
  }
}
