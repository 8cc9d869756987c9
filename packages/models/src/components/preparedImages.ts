import {
  argumentMessage,
  assertFiniteImage,
  breathe,
  prepareImage,
  type ImageCollection,
  type LongCallOptions,
  type PrepareOptions,
} from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';

/** Bytes of prepared pictures that are kept between epochs; beyond that they are read and prepared again. */
const CACHE_BYTES = 512 * 1024 * 1024;

/** Options of {@link PreparedImages}. */
export interface PreparedImagesOptions {
  /** The caller, for messages. */
  fn: string;
  /** Name of the collection, for messages. @defaultValue 'images' */
  arg?: string;
  /** Bytes of prepared pictures that are kept. @defaultValue 2^29 */
  keepBytes?: number;
}

/** The pictures of a collection as a network takes them, read when first needed and kept while they fit in memory. */
export class PreparedImages {
  readonly #images: ImageCollection;
  readonly #prepare: PrepareOptions & { channels: 1 | 3 };
  readonly #kept = new Map<number, Float32Array>();
  readonly #room: number;
  readonly #fn: string;
  readonly #arg: string;
  /** The pictures of the last pass asked for. */
  #pass: { epoch: number; images: ImageCollection } | undefined;

  /**
   * Nothing is read yet.
   *
   * @param images - where pictures come from
   * @param prepare - size, channels and normalisation
   * @param options - names for messages, memory
   */
  constructor(
    images: ImageCollection,
    prepare: PrepareOptions & { channels: 1 | 3 },
    { fn, arg = 'images', keepBytes = CACHE_BYTES }: PreparedImagesOptions,
  ) {
    this.#images = images;
    this.#prepare = prepare;
    this.#fn = fn;
    this.#arg = arg;
    this.#room = Math.floor(keepBytes / (4 * prepare.size[0] * prepare.size[1] * prepare.channels));
  }

  /** Number of pictures. */
  get length(): number {
    return this.#images.length;
  }

  /** Reads every picture, in order, so that a broken one is found before training starts; keeps those that fit. */
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
    const data = await this.#get(this.#images, index, '');
    if (this.#kept.size < this.#room) this.#kept.set(index, data);
    return data;
  }

  async #get(images: ImageCollection, index: number, pass: string): Promise<Float32Array> {
    const image = await images.get(index);
    assertFiniteImage(this.#fn, `${this.#arg}${pass}[${index}]`, image);
    return prepareImage(image, this.#prepare).data;
  }

  /** The pictures as they are in a pass. */
  #inPass(epoch: number): ImageCollection {
    if (this.#pass?.epoch === epoch) return this.#pass.images;
    const images = this.#images.epoch!(epoch);
    if (images.length !== this.length) {
      throw new RangeError(
        argumentMessage(this.#fn, `${this.#arg}.epoch(${epoch})`, `${this.length} images`, images.length),
      );
    }
    this.#pass = { epoch, images };
    return images;
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
    const changed = epoch === undefined || !this.changing ? undefined : this.#inPass(epoch);
    const pictures = await Promise.all(
      indices.map((index) =>
        changed === undefined ? this.#read(index) : this.#get(changed, index, `.epoch(${epoch})`),
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
