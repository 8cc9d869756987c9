import { argumentMessage, type DetectorState, type ImageCollection } from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import type { LoadedBackbone } from '../backbones/loadedBackbone.js';
import { EmbeddingDetector, savedBackbone } from '../components/embeddingDetector.js';
import { resizeMaps } from '../components/mapOps.js';
import type { LearnContext, Learned } from '../components/networkDetector.js';
import type { ScoringParts } from '../components/networkScorer.js';
import { subtractMean } from '../components/subtractMean.js';
import { completeSPADE, type FullSPADEOptions, type SPADEOptions } from './options.js';

/**
 * SPADE: a picture is compared with the good pictures most like it. The image score is the mean distance to those, of one
 * vector per picture; the map is, at each position and layer, the distance to the nearest position of any of them, enlarged
 * (bilinear), averaged over layers and smoothed. Nothing is trained; parts may lie anywhere.
 *
 * All good pictures' maps are kept: `4 * pictures * sum of positions * channels` bytes in memory and on disk, 1.4 MB a picture
 * for resnet18 at 224. Cost of one picture: the backbone, and `neighbors * positions^2 * channels` for each layer.
 *
 * @example
 * ```ts
 * import { SPADE } from '@adlib/models';
 * const grey = (v: number) => ({ data: new Uint8Array(64 * 64).fill(v), width: 64, height: 64, channels: 1 as const });
 * const detector = new SPADE({ backbone: 'filter-bank', size: [64, 64] });
 * await detector.fit([grey(100), grey(110)]);
 * const [good, bad] = await detector.score([grey(105), grey(200)]);
 * console.log(bad!.score > good!.score, bad!.map!.shape); // true [64, 64]
 * detector.dispose();
 * ```
 * @see Cohen and Hoshen, "Sub-Image Anomaly Detection with Deep Pyramid Correspondences", 2020
 */
export class SPADE extends EmbeddingDetector<FullSPADEOptions> {
  /** Name in the registry and in bundles. */
  readonly kind = 'spade';
  protected readonly ownFeatureOptions = ['imageLayer'];
  protected readonly units = 'distance of features';

  /** @param options - features and scoring; nothing is read or learned here */
  constructor(options: SPADEOptions = {}) {
    super('SPADE', completeSPADE(options), options);
  }

  protected override get backboneLayers(): readonly string[] {
    const { layers, imageLayer } = this.options;
    return layers.includes(imageLayer) ? layers : [...layers, imageLayer];
  }

  /** Maps of the layers, `[batch, positions, channels]` each, and one vector per picture, `[batch, channels]`. */
  #features(
    backbone: LoadedBackbone,
    x: tf.Tensor4D,
  ): { maps: tf.Tensor3D[]; grids: number[][]; vectors: tf.Tensor2D } {
    const { layers, imageLayer } = this.options;
    const all = backbone.features(x);
    const kept = all.slice(0, layers.length);
    const maps = kept.map((map) => {
      const [batch, rows, columns, channels] = map.shape;
      return tf.reshape<tf.Rank.R3>(map, [batch, rows * columns, channels]);
    });
    const source = all[this.backboneLayers.indexOf(imageLayer)]!;
    return { maps, grids: kept.map(({ shape }) => [shape[1], shape[2]]), vectors: tf.mean(source, [1, 2]) };
  }

  protected async learn(images: ImageCollection, context: LearnContext): Promise<Learned> {
    const { fn, seed } = context;
    if (images.length === 0) {
      throw new RangeError(argumentMessage(fn, 'images', '1 or more images of good parts', images.length));
    }
    const { layers } = this.options;
    const backbone = await this.loadBackbone(context.long);
    const galleries: Record<string, HostTensor> = {};
    const names = ['vectors', ...layers.map((layer) => `gallery.${layer}`)];
    const embed = (x: tf.Tensor4D) => {
      const { maps, vectors } = this.#features(backbone, x);
      return [vectors, ...maps];
    };
    await this.eachEmbedding(images, embed, context, ({ start, count, tensors }) => {
      tensors.forEach(({ data, shape }, i) => {
        const gallery = (galleries[names[i]!] ??= {
          data: new Float32Array((data.length / count) * images.length),
          shape: [images.length, ...shape.slice(1)],
        });
        (gallery.data as Float32Array).set(data, (start * data.length) / count);
      });
    });
    const centres = layers.map((layer) => [`centre.${layer}`, subtractMean(galleries[`gallery.${layer}`]!)] as const);
    return {
      tensors: { ...savedBackbone(backbone), ...galleries, ...Object.fromEntries(centres) },
      facts: { images: images.length, seed },
    };
  }

  protected ownShapes(saved: DetectorState): Record<string, readonly number[]> {
    const { layers } = this.options;
    const all = this.layers;
    const pictures = saved.tensors['vectors']?.shape[0] ?? -1;
    const channels = all[this.backboneLayers.indexOf(this.options.imageLayer)]!.channels;
    return {
      vectors: [pictures, channels],
      ...Object.fromEntries(
        layers.flatMap((layer, i): [string, number[]][] => [
          [`gallery.${layer}`, [pictures, -1, all[i]!.channels]],
          [`centre.${layer}`, [all[i]!.channels]],
        ]),
      ),
    };
  }

  protected scoring(learned: Learned): ScoringParts {
    const backbone = this.backboneOf(learned);
    const { layers, size, sigma } = this.options;
    const { tensors } = learned;
    const pictures = tensors['vectors']!.shape[0]!;
    const k = Math.min(this.options.neighbors, pictures);
    const score = (x: tf.Tensor4D, fed: Readonly<Record<string, tf.Tensor>>) => {
      const { maps, grids, vectors } = this.#features(backbone, x);
      const batch = x.shape[0];
      const { indices, distances } = nearestPictures(vectors, fed['vectors'] as tf.Tensor2D, k);
      const each = maps.map((map, i) => {
        const layer = layers[i]!;
        const centred = tf.sub<tf.Tensor3D>(map, tf.tensor1d(tensors[`centre.${layer}`]!.data));
        const gallery = fed[`gallery.${layer}`] as tf.Tensor3D;
        const nearest = tf.reshape<tf.Rank.R3>(correspondence(centred, gallery, indices, k), [
          batch,
          ...(grids[i] as [number, number]),
        ]);
        return resizeMaps(nearest, { size, sigma });
      });
      return { map: tf.div<tf.Tensor3D>(tf.addN(each), each.length), score: distances };
    };
    const large = Object.entries(tensors).filter(([name]) => name === 'vectors' || name.startsWith('gallery.'));
    return { score, fed: Object.fromEntries(large) };
  }
}

/** The `k` pictures of a gallery nearest to each vector, `[batch * k]`, and the mean distance to them, `[batch]`. */
function nearestPictures(vectors: tf.Tensor2D, gallery: tf.Tensor2D, k: number) {
  const apart = tf.sub(tf.expandDims(vectors, 1), tf.expandDims(gallery, 0));
  const distances = tf.sqrt(tf.sum(tf.square(apart), 2));
  const { values, indices } = tf.topk(tf.neg(distances), k);
  return {
    indices: tf.reshape<tf.Rank.R1>(indices, [vectors.shape[0] * k]),
    distances: tf.neg(tf.mean<tf.Tensor1D>(values, 1)),
  };
}

/**
 * For each position the distance to the nearest position of `k` pictures: one picture and one product at a time, so that
 * memory is `positions * (channels + positions)` numbers whatever `k` is.
 *
 * @param maps - `[batch, positions, channels]`
 * @param gallery - `[pictures, positions, channels]`
 * @param indices - pictures each is compared with, `[batch * k]`
 * @param k - how many
 * @returns `[batch, positions]`
 */
function correspondence(maps: tf.Tensor3D, gallery: tf.Tensor3D, indices: tf.Tensor1D, k: number): tf.Tensor2D {
  const [batch, positions, channels] = maps.shape;
  if (gallery.shape[1] !== positions) {
    throw new RangeError(`SPADE: the learned maps must have ${positions} positions, got ${gallery.shape[1]}.`);
  }
  const rows = Array.from({ length: batch }, (_, b) => {
    const own = tf.reshape<tf.Rank.R2>(tf.slice(maps, [b, 0, 0], [1, positions, channels]), [positions, channels]);
    const scaled = tf.mul<tf.Tensor2D>(own, -2);
    const lows = Array.from({ length: k }, (_unused, i) => {
      const other = tf.gather(gallery, tf.slice(indices, [b * k + i], [1]));
      const flat = tf.reshape<tf.Rank.R2>(other, [positions, channels]);
      return tf.min(tf.add(tf.matMul(scaled, flat, false, true), tf.sum(tf.square(flat), 1)), 1);
    });
    const low = lows.reduce((a, c) => tf.minimum(a, c));
    return tf.sqrt(tf.relu(tf.add(low, tf.sum(tf.square(own), 1))));
  });
  return tf.stack(rows) as unknown as tf.Tensor2D;
}
