import * as tf from '@tensorflow/tfjs';
import type { HostTensor } from '../session/tensor.js';
import type { NamedTensors } from './lossAndGradients.js';
import type { NamedHostTensors } from './trainStep.js';

/** A `tf.LayersModel` as a function of named parameters; see {@link functional}. */
export interface FunctionalModel {
  /** Trainable weights by name; copies. */
  readonly parameters: Record<string, HostTensor>;
  /** Other weights by name (running statistics); copies. */
  readonly state: Record<string, HostTensor>;
  /** Runs the model on given weights. In training mode `state` holds what the model's layers replaced. */
  apply(
    weights: { parameters: NamedTensors; state: NamedTensors },
    inputs: tf.Tensor | tf.Tensor[],
    options?: { training?: boolean },
  ): { outputs: tf.Tensor[]; state: Record<string, tf.Tensor> };
  /** Writes weights back into the model. */
  assign(weights: { parameters: NamedHostTensors; state: NamedHostTensors }): void;
}

/** The part of tfjs's LayerVariable that is used: it reads and writes its value through `val`. */
interface LayerWeight {
  /** Layer and weight, the same in every run; tfjs's `name` counts how often a name was used in this process. */
  originalName: string;
  val: tf.Tensor;
  read(): tf.Tensor;
  write(value: tf.Tensor): void;
}

/**
 * Makes a `tf.LayersModel` trainable with {@link trainStep}: its weights become named parameters (trainable) and state
 * (the rest), and it can be run on any values of them.
 *
 * @param model - the model; it stays the caller's
 * @returns parameters, state and the functions over them
 * @throws RangeError if two weights have the same name
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { adam, functional, hostTensor, trainStep } from '@adlib/runtime';
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
 * const net = functional(model);
 * const step = trainStep(
 *   ({ parameters, state, inputs }) => {
 *     const { outputs } = net.apply({ parameters, state }, inputs.x!, { training: true });
 *     return tf.losses.meanSquaredError(inputs.y!, outputs[0]!) as tf.Scalar;
 *   },
 *   { parameters: net.parameters, state: net.state, optimizer: adam() },
 * );
 * await step.run({ x: hostTensor([1, 2], [1, 2]), y: hostTensor([3], [1, 1]) });
 * net.assign(step);
 * await step.dispose();
 * ```
 */
export function functional(model: tf.LayersModel): FunctionalModel {
  const trainable = model.trainableWeights as unknown as LayerWeight[];
  const others = (model.weights as unknown as LayerWeight[]).filter((w) => !trainable.includes(w));
  const all = [...trainable, ...others];
  const seen = new Set<string>();
  for (const { originalName: name } of all) {
    if (seen.has(name))
      throw new RangeError(`functional: weight names must differ, got ${name} twice. Name the layers.`);
    seen.add(name);
  }
  const read = (weights: readonly LayerWeight[]) =>
    Object.fromEntries(
      weights.map((w): [string, HostTensor] => [
        w.originalName,
        { data: w.read().dataSync<'float32'>().slice(), shape: w.read().shape },
      ]),
    );
  return {
    get parameters() {
      return read(trainable);
    },
    get state() {
      return read(others);
    },
    apply: ({ parameters, state }, inputs, { training = false } = {}) => {
      const replaced: Record<string, tf.Tensor> = {};
      const own = all.map((w) => w.val);
      try {
        for (const weight of trainable) weight.val = parameters[weight.originalName]!;
        for (const weight of others) weight.val = writable(state[weight.originalName]!, weight, replaced);
        const result = model.apply(inputs, { training }) as tf.Tensor | tf.Tensor[];
        for (const [name, kept] of Object.entries(replaced)) {
          // Back under the surrounding tidy's care.
          replaced[name] = tf.clone(kept);
          kept.dispose();
        }
        return { outputs: Array.isArray(result) ? result : [result], state: replaced };
      } finally {
        all.forEach((weight, i) => (weight.val = own[i]!));
      }
    },
    assign: ({ parameters, state }) => {
      tf.tidy(() => {
        for (const weight of all) {
          const value = parameters[weight.originalName] ?? state[weight.originalName];
          if (value !== undefined) weight.write(tf.tensor(value.data, [...value.shape]));
        }
      });
    },
  };
}

/** A tensor that a layer may `assign` to, as to a variable: the new value is noted instead. */
function writable(value: tf.Tensor, weight: LayerWeight, replaced: Record<string, tf.Tensor>): tf.Tensor {
  const stand = tf.clone(value);
  return Object.assign(stand, {
    assign: (next: tf.Tensor) => {
      // Survives the tidy of the layer.
      replaced[weight.originalName]?.dispose();
      replaced[weight.originalName] = tf.keep(tf.clone(next));
    },
  });
}
