import { argumentMessage, assertKnownOptions, ndarray, type NdArray, type View } from '@adlib/core';
import { Mahalanobis, type MahalanobisOptions } from './mahalanobis.js';

/**
 * Mahalanobis distance per position: one mean and one covariance for every place of a feature map, as PaDiM. Fitting costs
 * O(n p d² + p d³ / 3) time and `8 p d²` bytes.
 *
 * @param train - features of good parts, shape `[n, positions, d]`, n >= 2; finite
 * @param test - features to score, shape `[m, positions, d]`
 * @param options - shrinkage and ridge as in {@link Mahalanobis}; PaDiM's ridge is 0.01
 * @returns a new view of distances, shape `[m, positions]`
 * @throws TypeError or RangeError if shapes do not fit or a covariance is singular
 * @example
 * ```ts
 * import { createRandom, ndarray } from '@adlib/core';
 * import { positionMahalanobis } from '@adlib/scores';
 * const random = createRandom(1);
 * const features = ndarray(Float32Array.from({ length: 10 * 4 * 3 }, () => random.normal()), [10, 4, 3]);
 * console.log(positionMahalanobis(features, features, { ridge: 0.01 }).shape); // [10, 4]
 * ```
 * @see Defard et al., "PaDiM", 2020, eq. 2
 */
export function positionMahalanobis(
  train: NdArray,
  test: NdArray,
  options: Pick<MahalanobisOptions, 'shrinkage' | 'ridge'> = {},
): View<Float64Array> {
  assertKnownOptions('positionMahalanobis', options, ['shrinkage', 'ridge']);
  const [n, positions, d] = shapeOf('train', train);
  const [m, testPositions, testD] = shapeOf('test', test);
  if (testPositions !== positions || testD !== d) {
    throw new RangeError(
      argumentMessage('positionMahalanobis', 'test', `of shape [m, ${positions}, ${d}]`, test.shape),
    );
  }
  const out = ndarray(new Float64Array(m * positions), [m, positions]);
  const at = (features: NdArray, rows: number, p: number): NdArray => {
    const block = new Float64Array(rows * d);
    for (let r = 0; r < rows; r++) for (let j = 0; j < d; j++) block[r * d + j] = features.get(r, p, j);
    return ndarray(block, [rows, d]);
  };
  for (let p = 0; p < positions; p++) {
    const scores = new Mahalanobis(options).fit(at(train, n, p)).score(at(test, m, p));
    for (let r = 0; r < m; r++) out.set(r, p, scores[r]!);
  }
  return out;
}

function shapeOf(arg: string, features: NdArray): [number, number, number] {
  if (!Array.isArray(features?.shape) || features.shape.length !== 3 || features.shape.includes(0)) {
    throw new RangeError(argumentMessage('positionMahalanobis', arg, 'of shape [n, positions, d]', features?.shape));
  }
  return features.shape as unknown as [number, number, number];
}
