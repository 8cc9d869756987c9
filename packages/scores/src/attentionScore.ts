import { argumentMessage, assertFinite, assertKnownOptions, assertLength, toRowMajor, type NdArray } from '@adlib/core';
import { assertView } from './plane.js';

/** Options of {@link attentionScore}. */
export interface AttentionScoreOptions {
  /** Softness of the map's attention to itself, in standard deviations of the map: near 0 the maximum, large the mean. @defaultValue 1 */
  temperature?: number;
  /** Weights per value instead of the map's own, of the map's shape, >= 0, not all 0 (for example where the part is). */
  attention?: NdArray;
}

/**
 * Image score from a map: its attention-weighted mean `Σ aᵢ vᵢ / Σ aᵢ`. Without `attention` the map attends to itself,
 * `aᵢ = exp(vᵢ / (temperature · sd))`, which lies between mean and maximum and scales with the map.
 *
 * @param map - any shape, at least one value; not modified
 * @param options - see {@link AttentionScoreOptions}
 * @returns the score, in the map's units; NaN if the map holds a NaN or an infinite value
 * @throws TypeError or RangeError if the map is no view or empty, or `attention` or `temperature` is wrong
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { attentionScore } from '@adlib/scores';
 * const map = ndarray(new Float32Array([0, 0, 0, 4]), [2, 2]);
 * console.log(attentionScore(map), attentionScore(map, { attention: ndarray(new Uint8Array([0, 0, 1, 1]), [2, 2]) }));
 * ```
 */
export function attentionScore(map: NdArray, options: AttentionScoreOptions = {}): number {
  const { temperature = 1, attention } = options;
  assertKnownOptions('attentionScore', options, ['temperature', 'attention']);
  assertFinite('attentionScore', 'temperature', temperature, 1e-6, 1e9);
  assertView('attentionScore', 'map', map);
  const values = toRowMajor(map);
  const weights =
    attention === undefined ? ownAttention(values, temperature) : givenAttention(attention, values.length);
  let top = 0;
  let bottom = 0;
  for (let i = 0; i < values.length; i++) {
    top += weights[i]! * values[i]!;
    bottom += weights[i]!;
  }
  return top / bottom;
}

function ownAttention(values: ArrayLike<number>, temperature: number): Float64Array {
  const out = Float64Array.from(values);
  const max = out.reduce((a, b) => Math.max(a, b));
  const mean = out.reduce((a, b) => a + b) / out.length;
  const sd = Math.sqrt(out.reduce((sum, v) => sum + (v - mean) ** 2, 0) / out.length);
  return sd === 0 ? out.fill(1) : out.map((v) => Math.exp((v - max) / (temperature * sd)));
}

function givenAttention(attention: NdArray, length: number): ArrayLike<number> {
  assertView('attentionScore', 'attention', attention);
  const weights = toRowMajor(attention);
  assertLength('attentionScore', 'attention', weights, length, 'as the map');
  if (!weights.every((w) => w >= 0 && w < Infinity) || !weights.some((w) => w > 0)) {
    throw new RangeError(argumentMessage('attentionScore', 'attention', 'finite, >= 0 and not all 0', attention.data));
  }
  return weights;
}
