import { breathe, type Device, type LongCallOptions, type Random } from '@adlib/core';
import { compile, type HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { kCenterGreedy } from './kCenterGreedy.js';
import { nearestSquared } from './patchScores.js';
import { denseProjection, johnsonLindenstrauss, projectRows, sparseProjection } from './projection.js';

/** Distortion that anomalib's projection allows. */
const EPS = 0.9;
/** Dimensions of Amazon's projection. */
const DENSE = 128;
/** Random patches that Amazon's selection begins from. */
const STARTS = 10;
/** Bytes that a selection of half of all patches takes beside a patch and its projection. */
const SELECTION_BYTES = 128;
/** Patches whose distances to a bank are found at once. */
const QUERIES = 4096;

/** How patches are selected. */
export interface SelectOptions {
  /** Whose projection and beginning. */
  variant: 'anomalib' | 'amazon';
  /** Random numbers. */
  random: Random;
  /** Where products are computed. */
  device: Device;
  /** Progress and cancellation. */
  long: LongCallOptions;
}

/** Gathers patches in bounded memory, and selects a coreset of them. */
export class PatchStore {
  readonly #images: number;
  readonly #limit: number;
  readonly #select: SelectOptions;
  #data = new Float32Array(0);
  #owners = new Float32Array(0);
  #channels = 0;
  #rows = 0;
  #seen = 0;
  #thinned = 0;

  /**
   * Room is made when the first patches come.
   *
   * @param images - pictures that will come
   * @param megabytes - most memory of patches and their projection, in 10^6 bytes
   * @param select - how patches are selected
   */
  constructor(images: number, megabytes: number, select: SelectOptions) {
    this.#images = images;
    this.#limit = megabytes * 1e6;
    this.#select = select;
  }

  /** How many of the held patches are a share of all that came: at least one, where there is one. */
  share(ratio: number): number {
    return Math.min(this.#rows, Math.max(1, Math.floor(ratio * this.#seen)));
  }

  /** Patches held. */
  get rows(): number {
    return this.#rows;
  }

  /** Patches that came. */
  get seen(): number {
    return this.#seen;
  }

  /** How often patches were thinned to half to keep within the limit. */
  get thinned(): number {
    return this.#thinned;
  }

  /** Takes patches, copying them. */
  async add(data: Float32Array, channels: number, owners: Float32Array): Promise<void> {
    const count = data.length / channels;
    if (this.#channels === 0) {
      // All batches but the last few, which are single pictures, are as large as the first.
      const perImage = count / new Set(owners).size;
      const projected = this.#select.variant === 'amazon' ? DENSE : johnsonLindenstrauss(perImage * this.#images, EPS);
      const bytes = 4 * (channels + projected) + SELECTION_BYTES;
      const room = Math.max(2 * count, Math.floor(this.#limit / bytes));
      const capacity = Math.min(perImage * this.#images, room);
      this.#channels = channels;
      this.#data = new Float32Array(capacity * channels);
      this.#owners = new Float32Array(capacity);
    }
    while (this.#rows + count > this.#owners.length) await this.#thin();
    this.#data.set(data, this.#rows * channels);
    this.#owners.set(owners, this.#rows);
    this.#rows += count;
    this.#seen += count;
  }

  async #thin(): Promise<void> {
    const { onProgress, signal } = this.#select.long;
    // Each thinning is a stage of its own: progress never goes back within one.
    const stage = `thin ${this.#thinned + 1}`;
    const kept = await this.#choose(this.#rows >> 1, undefined, {
      ...(onProgress && { onProgress: (event) => onProgress({ ...event, stage }) }),
      ...(signal && { signal }),
    });
    kept.sort();
    kept.forEach((row, i) => {
      this.#data.copyWithin(i * this.#channels, row * this.#channels, (row + 1) * this.#channels);
      this.#owners[i] = this.#owners[row]!;
    });
    this.#rows = kept.length;
    this.#thinned++;
  }

  /**
   * Selects patches.
   *
   * @param count - how many
   * @param bank - patches that are already chosen
   * @returns new tensors: the patches `[rows, channels]` in the order they were chosen, and their pictures `[rows]`
   */
  async finish(count: number, bank?: HostTensor): Promise<{ bank: HostTensor; owners: HostTensor }> {
    const rows = [...(await this.#choose(count, bank, this.#select.long))];
    const all = { data: this.#data, shape: [this.#rows, this.#channels] };
    return {
      bank: selectPatches(all, rows),
      owners: selectPatches({ data: this.#owners, shape: [this.#rows] }, rows),
    };
  }

  async #choose(count: number, bank: HostTensor | undefined, long: LongCallOptions): Promise<Uint32Array> {
    const { variant, random, device } = this.#select;
    const rows = { data: this.#data.subarray(0, this.#rows * this.#channels), dimension: this.#channels };
    if (count >= this.#rows && bank === undefined) return Uint32Array.from({ length: this.#rows }, (_, i) => i);
    if (bank !== undefined) {
      const distances = await distancesTo(rows.data, bank, device, long.signal);
      return kCenterGreedy(rows.data, this.#channels, count, { distances, ...long });
    }
    const numbers = random.split(`coreset ${this.#thinned}`);
    const matrix =
      variant === 'amazon'
        ? denseProjection(this.#channels, DENSE, numbers)
        : sparseProjection(this.#channels, johnsonLindenstrauss(this.#rows, EPS), numbers);
    const projected = await projectRows(rows, matrix, device, long.signal);
    if (variant === 'anomalib') {
      const first = numbers.integer(this.#rows);
      return kCenterGreedy(projected.data, projected.dimension, count, { first, ...long });
    }
    const starts = numbers.permutation(this.#rows).subarray(0, STARTS);
    const distances = meanDistances(projected.data, projected.dimension, starts);
    return kCenterGreedy(projected.data, projected.dimension, count, { distances, ...long });
  }
}

/**
 * Some rows of a tensor, in the given order.
 *
 * @param tensor - `[rows, ...]`; values beyond its shape are not looked at
 * @param rows - indices
 * @returns a new tensor
 */
export function selectPatches({ data, shape }: HostTensor, rows: readonly number[]): HostTensor {
  const each = shape.slice(1).reduce((a, b) => a * b, 1);
  const selected = new Float32Array(rows.length * each);
  rows.forEach((row, i) => selected.set(data.subarray(row * each, (row + 1) * each), i * each));
  return { data: selected, shape: [rows.length, ...shape.slice(1)] };
}

/** Mean Euclidean distance of each row to some of them. */
function meanDistances(data: Float32Array, dimension: number, starts: Uint32Array): Float64Array {
  return Float64Array.from({ length: data.length / dimension }, (_, i) => {
    let total = 0;
    for (const start of starts) {
      let sum = 0;
      for (let k = 0; k < dimension; k++) sum += (data[i * dimension + k]! - data[start * dimension + k]!) ** 2;
      total += Math.sqrt(sum);
    }
    return total / starts.length;
  });
}

/** Euclidean distance of each row to the nearest row of a bank. */
async function distancesTo(
  data: Float32Array,
  bank: HostTensor,
  device: Device,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const channels = bank.shape[1]!;
  const search = compile(
    (patches: tf.Tensor2D, rows: tf.Tensor2D) =>
      tf.sqrt(nearestSquared(patches, { bank: rows, norms: tf.sum(tf.square(rows), 1) }, 1)),
    { device },
  );
  const distances = new Float32Array(data.length / channels);
  try {
    for (let start = 0; start < distances.length; start += QUERIES) {
      await breathe(signal);
      const n = Math.min(QUERIES, distances.length - start);
      const part = { data: data.subarray(start * channels, (start + n) * channels), shape: [n, channels] };
      distances.set((await search(part, bank)).data, start);
    }
  } finally {
    await search.dispose();
  }
  return distances;
}
