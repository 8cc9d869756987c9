/**
 * Dot product of two stretches of arrays, four sums at a time.
 *
 * @param a - first array
 * @param i - where it begins
 * @param b - second array
 * @param j - where it begins
 * @param n - how many values
 * @returns `Σ a[i + k] b[j + k]`
 */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (const end = n - 3; k < end; k += 4) {
    s0 += a[i + k]! * b[j + k]!;
    s1 += a[i + k + 1]! * b[j + k + 1]!;
    s2 += a[i + k + 2]! * b[j + k + 2]!;
    s3 += a[i + k + 3]! * b[j + k + 3]!;
  }
  for (; k < n; k++) s0 += a[i + k]! * b[j + k]!;
  return s0 + s1 + (s2 + s3);
}

/**
 * Cholesky factor: lower triangular L with `L Lᵀ = A`. O(n³ / 3).
 *
 * @param matrix - symmetric, `n * n` values; only the lower triangle is read; not modified
 * @param n - rows
 * @returns a new array, the upper triangle 0; undefined if the matrix is not positive definite
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      l[i * n + j] = (matrix[i * n + j]! - dot(l, i * n, l, j * n, j)) / l[j * n + j]!;
    }
    const rest = matrix[i * n + i]! - dot(l, i * n, l, i * n, i);
    if (!(rest > 1e-14 * Math.abs(matrix[i * n + i]!))) return undefined;
    l[i * n + i] = Math.sqrt(rest);
  }
  return l;
}

/**
 * `|L⁻¹ x|²` by forward substitution: the squared Mahalanobis length of `x` for the covariance `L Lᵀ`. O(n² / 2).
 *
 * @param l - from {@link cholesky}
 * @param x - `n` values; overwritten with `L⁻¹ x`
 * @param n - rows
 * @param offset - where the factor begins in `l`
 * @returns the squared length
 */
export function whitenedLength(l: Float64Array, x: Float64Array, n: number, offset = 0): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const z = (x[i]! - dot(l, offset + i * n, x, 0, i)) / l[offset + i * n + i]!;
    x[i] = z;
    sum += z * z;
  }
  return sum;
}

/**
 * Mean of rows.
 *
 * @param data - `n * d` values
 * @param n - rows
 * @param d - columns
 * @returns `d` means
 */
export function meanOfRows(data: Float64Array, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let r = 0; r < n; r++) for (let j = 0; j < d; j++) mean[j]! += data[r * d + j]!;
  return mean.map((v) => v / n);
}

/**
 * Subtracts a row from every row, in place.
 *
 * @param data - `n * d` values
 * @param n - rows
 * @param mean - `d` values
 */
export function centreRows(data: Float64Array, n: number, mean: Float64Array): void {
  const d = mean.length;
  for (let r = 0; r < n; r++) for (let j = 0; j < d; j++) data[r * d + j]! -= mean[j]!;
}

/**
 * Adds `sign · XᵀX` to the lower triangle of a matrix, four rows of X at a time.
 *
 * @param matrix - `d * d` values; changed
 * @param x - `n * d` values
 * @param n - rows
 * @param d - columns
 * @param sign - 1 adds, -1 takes away
 */
export function addGram(matrix: Float64Array, x: Float64Array, n: number, d: number, sign: 1 | -1): void {
  const zeros = new Float64Array(d);
  for (let r = 0; r < n; r += 4) {
    const rows = [0, 1, 2, 3].map((k) => (r + k < n ? x.subarray((r + k) * d, (r + k + 1) * d) : zeros));
    const [x0, x1, x2, x3] = rows as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < d; i++) {
      const v0 = sign * x0[i]!;
      const v1 = sign * x1[i]!;
      const v2 = sign * x2[i]!;
      const v3 = sign * x3[i]!;
      const at = i * d;
      for (let j = 0; j <= i; j++) matrix[at + j]! += v0 * x0[j]! + v1 * x1[j]! + (v2 * x2[j]! + v3 * x3[j]!);
    }
  }
}

/**
 * Copies the lower triangle of a matrix to the upper.
 *
 * @param matrix - `d * d` values; changed
 * @param d - rows
 * @returns the matrix
 */
export function mirrorLower(matrix: Float64Array, d: number): Float64Array {
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) matrix[j * d + i] = matrix[i * d + j]!;
  return matrix;
}
