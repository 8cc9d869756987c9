/** A linear decision function `f(x) = w x + b`, plain JSON. */
export interface LinearModel {
  /** One weight per score. */
  readonly weights: readonly number[];
  /** Constant term. */
  readonly bias: number;
}

/**
 * L2-regularised logistic regression: minimises `|w|^2 / 2 + C sum c_i ln(1 + exp(-y_i f(x_i)))` with an unpenalised bias,
 * by Newton's method with a halving line search. The minimum is unique, so the result equals scikit-learn's.
 *
 * @param rows - scaled scores, one row per image
 * @param labels - +1 defective, -1 good
 * @param weights - weight `c_i` of each row
 * @param C - inverse strength of the penalty
 * @returns the model; `f` is the log-odds of a defect
 */
export function fitLogistic(
  rows: readonly Float64Array[],
  labels: Int8Array,
  weights: Float64Array,
  C: number,
): LinearModel {
  const d = rows[0]!.length;
  const size = d + 1;
  let beta = new Float64Array(size);
  let loss = lossOf(rows, labels, weights, C, beta);
  for (let iteration = 0; iteration < 100; iteration++) {
    const { gradient, hessian } = derivatives(rows, labels, weights, C, beta);
    const step = solve(hessian, gradient, size);
    const decrement = step.reduce((sum, s, i) => sum + s * gradient[i]!, 0);
    if (decrement <= 1e-24 * (1 + loss)) break;
    let scale = 1;
    let next = beta;
    let nextLoss = loss;
    do {
      const factor = scale;
      next = beta.map((b, i) => b - factor * step[i]!);
      nextLoss = lossOf(rows, labels, weights, C, next);
      scale /= 2;
    } while (nextLoss > loss && scale > 1e-10);
    if (nextLoss >= loss) break;
    beta = next;
    loss = nextLoss;
  }
  return { weights: [...beta.subarray(0, d)], bias: beta[d]! };
}

function linear(row: Float64Array, beta: Float64Array): number {
  let sum = beta[row.length]!;
  for (let j = 0; j < row.length; j++) sum += row[j]! * beta[j]!;
  return sum;
}

function lossOf(
  rows: readonly Float64Array[],
  labels: Int8Array,
  weights: Float64Array,
  C: number,
  beta: Float64Array,
): number {
  let loss = 0;
  for (let j = 0; j < beta.length - 1; j++) loss += 0.5 * beta[j]! * beta[j]!;
  rows.forEach((row, i) => {
    const margin = labels[i]! * linear(row, beta);
    loss += C * weights[i]! * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
  });
  return loss;
}

function derivatives(
  rows: readonly Float64Array[],
  labels: Int8Array,
  weights: Float64Array,
  C: number,
  beta: Float64Array,
): { gradient: Float64Array; hessian: Float64Array } {
  const size = beta.length;
  const gradient = beta.slice();
  gradient[size - 1] = 0;
  const hessian = new Float64Array(size * size);
  for (let j = 0; j < size - 1; j++) hessian[j * size + j] = 1;
  const x = new Float64Array(size);
  x[size - 1] = 1;
  rows.forEach((row, i) => {
    x.set(row);
    const y = labels[i]!;
    const p = 1 / (1 + Math.exp(y * linear(row, beta)));
    const slope = -C * weights[i]! * y * p;
    const curve = C * weights[i]! * p * (1 - p);
    for (let j = 0; j < size; j++) {
      gradient[j]! += slope * x[j]!;
      for (let k = 0; k <= j; k++) hessian[j * size + k]! += curve * x[j]! * x[k]!;
    }
  });
  // Keeps the bias solvable where every probability is 0 or 1.
  hessian[size * size - 1]! += 1e-12;
  return { gradient, hessian };
}

/** Solves `A x = b` for a positive definite A given by its lower triangle (Cholesky, in place). */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) {
      for (let i = j; i < n; i++) a[i * n + j]! -= a[i * n + k]! * a[j * n + k]!;
    }
    const pivot = Math.sqrt(Math.max(a[j * n + j]!, 1e-300));
    for (let i = j; i < n; i++) a[i * n + j]! /= pivot;
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= a[i * n + k]! * x[k]!;
    x[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= a[k * n + i]! * x[k]!;
    x[i]! /= a[i * n + i]!;
  }
  return x;
}
