import { breathe, type Device, type Random } from '@adlib/core';
import { compile, type HostTensor } from '@adlib/runtime';
import { symmetricEigen } from '@adlib/scores';
import * as tf from '@tensorflow/tfjs';

/** Rows that are multiplied at once. */
const ROWS = 8192;
/** Rows from which principal axes are found. */
const SAMPLE = 4096;

/**
 * Dimensions that keep the distances between `rows` points within a factor of `1 - eps` to `1 + eps`:
 * `floor(4 ln n / (eps^2 / 2 - eps^3 / 3))`.
 *
 * @param rows - points
 * @param eps - in (0, 1)
 * @returns dimensions, 1 or more
 * @see Dasgupta and Gupta, "An elementary proof of a theorem of Johnson and Lindenstrauss", 2003, theorem 2.1
 */
export function johnsonLindenstrauss(rows: number, eps: number): number {
  return Math.max(1, Math.floor((4 * Math.log(rows)) / (eps ** 2 / 2 - eps ** 3 / 3)));
}

/**
 * A very sparse random projection: each entry is 0 with probability `1 - 1 / sqrt(from)`, otherwise plus or minus
 * `sqrt(sqrt(from) / to)`.
 *
 * @param from - dimensions of the points
 * @param to - dimensions of their images
 * @param random - its numbers
 * @returns `[from, to]`, row-major
 * @see Li, Hastie and Church, "Very Sparse Random Projections", 2006
 */
export function sparseProjection(from: number, to: number, random: Random): HostTensor {
  const density = 1 / Math.sqrt(from);
  const size = Math.sqrt(1 / density / to);
  const entry = () => (random.uniform() < density ? (random.uniform() < 0.5 ? size : -size) : 0);
  return { data: Float32Array.from({ length: from * to }, entry), shape: [from, to] };
}

/**
 * A dense random projection with entries uniform in `(-1 / sqrt(from), 1 / sqrt(from))`: PyTorch's untrained linear layer.
 *
 * @param from - dimensions of the points
 * @param to - dimensions of their images
 * @param random - its numbers
 * @returns `[from, to]`, row-major
 */
export function denseProjection(from: number, to: number, random: Random): HostTensor {
  const limit = 1 / Math.sqrt(from);
  return {
    data: Float32Array.from({ length: from * to }, () => random.uniform(-limit, limit)),
    shape: [from, to],
  };
}

/** Rows of numbers, row-major. */
export interface Rows {
  /** `rows * dimension` values. */
  readonly data: Float32Array;
  /** Values per row. */
  readonly dimension: number;
}

/**
 * Projects rows and turns the result so that its first columns vary most, which leaves distances as they are: what
 * `kCenterGreedy` is quick on.
 *
 * @param rows - points; not modified
 * @param matrix - `[dimension, to]`
 * @param device - where the products are computed
 * @param signal - cancels
 * @returns new rows of `to` values
 * @throws the signal's reason when cancelled
 */
export async function projectRows(rows: Rows, matrix: HostTensor, device: Device, signal?: AbortSignal): Promise<Rows> {
  const turned = await turnToAxes(rows, matrix, device);
  const product = compile((x: tf.Tensor2D, m: tf.Tensor2D) => tf.matMul(x, m), { device });
  const { dimension } = rows;
  const count = rows.data.length / dimension;
  const to = turned.shape[1]!;
  const data = new Float32Array(count * to);
  try {
    for (let start = 0; start < count; start += ROWS) {
      await breathe(signal);
      const n = Math.min(ROWS, count - start);
      const part = { data: rows.data.subarray(start * dimension, (start + n) * dimension), shape: [n, dimension] };
      data.set((await product(part, turned)).data, start * to);
    }
  } finally {
    await product.dispose();
  }
  return { data, dimension: to };
}

/** The projection followed by a rotation onto the principal axes of a sample of the projected rows. */
async function turnToAxes(rows: Rows, matrix: HostTensor, device: Device): Promise<HostTensor> {
  const { dimension } = rows;
  const [, to] = matrix.shape as [number, number];
  const count = rows.data.length / dimension;
  const step = Math.max(1, Math.floor(count / SAMPLE));
  const n = Math.min(SAMPLE, Math.ceil(count / step));
  const sample = new Float32Array(n * dimension);
  for (let i = 0; i < n; i++) {
    sample.set(rows.data.subarray(i * step * dimension, (i * step + 1) * dimension), i * dimension);
  }
  const scatter = compile(
    (x: tf.Tensor2D, m: tf.Tensor2D) => {
      const projected = tf.matMul(x, m);
      const centred = tf.sub<tf.Tensor2D>(projected, tf.mean(projected, 0, true));
      return tf.matMul(centred, centred, true);
    },
    { device },
  );
  const turn = compile((m: tf.Tensor2D, v: tf.Tensor2D) => tf.matMul(m, v, false, true), { device });
  try {
    const { data } = await scatter({ data: sample, shape: [n, dimension] }, matrix);
    const { vectors } = symmetricEigen(Float64Array.from(data), to);
    const axes = { data: Float32Array.from(vectors), shape: [to, to] };
    return await turn(matrix, axes);
  } finally {
    await scatter.dispose();
    await turn.dispose();
  }
}
