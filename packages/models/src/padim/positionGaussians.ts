import { breathe, type LongCallOptions } from '@adlib/core';

/** Milliseconds between two looks at the signal. */
const SLICE_MS = 50;

/**
 * Mean and covariance of the vectors at each position of a grid, over pictures that come one batch after another: memory
 * does not grow with their number. Sums are kept in double precision and about the first picture, so that nothing cancels.
 */
export class PositionGaussians {
  readonly #positions: number;
  readonly #d: number;
  /** The first picture's vectors. */
  #origin: Float32Array | undefined;
  readonly #sums: Float64Array;
  /** Lower triangles of the sums of products, row by row. */
  readonly #products: Float64Array;
  #count = 0;

  /**
   * No pictures yet. Memory: `8 * positions * d (d + 1) / 2` bytes.
   *
   * @param positions - positions of the grid
   * @param d - values per vector
   */
  constructor(positions: number, d: number) {
    this.#positions = positions;
    this.#d = d;
    this.#sums = new Float64Array(positions * d);
    this.#products = new Float64Array((positions * d * (d + 1)) / 2);
  }

  /** Takes pictures: `count * positions * d` values, the pictures first. */
  add(data: Float32Array, count: number): void {
    const d = this.#d;
    const each = this.#positions * d;
    this.#origin ??= data.slice(0, each);
    // Transposed: all pictures' values of one component side by side.
    const column = new Float64Array(d * count);
    for (let p = 0; p < this.#positions; p++) {
      for (let i = 0; i < d; i++) {
        const origin = this.#origin[p * d + i]!;
        let sum = 0;
        for (let n = 0; n < count; n++) sum += column[i * count + n] = data[n * each + p * d + i]! - origin;
        this.#sums[p * d + i]! += sum;
      }
      addProducts(this.#products, (p * d * (d + 1)) / 2, column, d, count);
    }
    this.#count += count;
  }

  /**
   * Means, and the inverses of the covariances' Cholesky factors: `|factor (x - mean)|` is the Mahalanobis distance.
   *
   * @param ridge - added to each variance
   * @param long - progress and cancellation
   * @returns `mean`, `positions * d`, and `factor`, the lower triangles, `positions * d (d + 1) / 2`, row by row
   */
  async finish(
    ridge: number,
    { onProgress, signal }: LongCallOptions = {},
  ): Promise<{ mean: Float32Array; factor: Float32Array }> {
    const d = this.#d;
    const size = (d * (d + 1)) / 2;
    const mean = new Float32Array(this.#sums.length);
    const factor = new Float32Array(this.#products.length);
    const covariance = new Float64Array(size);
    const inverse = new Float64Array(size);
    let last = -Infinity;
    for (let p = 0; p < this.#positions; p++) {
      if (performance.now() - last > SLICE_MS) {
        onProgress?.({ stage: 'gaussians', done: p, total: this.#positions });
        await breathe(signal);
        last = performance.now();
      }
      const sums = this.#sums.subarray(p * d, (p + 1) * d);
      for (let i = 0; i < d; i++) {
        mean[p * d + i] = this.#origin![p * d + i]! + sums[i]! / this.#count;
        for (let j = 0; j <= i; j++) {
          const at = (i * (i + 1)) / 2 + j;
          const products = this.#products[p * size + at]! - (sums[i]! * sums[j]!) / this.#count;
          covariance[at] = products / (this.#count - 1) + (i === j ? ridge : 0);
        }
      }
      invertCholesky(covariance, inverse, d);
      factor.set(inverse, p * size);
    }
    onProgress?.({ stage: 'gaussians', done: this.#positions, total: this.#positions });
    return { mean, factor };
  }
}

/** Adds `sum_n x_in x_jn` to the lower triangle at an offset. */
function addProducts(products: Float64Array, at: number, column: Float64Array, d: number, count: number): void {
  if (count === 8) {
    addEight(products, at, column, d);
    return;
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let n = 0; n < count; n++) sum += column[i * count + n]! * column[j * count + n]!;
      products[at++]! += sum;
    }
  }
}

/** The same for 8 pictures, the usual batch: the loop over pictures is written out, which is four times as fast. */
function addEight(products: Float64Array, at: number, x: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    const o = i * 8;
    const [a, b, c, e] = [x[o]!, x[o + 1]!, x[o + 2]!, x[o + 3]!];
    const [f, g, h, k] = [x[o + 4]!, x[o + 5]!, x[o + 6]!, x[o + 7]!];
    for (let j = 0, q = 0; j <= i; j++, q += 8) {
      products[at++]! +=
        a * x[q]! + b * x[q + 1]! + c * x[q + 2]! + e * x[q + 3]! + f * x[q + 4]! + g * x[q + 5]! + h * x[q + 6]! + k * x[q + 7]!; // prettier-ignore
    }
  }
}

/** The inverse of the Cholesky factor of a packed positive definite matrix, which is overwritten by the factor. */
function invertCholesky(matrix: Float64Array, inverse: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    const row = (i * (i + 1)) / 2;
    for (let j = 0; j <= i; j++) {
      const other = (j * (j + 1)) / 2;
      let sum = matrix[row + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[row + k]! * matrix[other + k]!;
      matrix[row + j] = i === j ? Math.sqrt(sum) : sum / matrix[other + j]!;
    }
  }
  // Row by row: what the rows above contribute to this one, then the division; all reads run along rows.
  for (let i = 0; i < d; i++) {
    const row = (i * (i + 1)) / 2;
    inverse.fill(0, row, row + i);
    for (let k = 0; k < i; k++) {
      const factor = matrix[row + k]!;
      const above = (k * (k + 1)) / 2;
      for (let j = 0; j <= k; j++) inverse[row + j]! -= factor * inverse[above + j]!;
    }
    const diagonal = matrix[row + i]!;
    for (let j = 0; j < i; j++) inverse[row + j]! /= diagonal;
    inverse[row + i] = 1 / diagonal;
  }
}
