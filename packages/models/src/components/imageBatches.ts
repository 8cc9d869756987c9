import {
  assertFiniteImage,
  breathe,
  prepareImage,
  type Image,
  type ImageCollection,
  type PrepareOptions,
} from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';

/** Pictures that go through a network at once, and are in memory at a time. */
export const BATCH = 8;

/** Some pictures of a collection, prepared for a network. */
export interface ImageBatch {
  /** Index of the first picture. */
  readonly start: number;
  /** The pictures as they were read. */
  readonly images: readonly Image[];
  /** The same as the network takes them, float32; views of `input`. */
  readonly prepared: readonly (Image & { readonly data: Float32Array })[];
  /** These side by side, `[images.length, height, width, channels]`. */
  readonly input: HostTensor;
}

/**
 * Reads and prepares the pictures of a collection in order: whole batches, then single pictures, so that a compiled function
 * has two graphs at most, whatever the number of pictures.
 *
 * @param fn - caller, for messages
 * @param images - pictures
 * @param prepare - size, channels and normalisation
 * @param signal - cancels before the next batch
 * @param spare - memory of former batches by length, for callers that are done with a batch when they ask for the next: fewer
 *   new arrays, so fewer pauses to collect old ones. It is taken from here and put back
 * @returns batches, one at a time
 * @throws TypeError or RangeError naming what is not an image, or a value in it that is not finite; the signal's reason when cancelled
 */
export async function* imageBatches(
  fn: string,
  images: ImageCollection,
  prepare: PrepareOptions & { channels: 1 | 3 },
  signal: AbortSignal | undefined,
  spare?: Map<number, Float32Array>,
): AsyncGenerator<ImageBatch, void, void> {
  const { size, channels } = prepare;
  const each = size[0] * size[1] * channels;
  for (let start = 0; start < images.length;) {
    // Only between batches: a timer's least delay is long beside one picture.
    if (start === 0) signal?.throwIfAborted();
    else await breathe(signal);
    const count = images.length - start >= BATCH ? BATCH : 1;
    const batch = await Promise.all(Array.from({ length: count }, async (_, i) => images.get(start + i)));
    batch.forEach((image, i) => assertFiniteImage(fn, `images[${start + i}]`, image));
    const data = spare?.get(count * each) ?? new Float32Array(count * each);
    spare?.delete(data.length);
    const prepared = batch.map((image, i) =>
      prepareImage(image, { ...prepare, out: data.subarray(i * each, (i + 1) * each) }),
    );
    try {
      yield { start, images: batch, prepared, input: { data, shape: [count, ...size, channels] } };
    } finally {
      spare?.set(data.length, data);
    }
    start += count;
  }
}
