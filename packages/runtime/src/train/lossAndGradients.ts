import * as tf from '@tensorflow/tfjs';
import { describe } from '@adlib/core';

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, tf.Tensor>>;

/** What a loss function gets. */
export interface LossContext {
  /** Trained tensors; gradients flow to these. */
  parameters: NamedTensors;
  /** Tensors that the step replaces without gradients: running statistics. */
  state: NamedTensors;
  /** What was passed to `TrainStep.run`. */
  inputs: NamedTensors;
}

/** What a loss function may return beside the loss. */
export interface LossResult {
  /** The scalar that is minimised. */
  loss: tf.Scalar;
  /** New values of some or all of the state. */
  state?: NamedTensors;
  /** Scalars to report. */
  metrics?: Readonly<Record<string, tf.Scalar>>;
}

/** A loss: from parameters, state and inputs to a scalar, in tfjs ops. */
export type LossFunction = (context: LossContext) => tf.Scalar | LossResult;

/**
 * The loss, its gradients in the order of the parameters, and what else the loss function returned.
 *
 * @param loss - the loss function
 * @param context - what it gets
 * @returns tensors under the surrounding tidy's care
 * @throws TypeError if the loss is not a scalar; RangeError, naming it, for a parameter that does not change the loss
 */
export function lossAndGradients(loss: LossFunction, context: LossContext) {
  let extra: Omit<LossResult, 'loss'> = {};
  const names = Object.keys(context.parameters);
  const run = () => {
    const result = loss(context);
    if (result instanceof tf.Tensor) return scalar(result);
    scalar(result?.loss);
    extra = result;
    for (const tensor of [...Object.values(result.state ?? {}), ...Object.values(result.metrics ?? {})])
      tf.keep(tensor);
    return result.loss;
  };
  const { value, grads } = tf.engine().gradients(
    run,
    names.map((name) => context.parameters[name]!),
    undefined,
    true,
  );
  const gradients = grads as (tf.Tensor | null)[];
  gradients.forEach((g, i) => {
    if (g === null || g === undefined) {
      throw new RangeError(`trainStep: parameter ${names[i]!} does not change the loss. Leave it out, or use it.`);
    }
  });
  const release = <T extends tf.Tensor>(kept: Readonly<Record<string, T>> | undefined) =>
    kept === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(kept).map(([name, tensor]) => {
            // Back under the surrounding tidy's care.
            const copyOfIt = tf.clone(tensor);
            tensor.dispose();
            return [name, copyOfIt];
          }),
        );
  return {
    value: value,
    gradients: gradients as tf.Tensor[],
    extra: { state: release(extra.state), metrics: release(extra.metrics) },
  };
}

function scalar(loss: unknown): tf.Scalar {
  if (loss instanceof tf.Tensor && loss.rank === 0) return loss as tf.Scalar;
  const got = loss instanceof tf.Tensor ? `one of shape [${(loss as tf.Tensor).shape.join(', ')}]` : describe(loss);
  throw new TypeError(`trainStep: the loss must be a scalar tensor, got ${got}. Take tf.mean of it.`);
}
