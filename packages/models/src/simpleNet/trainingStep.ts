import type { Device } from '@adlib/core';
import {
  adam,
  adamW,
  cosineSchedule,
  parameterGroups,
  trainStep,
  type Optimizer,
  type TrainStep,
} from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { adapt, discriminateTraining, marginLoss, type Initial } from './network.js';
import type { FullSimpleNetOptions } from './options.js';

/** Options of SimpleNet that its step depends on. */
export type StepOptions = Pick<
  FullSimpleNetOptions,
  | 'adapterLayers'
  | 'margin'
  | 'clipNorm'
  | 'adapterLearningRate'
  | 'adapterWeightDecay'
  | 'learningRate'
  | 'weightDecay'
  | 'cosine'
  | 'metaEpochs'
  | 'ganEpochs'
>;

/**
 * SimpleNet's training step, inputs `patches` and `noise`, `[n, dimension]` each: noise is added to adapted patches, real and
 * fake features go through the discriminator together, and AdamW (adapter) and Adam (discriminator) lower the margin loss.
 *
 * @param options - network and optimisers
 * @param initial - first values; copied
 * @param perPass - steps in a pass over the pictures, for the cosine
 * @param device - where it runs
 * @returns the step, which belongs to the caller
 */
export function discriminatorStep(options: StepOptions, initial: Initial, perPass: number, device: Device): TrainStep {
  const { adapterLayers, margin, clipNorm } = options;
  return trainStep(
    ({ parameters, state, inputs }) => {
      const real = adapt(parameters, inputs['patches'] as tf.Tensor2D, adapterLayers);
      const fake = tf.add<tf.Tensor2D>(real, inputs['noise']!);
      // Real and fake together: they share the batch's statistics.
      const together = discriminateTraining(parameters, state, tf.concat([real, fake], 0));
      const [a, b] = tf.split(together.outputs, 2);
      return { loss: marginLoss(a as tf.Tensor1D, b as tf.Tensor1D, margin), state: together.state };
    },
    { ...initial, optimizer: optimizers(options, perPass), ...(clipNorm !== null && { clipNorm }), device },
  );
}

function optimizers(options: StepOptions, perPass: number): Optimizer {
  const { adapterLearningRate, adapterWeightDecay, learningRate, weightDecay, cosine, metaEpochs, ganEpochs } = options;
  // As published: one step of the cosine a pass, down to its end before the last meta-epoch.
  const fall = cosineSchedule({ from: learningRate, to: 0.4 * learningRate, steps: Math.max(1, metaEpochs - 1) * ganEpochs }); // prettier-ignore
  const rate = cosine ? (step: number) => fall(Math.floor(step / perPass)) : learningRate;
  return parameterGroups({
    'adapter.': adamW({ learningRate: adapterLearningRate, weightDecay: adapterWeightDecay }),
    'discriminator.': adam({ learningRate: rate, weightDecay }),
  });
}
