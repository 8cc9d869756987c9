import type { LongCallOptions, Random } from '@adlib/core';
import { breathe } from '@adlib/core';
import type { Compiled, HostTensor, TensorFunction } from '@adlib/runtime';
import { BATCH } from '../components/imageBatches.js';
import type { PreparedImages } from '../components/preparedImages.js';

/** Bytes of embeddings that are kept; beyond that they are computed again in each pass. */
const CACHE_BYTES = 1024 * 1024 * 1024;

/** Patches of pictures as `[patches, dimension]`, kept between passes where pictures stay the same and they fit in memory. */
export class PatchBatches {
  readonly #pictures: PreparedImages;
  readonly #embed: Compiled<TensorFunction>;
  readonly #kept = new Map<number, Float32Array>();
  #dimension = 0;

  /**
   * Nothing is computed yet.
   *
   * @param pictures - prepared pictures
   * @param embed - from prepared pictures to `[pictures, rows, columns, dimension]`
   */
  constructor(pictures: PreparedImages, embed: Compiled<TensorFunction>) {
    this.#pictures = pictures;
    this.#embed = embed;
  }

  /** Computes what can be kept. */
  async prepare({ onProgress, signal }: LongCallOptions): Promise<void> {
    const total = this.#pictures.length;
    for (let start = 0; start < total && !this.#pictures.changing;) {
      await breathe(signal);
      const count = total - start >= BATCH ? BATCH : 1;
      const indices = Array.from({ length: count }, (_, i) => start + i);
      const each = await this.#compute(indices, undefined);
      const bytes = each[0]!.byteLength;
      if ((this.#kept.size + count) * bytes > CACHE_BYTES) return;
      each.forEach((patches, i) => this.#kept.set(start + i, patches));
      start += count;
      onProgress?.({ stage: 'embed', done: start, total });
    }
  }

  /** The patches of some pictures in a pass, one picture after another. */
  async batch(indices: readonly number[], epoch?: number): Promise<HostTensor> {
    const missing = indices.filter((index) => !this.#kept.has(index));
    const computed: Float32Array[] = [];
    while (computed.length < missing.length) {
      // Few different sizes, each of which is a graph: whole batches, then the rest, which is as large in each pass for
      // changing pictures, and otherwise is taken singly.
      const left = missing.length - computed.length;
      const count = left >= BATCH ? BATCH : this.#pictures.changing ? left : 1;
      const part = missing.slice(computed.length, computed.length + count);
      computed.push(...(await this.#compute(part, epoch)));
    }
    const each = indices.map((index) => this.#kept.get(index) ?? computed[missing.indexOf(index)]!);
    const data = new Float32Array(each.reduce((sum, patches) => sum + patches.length, 0));
    let at = 0;
    for (const patches of each) {
      data.set(patches, at);
      at += patches.length;
    }
    return { data, shape: [data.length / this.#dimension, this.#dimension] };
  }

  async #compute(indices: readonly number[], epoch: number | undefined): Promise<Float32Array[]> {
    const { data, shape } = (await this.#embed(await this.#pictures.batch(indices, epoch))) as HostTensor;
    this.#dimension = shape[3]!;
    const size = data.length / indices.length;
    return indices.map((_, i) => (data as Float32Array).slice(i * size, (i + 1) * size));
  }
}

/** Length of the sequence that noise is cut from. */
const SEQUENCE = 1 << 20;

/**
 * Gaussian noise for patches: each row is a piece, at a random place, of one long sequence of independent normal numbers, which
 * is a hundred times as fast as drawing each anew. Rows of one call overlap in the sequence only by chance.
 */
export class NoiseRows {
  readonly #random: Random;
  readonly #sequence: Float32Array;
  readonly #dimension: number;

  /**
   * Draws the sequence.
   *
   * @param dimension - values per row
   * @param random - its numbers
   */
  constructor(dimension: number, random: Random) {
    this.#random = random.split('rows');
    this.#dimension = dimension;
    const numbers = random.split('sequence');
    this.#sequence = Float32Array.from({ length: SEQUENCE + dimension }, () => numbers.normal());
  }

  /**
   * Noise for some rows.
   *
   * @param rows - how many
   * @param sd - standard deviation of a row's numbers
   * @returns a new tensor `[rows, dimension]`
   */
  draw(rows: number, sd: () => number): HostTensor {
    const dimension = this.#dimension;
    const data = new Float32Array(rows * dimension);
    for (let r = 0; r < rows; r++) {
      const from = this.#random.integer(SEQUENCE);
      const scale = sd();
      for (let k = 0; k < dimension; k++) data[r * dimension + k] = scale * this.#sequence[from + k]!;
    }
    return { data, shape: [rows, dimension] };
  }
}
