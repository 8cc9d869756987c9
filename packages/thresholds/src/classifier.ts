import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  createRandom,
} from '@adlib/core';
import type { Random } from '@adlib/core';
import { brief } from './build.js';
import { fitLogistic } from './logisticRegression.js';
import type { LinearModel } from './logisticRegression.js';
import { maxBalancedAccuracy } from './maxBalancedAccuracy.js';
import { growForest, treeData, treeShare } from './randomForest.js';
import type { Tree } from './randomForest.js';
import { fitScaling, readRows, scaleRow } from './rows.js';
import type { Scaling, ScoreRows } from './rows.js';
import { fitSupportVectors, supportVectorMargin } from './supportVectors.js';
import type { SupportVectorModel } from './supportVectors.js';
import type { Threshold } from './threshold.js';

/** What a classifier learned, by kind. */
export type ClassifierModel =
  | ({ readonly kind: 'logisticRegression' } & LinearModel)
  | ({ readonly kind: 'svm' } & SupportVectorModel)
  | { readonly kind: 'randomForest'; readonly trees: readonly Tree[] };

/** A classifier over several scores, as plain JSON. */
export interface Classifier {
  /** How each score is scaled first. */
  readonly scaling: Scaling;
  /** What was learned. */
  readonly model: ClassifierModel;
  /** Limit for {@link classifierScore}: the best balanced accuracy over held-out folds. */
  readonly threshold: Threshold;
}

/** Options of {@link classifier}. */
export interface ClassifierOptions {
  /** Which classifier. @defaultValue 'logisticRegression' */
  kind?: 'logisticRegression' | 'svm' | 'randomForest';
  /** Weighs both kinds of parts equally, whatever their numbers. @defaultValue true */
  balanced?: boolean;
  /** Inverse strength of the penalty, above 0; for logistic regression and SVM. @defaultValue 1 */
  C?: number;
  /** Kernel of the SVM. @defaultValue 'rbf' */
  kernel?: 'rbf' | 'linear';
  /** Width of the `rbf` kernel, above 0; the default is 1 / (number of scores), as the scores are scaled. */
  gamma?: number;
  /** Trees of the forest, 1 to 10,000. @defaultValue 100 */
  trees?: number;
  /** Fewest images in a leaf of a tree. @defaultValue 1 */
  minLeaf?: number;
  /** Folds of the cross-validation that sets the threshold; at least 2. @defaultValue 5 */
  folds?: number;
  /** Set it when the labels are those of the test set: the threshold is then marked `oracle`. @defaultValue false */
  oracle?: boolean;
  /** Seed of the forest and of the folds. @defaultValue 0 */
  seed?: number;
}

const OPTIONS = ['kind', 'balanced', 'C', 'kernel', 'gamma', 'trees', 'minLeaf', 'folds', 'oracle', 'seed'];

type Settled = Required<Omit<ClassifierOptions, 'gamma' | 'oracle'>> & { gamma: number | undefined };

/**
 * Learns from labelled parts to combine several scores (of several detectors, texture features, ...) into one. Scores are
 * scaled to mean 0 and standard deviation 1; the limit is the one with the best balanced accuracy on folds that the
 * classifier did not learn from, so `threshold.parameters` are not figures of memorised parts.
 *
 * `logisticRegression` gives log-odds, `svm` the margin, `randomForest` the mean share of defective parts in the leaves.
 *
 * @param good - several scores of each good part, one row per part
 * @param defective - the same of defective parts
 * @param options - see {@link ClassifierOptions}
 * @returns the classifier, plain JSON; use it with {@link classifierScore}
 * @throws RangeError if either kind has fewer parts than folds, rows differ in length, or a score is not finite
 * @example
 * ```ts
 * import { classifier, classifierScore, decide } from '@adlib/thresholds';
 * const good = Array.from({ length: 20 }, (_, i) => [i % 5, i % 3]);
 * const defective = Array.from({ length: 10 }, (_, i) => [4 + (i % 4), 3 + (i % 5)]);
 * const combined = classifier(good, defective, { kind: 'svm' });
 * console.log(decide(combined.threshold, classifierScore(combined, [6, 5]))); // defective
 * ```
 * @see Zanon-Diaz et al., attention-guided autoencoders for medical device inspection, table 4
 */
export function classifier(good: ScoreRows, defective: ScoreRows, options: ClassifierOptions = {}): Classifier {
  const { oracle = false, ...rest } = options;
  assertKnownOptions('classifier', options, OPTIONS);
  const settled = settle(rest);
  const goodRows = readRows('classifier', 'good', good);
  const defectiveRows = readRows('classifier', 'defective', defective, goodRows[0]!.length);
  for (const [arg, rows] of [
    ['good', goodRows],
    ['defective', defectiveRows],
  ] as const) {
    if (rows.length < settled.folds) {
      throw new RangeError(
        `classifier: ${arg} must have at least ${settled.folds} rows (one per fold), got ${rows.length}.`,
      );
    }
  }
  const random = createRandom(settled.seed);
  const held = heldOutScores(goodRows, defectiveRows, settled, random.split('folds'));
  const limit = maxBalancedAccuracy(held.good, held.defective, { oracle });
  const { violation, ...learned } = fit(goodRows, defectiveRows, settled, random.split('fit'));
  const threshold = {
    ...limit,
    rule: 'classifier',
    parameters: { ...limit.parameters, kind: settled.kind, scores: goodRows[0]!.length, folds: settled.folds },
    warnings: [...limit.warnings, ...unsolved(Math.max(violation, held.violation))],
  };
  return { ...learned, threshold };
}

/** Violation of the optimality conditions up to which an SVM counts as solved: LIBSVM's default. */
const SOLVED = 1e-3;

function unsolved(violation: number): string[] {
  if (violation <= SOLVED) return [];
  return [
    `The SVM ran out of steps before its optimum: its conditions are violated by ${brief(violation)}, where ${SOLVED} is ` +
      `usual, so another solver may decide differently. Try a smaller C, or the kernel 'rbf'.`,
  ];
}

function settle(options: Omit<ClassifierOptions, 'oracle'>): Settled {
  const { kind = 'logisticRegression', balanced = true, C = 1, kernel = 'rbf', gamma } = options;
  const { trees = 100, minLeaf = 1, folds = 5, seed = 0 } = options;
  assertOneOf('classifier', 'kind', kind, ['logisticRegression', 'svm', 'randomForest']);
  assertOneOf('classifier', 'kernel', kernel, ['rbf', 'linear']);
  for (const [arg, value] of [
    ['C', C],
    ['gamma', gamma ?? 1],
  ] as const) {
    assertFinite('classifier', arg, value);
    if (value <= 0) throw new RangeError(argumentMessage('classifier', arg, 'above 0', value));
  }
  assertInteger('classifier', 'trees', trees, 1, 10_000);
  assertInteger('classifier', 'minLeaf', minLeaf, 1);
  assertInteger('classifier', 'folds', folds, 2);
  return { kind, balanced, C, kernel, gamma, trees, minLeaf, folds, seed };
}

/** What a fit gives; `violation` is what an SVM left of its optimality conditions. */
type Learned = Omit<Classifier, 'threshold'> & { violation: number };

function fit(good: Float64Array[], defective: Float64Array[], how: Settled, random: Random): Learned {
  const scaling = fitScaling([...good, ...defective]);
  const rows = [...good, ...defective].map((row) => scaleRow(row, scaling));
  const n = rows.length;
  const labels = Int8Array.from(rows, (_, i) => (i < good.length ? -1 : 1));
  const weights = Float64Array.from(rows, (_, i) =>
    how.balanced ? n / (2 * (i < good.length ? good.length : defective.length)) : 1,
  );
  const d = rows[0]!.length;
  switch (how.kind) {
    case 'logisticRegression':
      return { scaling, model: { kind: how.kind, ...fitLogistic(rows, labels, weights, how.C) }, violation: 0 };
    case 'svm': {
      if (n > 5000) {
        throw new RangeError(`classifier: an SVM takes at most 5000 rows, got ${n}. Try 'logisticRegression'.`);
      }
      const kernel =
        how.kernel === 'linear' ? ({ type: 'linear' } as const) : ({ type: 'rbf', gamma: how.gamma ?? 1 / d } as const);
      const limits = weights.map((weight) => weight * how.C);
      const { model, violation } = fitSupportVectors(rows, labels, limits, kernel);
      return { scaling, model: { kind: how.kind, ...model }, violation };
    }
    case 'randomForest': {
      const options = { maxFeatures: Math.max(1, Math.floor(Math.sqrt(d))), minLeaf: how.minLeaf };
      return {
        scaling,
        model: { kind: how.kind, trees: growForest(treeData(rows, labels, weights), how.trees, options, random) },
        violation: 0,
      };
    }
  }
}

/** Scores of every part by a classifier that did not learn from it; the folds are stratified and drawn with the seed. */
function heldOutScores(
  good: Float64Array[],
  defective: Float64Array[],
  how: Settled,
  random: Random,
): { good: Float64Array; defective: Float64Array; violation: number } {
  const foldOf = (count: number, name: string): number[] => {
    const order = random.split(name).permutation(count);
    const folds = new Array<number>(count);
    order.forEach((i, position) => (folds[i] = position % how.folds));
    return folds;
  };
  const goodFold = foldOf(good.length, 'good');
  const defectiveFold = foldOf(defective.length, 'defective');
  const scores = { good: new Float64Array(good.length), defective: new Float64Array(defective.length), violation: 0 };
  for (let fold = 0; fold < how.folds; fold++) {
    const learned = fit(
      good.filter((_, i) => goodFold[i] !== fold),
      defective.filter((_, i) => defectiveFold[i] !== fold),
      how,
      random.split(fold),
    );
    scores.violation = Math.max(scores.violation, learned.violation);
    good.forEach((row, i) => {
      if (goodFold[i] === fold) scores.good[i] = apply(learned, row);
    });
    defective.forEach((row, i) => {
      if (defectiveFold[i] === fold) scores.defective[i] = apply(learned, row);
    });
  }
  return scores;
}

function apply({ scaling, model }: Omit<Classifier, 'threshold'>, row: ArrayLike<number>): number {
  const x = scaleRow(row, scaling);
  switch (model.kind) {
    case 'logisticRegression':
      return model.weights.reduce((sum, weight, j) => sum + weight * x[j]!, model.bias);
    case 'svm':
      return supportVectorMargin(model, x);
    case 'randomForest':
      return model.trees.reduce((sum, tree) => sum + treeShare(tree, x), 0) / model.trees.length;
  }
}

/**
 * The one score of a part's several scores.
 *
 * @param fitted - what {@link classifier} returned, or its JSON
 * @param row - the part's scores, in the order it was fitted with
 * @returns higher = more anomalous: log-odds, margin or share, by kind
 * @throws RangeError if the number of scores differs or one is not finite
 * @example
 * ```ts
 * import { classifier, classifierScore } from '@adlib/thresholds';
 * const good = Array.from({ length: 10 }, (_, i) => [i, 0]);
 * const defective = Array.from({ length: 10 }, (_, i) => [i, 5]);
 * const fitted = classifier(good, defective);
 * console.log(classifierScore(fitted, [4, 5]) > classifierScore(fitted, [4, 0])); // true
 * ```
 */
export function classifierScore(fitted: Classifier, row: ArrayLike<number>): number {
  return apply(fitted, readRows('classifierScore', 'rows', [row], fitted.scaling.mean.length)[0]!);
}
