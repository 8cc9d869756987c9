import {
  assertKnownOptions,
  toCollection,
  type Device,
  type Image,
  type Images,
  type LongCallOptions,
} from '@adlib/core';
import { compile, type HostTensor } from '@adlib/runtime';
import type * as tf from '@tensorflow/tfjs';
import { imageBatches } from '../components/imageBatches.js';
import { constants } from '../components/networkDetector.js';
import { reconstruct } from './network.js';
import { preparation, type FullOptions } from './options.js';

/** A picture as the network saw it, and what the network made of it: a pair for the scores of `@adlib/scores`. */
export interface Reconstruction {
  /** The picture at the network's size and channels; float32, values in [0, 1]. */
  readonly image: Image;
  /** The network's output, of the same size; float32, values in [0, 1]. */
  readonly reconstruction: Image;
}

/** Options of `ConvAutoencoder.reconstruct`. */
export interface ReconstructOptions extends LongCallOptions {
  /** Where to run. @defaultValue 'auto' */
  device?: Device;
}

/**
 * Redraws pictures one at a time, as many as a batch in memory; the graph is freed at the end.
 *
 * @param fn - the call, for messages
 * @param images - pictures of any size
 * @param network - learned tensors and the detector's options
 * @param options - device, progress, cancellation
 * @returns pairs in order
 */
export async function* reconstructEach(
  fn: string,
  images: Images,
  network: { tensors: Readonly<Record<string, HostTensor>>; options: FullOptions },
  options: ReconstructOptions,
): AsyncGenerator<Reconstruction, void, void> {
  const { device = 'auto', onProgress, signal } = options;
  assertKnownOptions(fn, options, ['device', 'onProgress', 'signal']);
  const collection = toCollection(images);
  const prepare = preparation(network.options);
  const run = compile(
    (x: tf.Tensor4D) => {
      const weights = constants(network.tensors);
      return reconstruct({ parameters: weights, state: weights }, x, false).y;
    },
    { device },
  );
  try {
    for await (const { start, prepared, input } of imageBatches(fn, collection, prepare, signal)) {
      const y = await run(input);
      for (const [i, image] of prepared.entries()) {
        const { length } = image.data;
        const data = (y.data as Float32Array).slice(i * length, (i + 1) * length);
        yield { image, reconstruction: { ...image, data } };
        onProgress?.({ stage: 'reconstruct', done: start + i + 1, total: collection.length });
      }
    }
  } finally {
    await run.dispose();
  }
}
