/** Kernel of a support vector machine. `gamma` of `rbf`: `K = exp(-gamma |x - z|^2)`. */
export type Kernel = { readonly type: 'linear' } | { readonly type: 'rbf'; readonly gamma: number };

/** A support vector machine, plain JSON: `f(x) = sum_i a_i K(x, v_i) + b`. */
export interface SupportVectorModel {
  /** The kernel. */
  readonly kernel: Kernel;
  /** Support vectors, one row each, scaled. */
  readonly vectors: readonly (readonly number[])[];
  /** `alpha_i y_i` of each. */
  readonly coefficients: readonly number[];
  /** Constant term. */
  readonly bias: number;
}

/** A support vector machine and how well it was solved. */
export interface SupportVectorFit {
  /** The machine. */
  readonly model: SupportVectorModel;
  /** Largest violation of the optimality conditions left: below the tolerance unless the steps ran out. */
  readonly violation: number;
}

/** When to stop. */
export interface SupportVectorLimits {
  /** Largest violation of the optimality conditions to accept. @defaultValue 1e-7 */
  readonly tolerance?: number;
  /** Most steps, each over one pair of rows. @defaultValue 1000000 */
  readonly steps?: number;
}

/**
 * C-support vector classification by sequential minimal optimisation with second-order choice of the working set, as in
 * LIBSVM: maximises `sum a - sum sum a_i a_j y_i y_j K_ij / 2` over `0 <= a_i <= C_i`, `sum a y = 0`.
 *
 * @param rows - scaled scores, one row per image
 * @param labels - +1 defective, -1 good
 * @param limits - upper bound `C_i` of each row
 * @param kernel - the kernel
 * @param until - when to stop
 * @returns the model, `f > 0` on the defective side, and what is left of the violation
 * @see Fan, Chen and Lin, "Working set selection using second order information for training SVM", 2005
 */
export function fitSupportVectors(
  rows: readonly Float64Array[],
  labels: Int8Array,
  limits: Float64Array,
  kernel: Kernel,
  until: SupportVectorLimits = {},
): SupportVectorFit {
  const { tolerance = 1e-7, steps = 1_000_000 } = until;
  const n = rows.length;
  const K = kernelMatrix(rows, kernel);
  const alpha = new Float64Array(n);
  const gradient = new Float64Array(n).fill(-1);
  let pair = workingSet(K, labels, limits, alpha, gradient);
  for (let step = 0; step < steps && pair.violation >= tolerance; step++) {
    update(K, labels, limits, alpha, gradient, pair.i, pair.j);
    pair = workingSet(K, labels, limits, alpha, gradient);
  }
  const bias = biasOf(labels, limits, alpha, gradient);
  const support = [...alpha.keys()].filter((i) => alpha[i]! > 0);
  const model = {
    kernel,
    vectors: support.map((i) => [...rows[i]!]),
    coefficients: support.map((i) => alpha[i]! * labels[i]!),
    bias,
  };
  return { model, violation: pair.violation };
}

/**
 * Decision function of a support vector machine.
 *
 * @param model - the machine
 * @param row - scaled scores
 * @returns the margin `f(x)`
 */
export function supportVectorMargin(model: SupportVectorModel, row: Float64Array): number {
  return model.vectors.reduce((sum, v, i) => sum + model.coefficients[i]! * kernelOf(model.kernel, row, v), model.bias);
}

function kernelOf(kernel: Kernel, a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  if (kernel.type === 'linear') {
    for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
    return sum;
  }
  for (let j = 0; j < a.length; j++) sum += (a[j]! - b[j]!) ** 2;
  return Math.exp(-kernel.gamma * sum);
}

function kernelMatrix(rows: readonly Float64Array[], kernel: Kernel): Float64Array {
  const n = rows.length;
  const K = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) K[i * n + j] = K[j * n + i] = kernelOf(kernel, rows[i]!, rows[j]!);
  }
  return K;
}

function canGrow(label: number, alpha: number, limit: number): boolean {
  return label > 0 ? alpha < limit : alpha > 0;
}

/** The pair that promises the largest gain, and the largest violation: 0 or less where there is no such pair. */
function workingSet(
  K: Float64Array,
  y: Int8Array,
  limits: Float64Array,
  alpha: Float64Array,
  gradient: Float64Array,
): { i: number; j: number; violation: number } {
  const n = y.length;
  let i = -1;
  let most = -Infinity;
  for (let t = 0; t < n; t++) {
    const value = -y[t]! * gradient[t]!;
    if (canGrow(y[t]!, alpha[t]!, limits[t]!) && value >= most) {
      most = value;
      i = t;
    }
  }
  let j = -1;
  let least = Infinity;
  let bestGain = -Infinity;
  for (let t = 0; t < n && i >= 0; t++) {
    if (!canGrow(-y[t]!, alpha[t]!, limits[t]!)) continue;
    const value = -y[t]! * gradient[t]!;
    least = Math.min(least, value);
    const apart = most - value;
    if (apart <= 0) continue;
    const curve = Math.max(K[i * n + i]! + K[t * n + t]! - 2 * K[i * n + t]!, 1e-12);
    const gain = (apart * apart) / curve;
    if (gain > bestGain) {
      bestGain = gain;
      j = t;
    }
  }
  return { i, j, violation: Math.max(most - least, 0) };
}

/** Moves `alpha_i y_i` up and `alpha_j y_j` down by the same amount, as far as the optimum or the box allows. */
function update(
  K: Float64Array,
  y: Int8Array,
  limits: Float64Array,
  alpha: Float64Array,
  gradient: Float64Array,
  i: number,
  j: number,
): void {
  const n = y.length;
  const curve = Math.max(K[i * n + i]! + K[j * n + j]! - 2 * K[i * n + j]!, 1e-12);
  const free = (-y[i]! * gradient[i]! + y[j]! * gradient[j]!) / curve;
  const roomI = y[i]! > 0 ? limits[i]! - alpha[i]! : alpha[i]!;
  const roomJ = y[j]! > 0 ? alpha[j]! : limits[j]! - alpha[j]!;
  const step = Math.min(free, roomI, roomJ);
  // At the border the exact bound is written, so that rounding leaves no sliver of room.
  alpha[i] = step === roomI ? (y[i]! > 0 ? limits[i]! : 0) : alpha[i]! + y[i]! * step;
  alpha[j] = step === roomJ ? (y[j]! > 0 ? 0 : limits[j]!) : alpha[j]! - y[j]! * step;
  for (let t = 0; t < n; t++) gradient[t]! += y[t]! * step * (K[t * n + i]! - K[t * n + j]!);
}

/** Mean of `-y gradient` over free vectors; midway between the bounds where there is none. */
function biasOf(y: Int8Array, limits: Float64Array, alpha: Float64Array, gradient: Float64Array): number {
  let sum = 0;
  let free = 0;
  let high = Infinity;
  let low = -Infinity;
  for (let t = 0; t < y.length; t++) {
    const value = -y[t]! * gradient[t]!;
    if (alpha[t]! > 0 && alpha[t]! < limits[t]!) {
      sum += value;
      free++;
    } else if (canGrow(y[t]!, alpha[t]!, limits[t]!)) low = Math.max(low, value);
    else high = Math.min(high, value);
  }
  return free > 0 ? sum / free : (high + low) / 2;
}
