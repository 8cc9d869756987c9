import { breathe, prepareImage, type ImageCollection, type LongCallOptions, type PrepareOptions } from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';

/** Bytes of prepared pictures that are kept between epochs; beyond that they are read and prepared again. */
const CACHE_BYTES = 512 * 1024 * 1024;

/** The pictures of a collection as a network takes them, read when first needed and kept while they fit in memory. */
export class PreparedImages {
  readonly #images: ImageCollection;
  readonly #prepare: PrepareOptions & { channels: 1 | 3 };
  readonly #kept = new Map<number, Float32Array>();
  readonly #room: number;

  /**
   * Nothing is read yet.
   *
   * @param images - where pictures come from
   * @param prepare - size, channels and normalisation
   */
  constructor(images: ImageCollection, prepare: PrepareOptions & { channels: 1 | 3 }) {
    this.#images = images;
    this.#prepare = prepare;
    this.#room = Math.floor(CACHE_BYTES / (4 * prepare.size[0] * prepare.size[1] * prepare.channels));
  }

  /** Number of pictures. */
  get length(): number {
    return this.#images.length;
  }

  /** Reads every picture that fits in memory, in order, so that a broken one is found before training starts. */
  async readAll(stage: string, { onProgress, signal }: LongCallOptions): Promise<void> {
    for (let i = 0; i < this.length; i++) {
      if (i % 8 === 0) await breathe(signal);
      await this.#read(i);
      onProgress?.({ stage, done: i + 1, total: this.length });
    }
  }

  async #read(index: number): Promise<Float32Array> {
    const known = this.#kept.get(index);
    if (known !== undefined) return known;
    const { data } = prepareImage(await this.#images.get(index), this.#prepare);
    if (this.#kept.size < this.#room) this.#kept.set(index, data);
    return data;
  }

  /** Whether pictures are changed at random, so that each pass sees others. */
  get changing(): boolean {
    return this.#images.epoch !== undefined;
  }

  /**
   * The pictures of some indices as one tensor `[indices.length, height, width, channels]`; a new array.
   *
   * @param indices - which pictures
   * @param epoch - pass of the training, counted from 0, for pictures that are changed at random; left out, the pictures as they were read first
   */
  async batch(indices: readonly number[], epoch?: number): Promise<HostTensor> {
    const changed = epoch === undefined ? undefined : this.#images.epoch?.(epoch);
    const pictures = await Promise.all(
      indices.map(async (index) =>
        changed === undefined ? this.#read(index) : prepareImage(await changed.get(index), this.#prepare).data,
      ),
    );
    return stack(pictures, this.#prepare);
  }
}

/**
 * Pictures of one size side by side as a batch.
 *
 * @param pictures - prepared pictures, row-major HWC
 * @param prepare - their size and channels
 * @returns a new tensor `[pictures.length, height, width, channels]`
 */
export function stack(pictures: readonly Float32Array[], prepare: PrepareOptions & { channels: 1 | 3 }): HostTensor {
  const [height, width] = prepare.size;
  const each = height * width * prepare.channels;
  const data = new Float32Array(pictures.length * each);
  pictures.forEach((picture, i) => data.set(picture, i * each));
  return { data, shape: [pictures.length, height, width, prepare.channels] };
}
