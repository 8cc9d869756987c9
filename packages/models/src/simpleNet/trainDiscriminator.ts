import { breathe, type LongCallOptions, type Random } from '@adlib/core';
import type { HostTensor, TrainStep } from '@adlib/runtime';
import type { FullSimpleNetOptions } from './options.js';
import type { NoiseRows, PatchBatches } from './patchBatches.js';
import { track, type TrackerEntry } from './tracker.js';

/** Pictures that the tracker looks at, at most. */
const TRACKED = 8;
/** Factor between two scales of noise. */
const SCALE_FACTOR = 1.1;

/** What {@link trainDiscriminator} needs. */
export interface TrainDiscriminatorOptions {
  /** The detector's options. */
  options: FullSimpleNetOptions;
  /** Progress and cancellation. */
  long: LongCallOptions;
  /** The step; inputs `patches` and `noise`. */
  step: Pick<TrainStep, 'run' | 'parameters' | 'state'>;
  /** Patches to learn from. */
  patches: Pick<PatchBatches, 'batch'>;
  /** Pictures to learn from. */
  learn: readonly number[];
  /** Patches that the tracker looks at. */
  heldPatches: Pick<PatchBatches, 'batch'>;
  /** Pictures that the tracker looks at; where there are none, it looks at those learned from. */
  held: readonly number[];
  /** The discriminator's outputs for real patches and for the same with noise. */
  judge: (
    patches: HostTensor,
    noise: HostTensor,
    tensors: Record<string, HostTensor>,
  ) => Promise<{ real: HostTensor; fake: HostTensor }>;
  /** Noise. */
  noise: NoiseRows;
  /** Random numbers. */
  random: Random;
}

/**
 * Trains adapter and discriminator, and tracks the discriminator's outputs after each meta-epoch. In each pass every
 * picture is seen once; where the last batch is short it is filled from the beginning of the pass's order.
 *
 * @param run - see {@link TrainDiscriminatorOptions}; the step is left at the last parameters
 * @returns the tracker's entries
 * @throws the signal's reason when cancelled, TrainingDivergedError for a loss that is not finite
 */
export async function trainDiscriminator(run: TrainDiscriminatorOptions): Promise<TrackerEntry[]> {
  const { options, long, step, patches, learn, heldPatches, held, judge, noise, random } = run;
  const { metaEpochs, ganEpochs, margin } = options;
  const batchSize = Math.min(options.batchSize, learn.length);
  const perPass = Math.ceil(learn.length / batchSize);
  const total = metaEpochs * ganEpochs * perPass;
  const scales = random.split('scales');
  const sd = () =>
    options.noise * (options.noiseScales === 1 ? 1 : SCALE_FACTOR ** scales.integer(options.noiseScales));
  const looked = held.length > 0 ? held.slice(0, TRACKED) : learn.slice(0, TRACKED);
  const tracked = await heldPatches.batch(looked);
  const entries: TrackerEntry[] = [];
  for (let pass = 0, done = 0, sum = 0; pass < metaEpochs * ganEpochs; pass++) {
    const order = random.split(`pass ${pass}`).permutation(learn.length);
    for (let s = 0; s < perPass; s++) {
      await breathe(long.signal);
      const picked = Array.from({ length: batchSize }, (_, i) => learn[order[(s * batchSize + i) % order.length]!]!);
      const batch = await patches.batch(picked, pass);
      const { loss } = await step.run({ patches: batch, noise: noise.draw(batch.shape[0]!, sd) });
      sum += loss;
      done++;
      const values = { epoch: pass + 1, loss };
      long.onProgress?.({ stage: 'train', done, total, values });
    }
    if ((pass + 1) % ganEpochs !== 0) continue;
    await breathe(long.signal);
    const fakes = noise.draw(tracked.shape[0]!, sd);
    const { real, fake } = await judge(tracked, fakes, { ...step.parameters, ...step.state });
    entries.push(track((pass + 1) / ganEpochs, sum / (ganEpochs * perPass), real.data, fake.data, margin));
    sum = 0;
  }
  return entries;
}
