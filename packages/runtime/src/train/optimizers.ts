import * as tf from '@tensorflow/tfjs';
import { argumentMessage, assertFinite } from '@adlib/core';

/** A learning rate: fixed, or a function of the step counted from 0. */
export type LearningRate = number | ((step: number) => number);

/** A rule that turns gradients into new parameters, written in tfjs ops so that it becomes part of the step's graph. */
export interface Optimizer {
  /** Name, for records. */
  readonly name: string;
  /** Names of the moments kept per parameter, each of the parameter's shape and zero at first. */
  readonly slots: readonly string[];
  /** Scalars of one step (learning rate, bias corrections) by name; step counted from 0. */
  scalars(step: number): Record<string, number>;
  /** New value and moments of one parameter, whose name is given for rules that tell parameters apart. */
  update(
    parameter: tf.Tensor,
    gradient: tf.Tensor,
    slots: Readonly<Record<string, tf.Tensor>>,
    scalars: Readonly<Record<string, tf.Scalar>>,
    name: string,
  ): { parameter: tf.Tensor; slots: Record<string, tf.Tensor> };
}

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Step size. */
  learningRate: LearningRate;
  /** Share of the last step that is kept. @defaultValue 0 */
  momentum?: number;
  /** Coupled (L2) weight decay: `weightDecay * parameter` is added to the gradient. @defaultValue 0 */
  weightDecay?: number;
  /** Nesterov's look-ahead. @defaultValue false */
  nesterov?: boolean;
}

/** Options of {@link adam} and {@link adamW}. */
export interface AdamOptions {
  /** Step size. @defaultValue 0.001 */
  learningRate?: LearningRate;
  /** Decay of the first moment. @defaultValue 0.9 */
  beta1?: number;
  /** Decay of the second moment. @defaultValue 0.999 */
  beta2?: number;
  /** Added to the root of the second moment. @defaultValue 1e-8 */
  epsilon?: number;
  /** Weight decay: coupled (added to the gradient) for `adam`, decoupled for `adamW`. @defaultValue 0 for adam, 0.01 for adamW */
  weightDecay?: number;
}

function rateAt(rate: LearningRate, step: number): number {
  return typeof rate === 'number' ? rate : rate(step);
}

/**
 * Stochastic gradient descent: `v = momentum v + g; p -= rate v` (PyTorch's form; with `nesterov`, `p -= rate (g + momentum v)`).
 *
 * @param options - step size, momentum, weight decay
 * @returns the optimiser
 * @throws RangeError for a negative rate, momentum or decay
 * @example
 * ```ts
 * import { sgd } from '@adlib/runtime';
 * console.log(sgd({ learningRate: 0.1, momentum: 0.9 }).slots); // ['momentum']
 * ```
 */
export function sgd(options: SgdOptions): Optimizer {
  const { learningRate, momentum = 0, weightDecay = 0, nesterov = false } = options;
  if (typeof learningRate === 'number') assertFinite('sgd', 'learningRate', learningRate, 0);
  assertFinite('sgd', 'momentum', momentum, 0);
  assertFinite('sgd', 'weightDecay', weightDecay, 0);
  return {
    name: 'sgd',
    slots: momentum > 0 ? ['momentum'] : [],
    scalars: (step) => ({ rate: rateAt(learningRate, step) }),
    update: (parameter, gradient, slots, { rate }) => {
      const g = weightDecay > 0 ? tf.add(gradient, tf.mul(parameter, weightDecay)) : gradient;
      if (momentum === 0) return { parameter: tf.sub(parameter, tf.mul(g, rate!)), slots: {} };
      const velocity = tf.add(tf.mul(slots['momentum']!, momentum), g);
      const direction = nesterov ? tf.add(g, tf.mul(velocity, momentum)) : velocity;
      return { parameter: tf.sub(parameter, tf.mul(direction, rate!)), slots: { momentum: velocity } };
    },
  };
}

/**
 * Adam: `m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= rate (m / c1) / (sqrt(v / c2) + epsilon)` with
 * `c = 1 - b^t`. Weight decay, if any, is coupled: added to the gradient.
 *
 * @param options - step size, decays
 * @returns the optimiser
 * @throws RangeError for a value out of range
 * @example
 * ```ts
 * import { adam } from '@adlib/runtime';
 * console.log(adam({ learningRate: 0.001 }).slots); // ['m', 'v']
 * ```
 * @see Kingma and Ba, "Adam", 2015, algorithm 1
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adaptive('adam', options, 0, false);
}

/**
 * AdamW: Adam with decoupled weight decay, `p -= rate (adam + weightDecay p)`.
 *
 * @param options - step size, decays
 * @returns the optimiser
 * @throws RangeError for a value out of range
 * @example
 * ```ts
 * import { adamW } from '@adlib/runtime';
 * console.log(adamW({ weightDecay: 0.05 }).name); // adamW
 * ```
 * @see Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  return adaptive('adamW', options, 0.01, true);
}

function adaptive(name: string, options: AdamOptions, defaultDecay: number, decoupled: boolean): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = defaultDecay } = options;
  if (typeof learningRate === 'number') assertFinite(name, 'learningRate', learningRate, 0);
  assertFinite(name, 'beta1', beta1, 0, 1 - 1e-12);
  assertFinite(name, 'beta2', beta2, 0, 1 - 1e-12);
  assertFinite(name, 'epsilon', epsilon, 0);
  assertFinite(name, 'weightDecay', weightDecay, 0);
  return {
    name,
    slots: ['m', 'v'],
    scalars: (step) => {
      const rate = rateAt(learningRate, step);
      return {
        // rate / c1, and 1 / sqrt(c2): the corrections leave the tensors as two scalars.
        scaled: rate / (1 - beta1 ** (step + 1)),
        root: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
        keep: 1 - rate * weightDecay,
      };
    },
    update: (parameter, gradient, slots, { scaled, root, keep }) => {
      const coupled = weightDecay > 0 && !decoupled;
      const g = coupled ? tf.add(gradient, tf.mul(parameter, weightDecay)) : gradient;
      const m = tf.add(tf.mul(slots['m']!, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(slots['v']!, beta2), tf.mul(tf.square(g), 1 - beta2));
      const denominator = tf.add(tf.mul(tf.sqrt(v), root!), epsilon);
      const kept = decoupled && weightDecay > 0 ? tf.mul(parameter, keep!) : parameter;
      return { parameter: tf.sub(kept, tf.mul(tf.div(m, denominator), scaled!)), slots: { m, v } };
    },
  };
}

/**
 * One optimiser for each group of parameters, told apart by how their names begin.
 *
 * @param groups - optimisers by the beginning of parameter names, with the same slots; each parameter must have exactly one
 * @returns the optimiser
 * @throws RangeError if there is no group, or slots differ; at the first step for a parameter without a group or with two
 * @example
 * ```ts
 * import { adam, adamW, parameterGroups } from '@adlib/runtime';
 * const optimizer = parameterGroups({ 'adapter.': adamW({ learningRate: 1e-4 }), 'head.': adam({ learningRate: 2e-4 }) });
 * console.log(optimizer.slots); // ['m', 'v']
 * ```
 */
export function parameterGroups(groups: Readonly<Record<string, Optimizer>>): Optimizer {
  const entries = Object.entries(groups);
  const slots = entries[0]?.[1].slots;
  if (slots === undefined || entries.some(([, { slots: own }]) => own.join() !== slots.join())) {
    throw new RangeError(
      argumentMessage('parameterGroups', 'groups', 'one or more optimisers with the same slots', Object.keys(groups)),
    );
  }
  return {
    name: entries.map(([prefix, { name }]) => `${prefix}: ${name}`).join(', '),
    slots,
    scalars: (step) =>
      Object.fromEntries(
        entries.flatMap(([prefix, optimizer]) =>
          Object.entries(optimizer.scalars(step)).map(([name, value]) => [`${prefix}${name}`, value]),
        ),
      ),
    update: (parameter, gradient, own, scalars, name) => {
      const [found, ...others] = entries.filter(([prefix]) => name.startsWith(prefix));
      if (found === undefined || others.length > 0) {
        throw new RangeError(
          argumentMessage('parameterGroups', 'groups', `one that ${name} begins with`, Object.keys(groups)),
        );
      }
      const [prefix, optimizer] = found;
      const named = Object.keys(optimizer.scalars(0)).map(
        (scalar) => [scalar, scalars[`${prefix}${scalar}`]!] as const,
      );
      return optimizer.update(parameter, gradient, own, Object.fromEntries(named), name);
    },
  };
}
