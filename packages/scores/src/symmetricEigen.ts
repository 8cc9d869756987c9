/** Eigenvalues and eigenvectors of a symmetric matrix. */
export interface SymmetricEigen {
  /** Eigenvalues, largest first. */
  values: Float64Array;
  /** Row `i` (`n` values from `i * n`) is the unit eigenvector of `values[i]`. */
  vectors: Float64Array;
}

/**
 * Eigen-decomposition of a symmetric matrix: Householder reduction to tridiagonal form, then implicit QL. O(n³).
 *
 * @param matrix - `n * n` values, row-major; only the lower triangle is read; not modified
 * @param n - rows
 * @returns new arrays; the sign of each vector makes its largest component positive
 * @throws RangeError if a value is not finite
 * @example
 * ```ts
 * import { symmetricEigen } from '@adlib/scores';
 * console.log(symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values); // 3, 1
 * ```
 * @see Wilkinson and Reinsch, Handbook for Automatic Computation II, 1971 (tred2, tql2)
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  if (!matrix.every(Number.isFinite)) {
    throw new RangeError('symmetricEigen: matrix must have finite values, got NaN or Infinity.');
  }
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) v[i * n + j] = v[j * n + i] = matrix[i * n + j]!;
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  if (n > 0) {
    tridiagonalise(v, d, e, n);
    // From here on row i of v is the transposed vector, so that the rotations work on contiguous rows.
    transpose(v, n);
    diagonalise(v, d, e, n);
  }
  return sorted(v, d, n);
}

function transpose(v: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const held = v[i * n + j]!;
      v[i * n + j] = v[j * n + i]!;
      v[j * n + i] = held;
    }
  }
}

/** Householder vectors from the last row up, then the product of the reflections into `v`. */
function tridiagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  d.set(v.subarray((n - 1) * n, n * n));
  for (let i = n - 1; i > 0; i--) reduceRow(v, d, e, n, i);
  for (let i = 0; i < n - 1; i++) {
    v[(n - 1) * n + i] = v[i * n + i]!;
    v[i * n + i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[k * n + i + 1]! / h;
      const g = new Float64Array(i + 1);
      for (let k = 0; k <= i; k++) {
        const f = v[k * n + i + 1]!;
        for (let j = 0; j <= i; j++) g[j]! += f * v[k * n + j]!;
      }
      for (let k = 0; k <= i; k++) {
        const f = d[k]!;
        for (let j = 0; j <= i; j++) v[k * n + j]! -= g[j]! * f;
      }
    }
    for (let k = 0; k <= i; k++) v[k * n + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) d[j] = v[(n - 1) * n + j]!;
  v.fill(0, (n - 1) * n, n * n - 1);
  v[n * n - 1] = 1;
  e[0] = 0;
}

function reduceRow(v: Float64Array, d: Float64Array, e: Float64Array, n: number, i: number): void {
  let scale = 0;
  let h = 0;
  for (let k = 0; k < i; k++) scale += Math.abs(d[k]!);
  if (scale === 0) {
    e[i] = d[i - 1]!;
    for (let j = 0; j < i; j++) {
      d[j] = v[(i - 1) * n + j]!;
      v[i * n + j] = v[j * n + i] = 0;
    }
    d[i] = 0;
    return;
  }
  for (let k = 0; k < i; k++) {
    d[k]! /= scale;
    h += d[k]! * d[k]!;
  }
  const f = d[i - 1]!;
  const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
  e[i] = scale * g;
  h -= f * g;
  d[i - 1] = f - g;
  e.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const dj = d[j]!;
    v[j * n + i] = dj;
    // Lower triangle by rows: row j holds the columns k <= j.
    const row = j * n;
    let sum = e[j]! + v[row + j]! * dj;
    for (let k = 0; k < j; k++) {
      sum += v[row + k]! * d[k]!;
      e[k]! += v[row + k]! * dj;
    }
    e[j] = sum;
  }
  let total = 0;
  for (let j = 0; j < i; j++) {
    e[j]! /= h;
    total += e[j]! * d[j]!;
  }
  const hh = total / (h + h);
  for (let j = 0; j < i; j++) e[j]! -= hh * d[j]!;
  for (let k = 0; k < i; k++) {
    const row = k * n;
    const ek = e[k]!;
    const dk = d[k]!;
    for (let j = 0; j <= k; j++) v[row + j]! -= d[j]! * ek + e[j]! * dk;
  }
  for (let j = 0; j < i; j++) {
    d[j] = v[(i - 1) * n + j]!;
    v[i * n + j] = 0;
  }
  d[i] = h;
}

/** Implicit QL on the tridiagonal matrix (`d`, `e`); rows of `v` are rotated along. */
function diagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let shift = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * largest) m++;
    while (m > l && Math.abs(e[l]!) > Number.EPSILON * largest) shift += qlSweep(v, d, e, n, l, m);
    d[l]! += shift;
    e[l] = 0;
  }
}

/** One QL step on rows `l .. m`; returns the shift that was taken off the diagonal. */
function qlSweep(v: Float64Array, d: Float64Array, e: Float64Array, n: number, l: number, m: number): number {
  const g = d[l]!;
  let p = (d[l + 1]! - g) / (2 * e[l]!);
  const r = p < 0 ? -Math.hypot(p, 1) : Math.hypot(p, 1);
  d[l] = e[l]! / (p + r);
  d[l + 1] = e[l]! * (p + r);
  const next = d[l + 1]!;
  const h = g - d[l];
  for (let i = l + 2; i < n; i++) d[i]! -= h;
  p = d[m]!;
  let c = 1;
  let c2 = 1;
  let c3 = 1;
  const el1 = e[l + 1]!;
  let s = 0;
  let s2 = 0;
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const gi = c * e[i]!;
    const hi = c * p;
    const ri = Math.hypot(p, e[i]!);
    e[i + 1] = s * ri;
    s = e[i]! / ri;
    c = p / ri;
    p = c * d[i]! - s * gi;
    d[i + 1] = hi + s * (c * gi + s * d[i]!);
    const a = i * n;
    const b = a + n;
    for (let k = 0; k < n; k++) {
      const upper = v[b + k]!;
      const lower = v[a + k]!;
      v[b + k] = s * lower + c * upper;
      v[a + k] = c * lower - s * upper;
    }
  }
  p = (-s * s2 * c3 * el1 * e[l]!) / next;
  e[l] = s * p;
  d[l] = c * p;
  return h;
}

function sorted(v: Float64Array, d: Float64Array, n: number): SymmetricEigen {
  const order = [...d.keys()].sort((a, b) => d[b]! - d[a]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const row = v.subarray(from * n, (from + 1) * n);
    let largest = 0;
    for (const value of row) if (Math.abs(value) > Math.abs(largest)) largest = value;
    vectors.set(largest < 0 ? row.map((value) => -value) : row, to * n);
  });
  return { values: Float64Array.from(order, (i) => d[i]!), vectors };
}
