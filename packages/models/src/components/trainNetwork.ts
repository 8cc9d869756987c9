import { breathe, createRandom, type LongCallOptions } from '@adlib/core';
import type { HostTensor, TrainStep } from '@adlib/runtime';
import type { PreparedImages } from './preparedImages.js';

/** What {@link trainNetwork} needs. */
export interface TrainNetworkOptions extends LongCallOptions {
  /** The step; its parameters are left at the last step's. */
  step: TrainStep;
  /** Pictures to learn from. */
  images: PreparedImages;
  /** Indices of `images` to learn from. */
  indices: readonly number[];
  /** Passes over the pictures. */
  epochs: number;
  /** Pictures per step. */
  batchSize: number;
  /** Epochs without a better validation loss after which training stops. */
  patience: number;
  /** Loss on held-out good pictures; absent where nothing is held out. */
  validate?: () => Promise<number>;
  /** Seed of the order of the pictures. */
  seed: number;
}

/** What {@link trainNetwork} learned. */
export interface TrainedNetwork {
  /** Best parameters by validation loss, or the last. */
  parameters: Record<string, HostTensor>;
  /** State that belongs to them. */
  state: Record<string, HostTensor>;
  /** Mean training loss per epoch. */
  trainLoss: number[];
  /** Validation loss per epoch; empty where nothing was held out. */
  validationLoss: number[];
  /** Epoch of the parameters, counted from 1. */
  bestEpoch: number;
}

/**
 * Trains over shuffled pictures with early stopping. Every picture is seen once per epoch; where the last batch is short it
 * is filled from the beginning of the epoch's order, so that all batches have one size.
 *
 * @param options - see {@link TrainNetworkOptions}
 * @returns the best parameters and the losses
 * @throws the signal's reason when cancelled, TrainingDivergedError for a loss that is not finite
 */
export async function trainNetwork(options: TrainNetworkOptions): Promise<TrainedNetwork> {
  const { step, images, indices, epochs, patience, validate, seed, onProgress, signal } = options;
  const batchSize = Math.min(options.batchSize, indices.length);
  const stepsPerEpoch = Math.ceil(indices.length / batchSize);
  const random = createRandom(seed).split('order');
  const trainLoss: number[] = [];
  const validationLoss: number[] = [];
  let best: Pick<TrainedNetwork, 'parameters' | 'state' | 'bestEpoch'> | undefined;
  let lowest = Infinity;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = random.split(epoch).permutation(indices.length);
    let sum = 0;
    for (let s = 0; s < stepsPerEpoch; s++) {
      await breathe(signal);
      const picked = Array.from({ length: batchSize }, (_, i) => indices[order[(s * batchSize + i) % order.length]!]!);
      const { loss } = await step.run({ x: await images.batch(picked, epoch - 1) });
      sum += loss;
      const done = (epoch - 1) * stepsPerEpoch + s + 1;
      onProgress?.({ stage: 'train', done, total: epochs * stepsPerEpoch, values: { epoch, loss: sum / (s + 1) } });
    }
    trainLoss.push(sum / stepsPerEpoch);
    await breathe(signal);
    if (validate === undefined) continue;
    const loss = await validate();
    validationLoss.push(loss);
    if (loss < lowest) {
      lowest = loss;
      best = { parameters: step.parameters, state: step.state, bestEpoch: epoch };
    } else if (best !== undefined && epoch - best.bestEpoch >= patience) break;
  }
  best ??= { parameters: step.parameters, state: step.state, bestEpoch: epochs };
  return { ...best, trainLoss, validationLoss };
}
