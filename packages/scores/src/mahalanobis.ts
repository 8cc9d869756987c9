import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  type NdArray,
} from '@adlib/core';
import { needFitted, scoreRows, toRows, toTrainingRows, type FeatureScorer } from './features.js';
import { centreRows, cholesky, whitenedLength } from './linalg.js';
import { randomDrop, selectFeatures } from './randomDrop.js';
import { RunningCovariance } from './runningCovariance.js';
import { loadValues, saveTensor, type ScorerState } from './scorerState.js';
import { addDiagonal, ledoitWolfShare, oasShare, shrinkages, shrinkCovariance, type Shrinkage } from './shrinkage.js';

/** Options of {@link Mahalanobis}. */
export interface MahalanobisOptions {
  /** How the covariance is made invertible. @defaultValue 'ridge' */
  shrinkage?: Shrinkage;
  /** ε of `ridge`, in squared units of the features. @defaultValue 1e-5 */
  ridge?: number;
  /** How many features to keep, drawn once with `seed`; all without it. */
  randomDrop?: number;
  /** Seed of that draw. @defaultValue 0 */
  seed?: number;
}

interface Learned {
  /** Features per row before the drop. */
  inputs: number;
  indices: Uint32Array;
  running: RunningCovariance;
  /** Ledoit and Wolf's share; NaN with other shrinkage. */
  share: number;
  mean: Float64Array;
  factor: Float64Array;
}

/**
 * Mahalanobis distance to the good parts: `√((x - μ)ᵀ Σ⁻¹ (x - μ))`, by Cholesky factor. With `randomDrop: k` it is the
 * random-feature-drop Mahalanobis score of the dual-mode paper.
 *
 * `fit` costs O(n d² + d³ / 3) time and O(d²) memory, `score` O(d²) per row. `add` and `remove` change what it stands on
 * without the old rows (not with `ledoitWolf`, whose weight needs all of them).
 *
 * With fewer rows than features the covariance is singular: `none` then refuses, and with `ridge` every deviation outside
 * the span of the training rows is divided by √ε, so the rows it was fitted on score far lower than new good ones. Set
 * thresholds on good parts it has not seen.
 *
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { Mahalanobis } from '@adlib/scores';
 * const good = ndarray(new Float32Array([1, 2, 2, 1.5, 3, 3.5, 0, 0.8, 2, 2.4]), [5, 2]);
 * const scorer = new Mahalanobis({ shrinkage: 'ledoitWolf' }).fit(good);
 * console.log(scorer.score(ndarray(new Float32Array([1, 2, 4, 1]), [2, 2])));
 * ```
 * @see Zanon-Diaz et al., dual-mode anomaly detection (RFD-MD); De Maesschalck et al. 2000
 */
export class Mahalanobis implements FeatureScorer {
  /** Name of the scorer. */
  readonly kind = 'mahalanobis';
  /** What it scores. */
  readonly needs = 'features';
  /** Options with defaults filled in; `randomDrop` is absent where all features are kept. */
  readonly options: Readonly<Required<Omit<MahalanobisOptions, 'randomDrop'>> & { randomDrop?: number }>;
  #learned: Learned | undefined;

  /** @param options - see {@link MahalanobisOptions} */
  constructor(options: MahalanobisOptions = {}) {
    const { shrinkage = 'ridge', ridge = 1e-5, seed = 0, randomDrop: keep } = options;
    assertKnownOptions('Mahalanobis', options, ['shrinkage', 'ridge', 'randomDrop', 'seed']);
    assertOneOf('Mahalanobis', 'shrinkage', shrinkage, shrinkages);
    assertFinite('Mahalanobis', 'ridge', ridge, 0);
    assertInteger('Mahalanobis', 'seed', seed, 0, 0xffffffff);
    if (keep !== undefined) assertInteger('Mahalanobis', 'randomDrop', keep, 1);
    this.options = { shrinkage, ridge, seed, ...(keep === undefined ? {} : { randomDrop: keep }) };
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /** Rows it stands on. */
  get count(): number {
    return needFitted('Mahalanobis.count', this.#learned).running.count;
  }

  /** Learns from rows of features, shape `[n, d]`, n >= 2; finite. */
  fit(features: NdArray): this {
    const { n, d: inputs } = toTrainingRows('Mahalanobis.fit', features, 2);
    const { randomDrop: keep = inputs, seed, shrinkage } = this.options;
    const indices =
      keep < inputs ? randomDrop(inputs, keep, { seed }) : Uint32Array.from({ length: inputs }, (_, i) => i);
    const kept = selectFeatures(features, indices);
    const running = new RunningCovariance(indices.length).add(kept);
    let share = NaN;
    if (shrinkage === 'ledoitWolf') {
      centreRows(kept.data, n, running.mean);
      share = ledoitWolfShare(running.covariance(0).data, indices.length, kept.data, n);
    }
    this.#learned = this.#factorise('Mahalanobis.fit', { inputs, indices, running, share });
    return this;
  }

  /** Adds rows of good parts to what was learned, shape `[n, d]`. */
  add(features: NdArray): this {
    return this.#update('Mahalanobis.add', features, 'add');
  }

  /** Takes rows away that it was fitted on. */
  remove(features: NdArray): this {
    return this.#update('Mahalanobis.remove', features, 'remove');
  }

  #update(fn: string, features: NdArray, change: 'add' | 'remove'): this {
    const { inputs, indices, running, share } = needFitted(fn, this.#learned);
    if (this.options.shrinkage === 'ledoitWolf') {
      throw new RangeError(`${fn}: shrinkage must be 'none', 'ridge' or 'oas', got 'ledoitWolf'. Fit again instead.`);
    }
    const { n } = toTrainingRows(fn, features, 1, inputs);
    if (change === 'remove' && running.count - n < 2) {
      throw new RangeError(argumentMessage(fn, 'features', `of at most ${running.count - 2} rows`, features.shape));
    }
    const next = RunningCovariance.from(running.count, running.mean, running.covariance().data);
    next[change](selectFeatures(features, indices));
    this.#learned = this.#factorise(fn, { inputs, indices, running: next, share });
    return this;
  }

  #factorise(fn: string, parts: Omit<Learned, 'mean' | 'factor'>): Learned {
    const { shrinkage, ridge } = this.options;
    const { indices, running, share } = parts;
    const d = indices.length;
    const sample = shrinkage === 'none' || shrinkage === 'ridge';
    const matrix = running.covariance(sample ? 1 : 0).data;
    if (shrinkage === 'ridge') addDiagonal(matrix, d, ridge);
    if (shrinkage === 'ledoitWolf') shrinkCovariance(matrix, d, share);
    if (shrinkage === 'oas') shrinkCovariance(matrix, d, oasShare(matrix, d, running.count));
    const factor = cholesky(matrix, d);
    if (factor === undefined) {
      throw new RangeError(
        `${fn}: the covariance of ${running.count} rows of ${d} features is singular. ` +
          "Try shrinkage 'ledoitWolf' or a larger ridge, fewer features (randomDrop), or more rows.",
      );
    }
    return { ...parts, mean: running.mean, factor };
  }

  /** Distance of each row, shape `[n, d]`; >= 0; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    const { inputs, indices, mean, factor } = needFitted('Mahalanobis.score', this.#learned);
    const rows = toRows('Mahalanobis.score', features, inputs);
    const x = new Float64Array(mean.length);
    return scoreRows(rows, (row) => {
      for (let j = 0; j < x.length; j++) x[j] = row[indices[j]!]! - mean[j]!;
      return Math.sqrt(whitenedLength(factor, x, x.length));
    });
  }

  /** What was learned: mean, sample covariance and which features are kept. */
  save(): ScorerState {
    const { inputs, indices, running, share, mean } = needFitted('Mahalanobis.save', this.#learned);
    const d = mean.length;
    return {
      kind: this.kind,
      options: this.options,
      facts: { count: running.count, inputs, ...(Number.isNaN(share) ? {} : { share }) },
      tensors: {
        indices: saveTensor(Float64Array.from(indices), [d]),
        mean: saveTensor(mean, [d]),
        covariance: saveTensor(running.covariance().data, [d, d]),
      },
    };
  }

  /** Restores what {@link Mahalanobis.save} returned. */
  load(state: ScorerState): this {
    const read = (name: string, shape: readonly (number | undefined)[]): Float64Array =>
      loadValues('Mahalanobis.load', state, this.kind, name, shape);
    const { count = 0, inputs = 0, share = NaN } = state.facts;
    const mean = read('mean', [undefined]);
    const indices = Uint32Array.from(read('indices', [mean.length]));
    if (!indices.every((i) => i < inputs)) {
      throw new RangeError('Mahalanobis.load: state must have indices below inputs. The state is damaged.');
    }
    const running = RunningCovariance.from(count, mean, read('covariance', [mean.length, mean.length]));
    this.#learned = this.#factorise('Mahalanobis.load', { inputs, indices, running, share });
    return this;
  }
}
