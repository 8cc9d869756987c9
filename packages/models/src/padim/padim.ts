import { argumentMessage, assertInteger, createRandom, type DetectorState, type ImageCollection } from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import type { LoadedBackbone } from '../backbones/loadedBackbone.js';
import { EmbeddingDetector, savedBackbone } from '../components/embeddingDetector.js';
import { resizeMaps } from '../components/mapOps.js';
import type { LearnContext, Learned } from '../components/networkDetector.js';
import type { ScoringParts } from '../components/networkScorer.js';
import { joinMaps } from '../components/patchEmbedding.js';
import { completePaDiM, type FullPaDiMOptions, type PaDiMOptions } from './options.js';
import { PositionGaussians } from './positionGaussians.js';

/**
 * PaDiM: one Gaussian of features at each position; a position is as anomalous as its Mahalanobis distance,
 * `sqrt((e - mean)^T (S + r I)^-1 (e - mean))`, with `S` the sample covariance over good pictures. Nothing is trained; parts
 * must lie in the same place in every picture.
 *
 * The map is the grid of distances enlarged (bilinear) and smoothed, the image score its maximum. `fit` goes over the pictures
 * once, in memory of `6 * positions * features^2` bytes however many there are; what it learned takes a third of that on disk,
 * and in memory that and twice as much again for scoring.
 *
 * @example
 * ```ts
 * import { PaDiM } from '@adlib/models';
 * const grey = (v: number) => ({ data: new Uint8Array(64 * 64).fill(v), width: 64, height: 64, channels: 1 as const });
 * const detector = new PaDiM({ backbone: 'filter-bank', size: [64, 64], features: 20 });
 * await detector.fit([grey(100), grey(110), grey(120)]);
 * const [good, bad] = await detector.score([grey(105), grey(200)]);
 * console.log(bad!.score > good!.score, bad!.map!.shape); // true [64, 64]
 * detector.dispose();
 * ```
 * @see Defard et al., "PaDiM: a Patch Distribution Modeling Framework for Anomaly Detection and Localization", 2021
 */
export class PaDiM extends EmbeddingDetector<FullPaDiMOptions> {
  /** Name in the registry and in bundles. */
  readonly kind = 'padim';
  protected readonly ownFeatureOptions = ['features'];
  protected readonly units = 'Mahalanobis distance';

  /** @param options - features and scoring; nothing is read or learned here */
  constructor(options: PaDiMOptions = {}) {
    super('PaDiM', completePaDiM(options), options);
  }

  protected async learn(images: ImageCollection, context: LearnContext): Promise<Learned> {
    const { fn, seed, long } = context;
    const { features, variant } = this.options;
    const backbone = await this.loadBackbone(long);
    const total = this.layers.reduce((sum, { channels }) => sum + channels, 0);
    const channels = createRandom(seed).split('channels').permutation(total).slice(0, features).sort();
    let gaussians: PositionGaussians | undefined;
    let grid: number[] = [];
    await this.eachEmbedding(
      images,
      (x) => [this.#embedding(backbone, channels, x)],
      context,
      ({ count, tensors }) => {
        const { data, shape } = tensors[0]!;
        grid = [shape[1]!, shape[2]!];
        gaussians ??= new PositionGaussians(grid[0]! * grid[1]!, features);
        gaussians.add(data as Float32Array, count);
      },
    );
    // Only now, so that a single thing that is no picture is told of as such.
    if (images.length < 2) {
      throw new RangeError(argumentMessage(fn, 'images', '2 or more images of good parts', images.length));
    }
    const { mean, factor } = await gaussians!.finish(variant === 'anomalib' ? 0.01 + 1e-5 : 0.01, long);
    const positions = mean.length / features;
    return {
      tensors: {
        ...savedBackbone(backbone),
        channels: { data: Float32Array.from(channels), shape: [features] },
        mean: { data: mean, shape: [positions, features] },
        factor: { data: factor, shape: [positions, factor.length / positions] },
      },
      facts: { images: images.length, grid, seed },
    };
  }

  /** The kept channels of all layers on the grid of the first, `[batch, rows, columns, features]`. */
  #embedding(backbone: LoadedBackbone, kept: ArrayLike<number>, x: tf.Tensor4D): tf.Tensor4D {
    let first = 0;
    const maps = backbone.features(x).map((map) => {
      const own = Array.from(kept)
        .map((channel) => channel - first)
        .filter((channel) => channel >= 0 && channel < map.shape[3]);
      first += map.shape[3];
      return { map, own };
    });
    // The grid is the first layer's, whether or not a channel of it is kept.
    const [, rows, columns] = maps[0]!.map.shape;
    const chosen = maps.filter(({ own }) => own.length > 0);
    const picked = chosen.map(({ map, own }) => tf.gather(map, tf.tensor1d(own, 'int32'), 3));
    return joinMaps(picked, 'nearest', [rows, columns]);
  }

  protected ownShapes(): Record<string, readonly number[]> {
    const { features } = this.options;
    return { channels: [features], mean: [-1, features], factor: [-1, (features * (features + 1)) / 2] };
  }

  /** The tensors of a saved state, checked and copied; throws RangeError naming what does not fit. */
  protected override restore(fn: string, saved: DetectorState): Record<string, HostTensor> {
    const tensors = super.restore(fn, saved);
    if (tensors['mean']!.shape[0] !== tensors['factor']!.shape[0]) {
      throw new RangeError(`${fn}: tensors.mean and tensors.factor must have as many positions as each other.`);
    }
    const total = this.layers.reduce((sum, { channels }) => sum + channels, 0);
    const { data: kept } = tensors['channels']!;
    kept.forEach((channel, i) => {
      assertInteger(fn, `tensors.channels[${i}]`, channel, i === 0 ? 0 : (kept[i - 1] as number) + 1, total - 1);
    });
    return tensors;
  }

  protected scoring(learned: Learned): ScoringParts {
    const backbone = this.backboneOf(learned);
    const { channels, mean, factor } = learned.tensors as Record<'channels' | 'mean' | 'factor', HostTensor>;
    const { size, sigma, variant, features } = this.options;
    const score = (x: tf.Tensor4D, fed: Readonly<Record<string, tf.Tensor>>) => {
      const grid = this.#embedding(backbone, channels.data, x);
      const [images, rows, columns] = grid.shape;
      if (rows * columns !== mean.shape[0]) {
        throw new RangeError(`PaDiM: the learned mean must have ${rows}x${columns} positions, got ${mean.shape[0]}.`);
      }
      const vectors = tf.sub(tf.reshape(grid, [images, rows * columns, features]), fed['mean']!);
      const whitened = tf.matMul(tf.transpose(vectors, [1, 0, 2]), fed['factor']!);
      const distances = tf.transpose(tf.sqrt(tf.sum(tf.square(whitened), 2)));
      const map = resizeMaps(tf.reshape<tf.Rank.R3>(distances, [images, rows, columns]), {
        size,
        sigma,
        border: variant === 'anomalib' ? 'mirror' : 'reflect',
      });
      return { map, score: tf.max(map, [1, 2]) };
    };
    return { score, fed: { mean, factor: transposedFactors(factor, features) } };
  }
}

/** Packed lower triangles as full upper ones, `[positions, d, d]`: the transposed factors. */
function transposedFactors({ data, shape }: HostTensor, d: number): HostTensor {
  const [positions, size] = shape as [number, number];
  const full = new Float32Array(positions * d * d);
  for (let p = 0; p < positions; p++) {
    let from = p * size;
    for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) full[(p * d + j) * d + i] = data[from++]!;
  }
  return { data: full, shape: [positions, d, d] };
}
