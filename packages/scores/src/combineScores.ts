import { argumentMessage, assertLength, ndarray, type View } from '@adlib/core';

/** Several scores of the same images, side by side. */
export interface ScoreVectors {
  /** Names of the columns, in the order given. */
  readonly names: readonly string[];
  /** One row per image, one column per score; shape `[images, names.length]`. */
  readonly vectors: View<Float64Array>;
}

/**
 * Puts several scores of the same images into one vector per image: the input of a classifier.
 *
 * @param scores - by name, one number per image, all of one length >= 1; not modified
 * @returns names and a new matrix; NaN and infinite scores are kept as they are
 * @throws TypeError or RangeError if there is no score or the lengths differ
 * @example
 * ```ts
 * import { combineScores } from '@adlib/scores';
 * const { names, vectors } = combineScores({ mse: [0.1, 0.4], ssim: [0.2, 0.5] });
 * console.log(names, vectors.get(1, 0)); // ['mse', 'ssim'] 0.4
 * ```
 */
export function combineScores(scores: Readonly<Record<string, ArrayLike<number>>>): ScoreVectors {
  const names = Object.keys(scores ?? {});
  if (names.length === 0) {
    throw new TypeError(argumentMessage('combineScores', 'scores', 'an object of at least one array', scores));
  }
  const n = scores[names[0]!]?.length ?? 0;
  if (n === 0)
    throw new RangeError(argumentMessage('combineScores', `scores.${names[0]!}`, 'not empty', scores[names[0]!]));
  const out = new Float64Array(n * names.length);
  names.forEach((name, column) => {
    const values = scores[name]!;
    assertLength('combineScores', `scores.${name}`, values, n, `as ${names[0]!}`);
    for (let row = 0; row < n; row++) out[row * names.length + column] = values[row]!;
  });
  return { names, vectors: ndarray(out, [n, names.length]) };
}
