import { argumentMessage, assertFinite, assertKnownOptions, assertLength, type NdArray } from '@adlib/core';
import { needFitted } from './features.js';
import { cholesky, dot } from './linalg.js';
import { maxScore } from './maxScore.js';
import { meanScore } from './meanScore.js';
import { quantileScore } from './quantileScore.js';
import { topPercentMean } from './topPercentMean.js';

/** Names of the figures a {@link MapHead} looks at, in order. */
export const mapFigures = ['max', 'top0.1%', 'top1%', 'top10%', 'mean', 'median'] as const;

/** Options of {@link MapHead}. */
export interface MapHeadOptions {
  /** Weight λ of `λ/2 |w|²` beside the mean logistic loss; > 0. @defaultValue 0.01 */
  ridge?: number;
}

/** What a {@link MapHead} has learned; plain JSON. */
export interface MapHeadState {
  /** Mean of each figure over the training maps. */
  readonly mean: readonly number[];
  /** Standard deviation of each figure; 1 where it does not vary. */
  readonly scale: readonly number[];
  /** Weight of each standardised figure. */
  readonly weights: readonly number[];
  /** Added to the weighted sum. */
  readonly bias: number;
}

/**
 * A small learned head that makes an image score of a map: ridge logistic regression on six figures of the map (maximum,
 * means of the top 0.1, 1 and 10 %, mean, median), each standardised. It learns from maps of good images and of images
 * with synthetic defects only: real defects belong to the test. Both classes weigh the same, whatever their numbers.
 *
 * @example
 * ```ts
 * import { createRandom, ndarray } from '@adlib/core';
 * import { MapHead } from '@adlib/scores';
 * const random = createRandom(1);
 * const map = (peak: number) => ndarray(Float32Array.from({ length: 99 }, (_, i) => random.uniform() + (i < 5 ? peak : 0)), [9, 11]);
 * const head = new MapHead().fit([0, 0, 0, 0].map(map), [1, 2, 1, 2].map(map));
 * console.log(head.score(map(2)) > head.score(map(0))); // true
 * ```
 * @see Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", section 4.4 (Newton's method)
 */
export class MapHead {
  /** Options with defaults filled in. */
  readonly options: Readonly<Required<MapHeadOptions>>;
  #learned: MapHeadState | undefined;

  /** @param options - see {@link MapHeadOptions} */
  constructor(options: MapHeadOptions = {}) {
    const { ridge = 0.01 } = options;
    assertKnownOptions('MapHead', options, ['ridge']);
    assertFinite('MapHead', 'ridge', ridge, 1e-9, 1e9);
    this.options = { ridge };
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /**
   * Learns; replaces what was learned.
   *
   * @param good - maps of good images, at least 2
   * @param synthetic - maps of good images with synthetic defects, at least 2
   * @returns itself
   */
  fit(good: readonly NdArray[], synthetic: readonly NdArray[]): this {
    const rows = [...toFigures('good', good), ...toFigures('synthetic', synthetic)];
    const k = mapFigures.length;
    const mean = mapFigures.map((_, j) => rows.reduce((sum, row) => sum + row[j]! / rows.length, 0));
    const scale = mapFigures.map((_, j) => {
      const variance = rows.reduce((sum, row) => sum + (row[j]! - mean[j]!) ** 2 / rows.length, 0);
      return variance > 0 ? Math.sqrt(variance) : 1;
    });
    const x = rows.map((row) => Float64Array.from([...row.map((v, j) => (v - mean[j]!) / scale[j]!), 1]));
    const labels = rows.map((_, i) => (i < good.length ? 0 : 1));
    const shares = labels.map((label) => 0.5 / (label === 0 ? good.length : synthetic.length));
    const w = logistic(x, labels, shares, this.options.ridge);
    this.#learned = { mean, scale, weights: [...w.subarray(0, k)], bias: w[k]! };
    return this;
  }

  /**
   * Score of one map: the log odds of a defect, raw.
   *
   * @param map - shape `[height, width]`
   * @returns the score; above 0 it is more like the synthetic defects; NaN if the map holds a NaN
   */
  score(map: NdArray): number {
    const { mean, scale, weights, bias } = needFitted('MapHead.score', this.#learned);
    return figures(map).reduce((sum, v, j) => sum + (weights[j]! * (v - mean[j]!)) / scale[j]!, bias);
  }

  /** What was learned; JSON. Throws NotFittedError. */
  save(): MapHeadState {
    return structuredClone(needFitted('MapHead.save', this.#learned));
  }

  /** Restores what {@link MapHead.save} returned. */
  load(state: MapHeadState): this {
    for (const key of ['mean', 'scale', 'weights'] as const) {
      assertLength('MapHead.load', `state.${key}`, state[key], mapFigures.length, 'one per figure');
      state[key].forEach((v, j) => assertFinite('MapHead.load', `state.${key}[${j}]`, v));
    }
    assertFinite('MapHead.load', 'state.bias', state.bias);
    this.#learned = structuredClone(state);
    return this;
  }
}

function figures(map: NdArray): number[] {
  return [
    maxScore(map),
    topPercentMean(map, 0.1),
    topPercentMean(map, 1),
    topPercentMean(map, 10),
    meanScore(map),
    quantileScore(map, 0.5),
  ];
}

function toFigures(arg: string, maps: readonly NdArray[]): number[][] {
  if (!Array.isArray(maps) || maps.length < 2) {
    throw new RangeError(argumentMessage('MapHead.fit', arg, 'an array of at least 2 maps', maps));
  }
  return maps.map((map: NdArray, i) => {
    const row = figures(map);
    if (!row.every(Number.isFinite)) {
      throw new RangeError(`MapHead.fit: ${arg}[${i}] must have finite values, got NaN or Infinity. Leave it out.`);
    }
    return row;
  });
}

/** Newton's method on `Σ share · loss + ridge / 2 |w|²`; the last weight is the bias, which has (almost) no ridge. */
function logistic(
  x: readonly Float64Array[],
  labels: readonly number[],
  shares: readonly number[],
  ridge: number,
): Float64Array {
  const k = x[0]!.length;
  const w = new Float64Array(k);
  const penalty = Float64Array.from({ length: k }, (_, j) => (j === k - 1 ? 1e-9 : ridge));
  for (let iteration = 0; iteration < 100; iteration++) {
    const gradient = penalty.map((p, j) => p * w[j]!);
    const hessian = new Float64Array(k * k);
    for (let j = 0; j < k; j++) hessian[j * k + j] = penalty[j]!;
    x.forEach((row, i) => {
      const p = 1 / (1 + Math.exp(-dot(row, 0, w, 0, k)));
      const curve = shares[i]! * Math.max(p * (1 - p), 1e-12);
      for (let a = 0; a < k; a++) {
        gradient[a]! += shares[i]! * (p - labels[i]!) * row[a]!;
        for (let b = 0; b <= a; b++) hessian[a * k + b]! += curve * row[a]! * row[b]!;
      }
    });
    const step = solve(hessian, gradient, k);
    // A long step is cut: far from the minimum the quadratic says little.
    const length = Math.sqrt(dot(step, 0, step, 0, k));
    const share = length > 2 ? 2 / length : 1;
    for (let j = 0; j < k; j++) w[j]! -= share * step[j]!;
    if (length < 1e-10) break;
  }
  return w;
}

function solve(matrix: Float64Array, right: Float64Array, n: number): Float64Array {
  const l = cholesky(matrix, n);
  if (l === undefined)
    throw new RangeError('MapHead.fit: the figures are too alike to be told apart. Try a larger ridge.');
  const z = right.slice();
  for (let i = 0; i < n; i++) z[i] = (z[i]! - dot(l, i * n, z, 0, i)) / l[i * n + i]!;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) z[i]! -= l[j * n + i]! * z[j]!;
    z[i]! /= l[i * n + i]!;
  }
  return z;
}
