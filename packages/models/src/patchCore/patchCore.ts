import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  createRandom,
  toCollection,
  type DetectorState,
  type ImageCollection,
  type Images,
} from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import type { LoadedBackbone } from '../backbones/loadedBackbone.js';
import { EmbeddingDetector, savedBackbone } from '../components/embeddingDetector.js';
import { resizeMaps } from '../components/mapOps.js';
import type { LearnContext, Learned } from '../components/networkDetector.js';
import type { ScoringParts } from '../components/networkScorer.js';
import { joinMaps, localMean, pooledPatches } from '../components/patchEmbedding.js';
import { subtractMean } from '../components/subtractMean.js';
import {
  combineScores,
  extentOf,
  joinLearned,
  learnedOf,
  memberProgress,
  restoreMembers,
  type ScoringMember,
} from './ensemble.js';
import { completePatchCore, memberOptions } from './options.js';
import type { AddImagesOptions, FullPatchCoreOptions, PatchCoreOptions } from './options.js';
import { nearestSquared, reweightedScore, type BankTensors } from './patchScores.js';
import { PatchStore, selectPatches } from './patchStore.js';
import { centred, joinRows, squaredLengths } from './rows.js';

/**
 * PatchCore: a memory bank of the most different patches of good parts; a patch is as anomalous as it is far from its
 * nearest neighbour in the bank. Nothing is trained.
 *
 * The patch score is the Euclidean distance (`amazon`: its square), the image score the largest patch score, reweighted; the
 * map is the grid of patch scores enlarged and smoothed. Cost of one picture: the backbone, and products
 * with the bank, `positions * channels * bank` multiplications at most. Memory of `fit`: all patches once and their projection once, or `memoryLimit`, and
 * the bank.
 *
 * @example
 * ```ts
 * import { PatchCore } from '@adlib/models';
 * const grey = (v: number) => ({ data: new Uint8Array(64 * 64).fill(v), width: 64, height: 64, channels: 1 as const });
 * const detector = new PatchCore({ backbone: 'filter-bank', size: [64, 64] });
 * await detector.fit([grey(100), grey(110)]);
 * const [good, bad] = await detector.score([grey(105), grey(200)]);
 * console.log(bad!.score > good!.score, bad!.map!.shape); // true [64, 64]
 * detector.dispose();
 * ```
 * @see Roth et al., "Towards Total Recall in Industrial Anomaly Detection", CVPR 2022
 */
export class PatchCore extends EmbeddingDetector<FullPatchCoreOptions> {
  /** Name in the registry and in bundles. */
  readonly kind = 'patchcore';
  protected readonly ownFeatureOptions = ['variant', 'patchSize', 'dimension'];

  /** One detector for each of several backbones; none where there is one. */
  readonly #members: readonly PatchCore[];

  /** @param options - features, coreset and scoring; nothing is read or learned here */
  constructor(options: PatchCoreOptions = {}) {
    super('PatchCore', completePatchCore(options), options.backbones?.[0] ?? options);
    this.#members = (options.backbones ?? []).map((member) => new PatchCore(memberOptions(this.options, member)));
  }

  protected get units(): string {
    if (this.#members.length > 0) return 'distance of features in units of the bank';
    return this.options.variant === 'amazon' ? 'squared distance of features' : 'distance of features';
  }

  /** Patches of prepared pictures: maps `[batch, rows, columns, channels]`, the finest first, to be joined on its grid. */
  #maps(backbone: LoadedBackbone, x: tf.Tensor4D): tf.Tensor4D[] {
    const { variant, patchSize, dimension } = this.options;
    const maps = backbone.features(x);
    if (variant === 'amazon') return [pooledPatches(maps, patchSize, dimension)];
    return maps.map((map) => localMean(map, patchSize));
  }

  protected async learn(images: ImageCollection, context: LearnContext): Promise<Learned> {
    const { fn, seed, device, long } = context;
    if (images.length === 0) {
      throw new RangeError(argumentMessage(fn, 'images', '1 or more images of good parts', images.length));
    }
    if (this.#members.length > 0) {
      return this.#joined((member, i) => member.learn(images, { ...context, long: memberProgress(long, i) }));
    }
    const backbone = await this.loadBackbone(long);
    const select = { variant: this.options.variant, random: createRandom(seed), device, long };
    const store = new PatchStore(images.length, this.options.memoryLimit, select);
    await this.#gather(images, context, (x) => joinMaps(this.#maps(backbone, x), 'bilinear'), 0, store);
    const { bank, owners } = await store.finish(store.share(this.options.coresetRatio));
    const centre = subtractMean(bank);
    return {
      tensors: { ...savedBackbone(backbone), bank, owners, centre },
      facts: { images: images.length, patches: store.seen, bank: bank.shape[0], thinned: store.thinned, seed },
    };
  }

  /** Something learned by each member in turn, as one. */
  async #joined(learn: (member: PatchCore, index: number) => Learned | Promise<Learned>): Promise<Learned> {
    const parts: Learned[] = [];
    for (const [i, member] of this.#members.entries()) parts.push(await learn(member, i));
    return joinLearned(parts);
  }

  /** Puts the patches of pictures into a store, each with the number of its picture, counted from `first`. */
  #gather(
    images: ImageCollection,
    context: Pick<LearnContext, 'fn' | 'device' | 'long'>,
    patches: (x: tf.Tensor4D) => tf.Tensor4D,
    first: number,
    store: PatchStore,
  ): Promise<void> {
    return this.eachEmbedding(
      images,
      (x) => [patches(x)],
      context,
      async ({ start, tensors }) => {
        const { data, shape } = tensors[0]!;
        const [, rows, columns, channels] = shape as [number, number, number, number];
        const each = rows * columns;
        const count = data.length / channels;
        const owners = Float32Array.from({ length: count }, (_, i) => first + start + Math.floor(i / each));
        await store.add(data as Float32Array, channels, owners);
      },
    );
  }

  /**
   * Adds good pictures to a fitted detector: those of their patches that lie farthest from the bank, `coresetRatio` of them.
   * Pictures are numbered on from those learned before.
   *
   * @param images - good parts
   * @param options - device, progress, cancellation
   * @returns this detector
   * @throws NotFittedError before `fit`; Error where `fit`, `load`, `add` or `remove` changed the detector meanwhile; the
   *   signal's reason when cancelled; nothing is changed then
   */
  async add(images: Images, options: AddImagesOptions = {}): Promise<this> {
    const { device = 'auto', onProgress, signal } = options;
    const fn = 'PatchCore.add';
    assertKnownOptions(fn, options, ['device', 'onProgress', 'signal']);
    const learned = this.learned('add');
    signal?.throwIfAborted();
    const long = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
    const added = await this.#added(learned, toCollection(images), { fn, device, long });
    signal?.throwIfAborted();
    if (this.learned('add') !== learned) throw new Error(`${fn}: the detector was changed meanwhile. Add again.`);
    this.replace(added);
    return this;
  }

  /** What was learned with more pictures in it. */
  async #added(
    learned: Learned,
    collection: ImageCollection,
    context: Pick<LearnContext, 'fn' | 'device' | 'long'>,
  ): Promise<Learned> {
    const { device, long } = context;
    if (this.#members.length > 0) {
      return this.#joined((member, i) =>
        member.#added(learnedOf(learned, i), collection, { ...context, long: memberProgress(long, i) }),
      );
    }
    const { tensors, facts } = learned;
    const first = facts['images'] as number;
    const { bank, owners, centre } = tensors as { bank: HostTensor; owners: HostTensor; centre: HostTensor };
    const store = new PatchStore(collection.length, this.options.memoryLimit, {
      variant: this.options.variant,
      random: createRandom(first).split('add'),
      device,
      long,
    });
    const backbone = this.backboneOf(learned);
    const patches = (x: tf.Tensor4D) =>
      tf.sub<tf.Tensor4D>(joinMaps(this.#maps(backbone, x), 'bilinear'), tf.tensor1d(centre.data));
    await this.#gather(collection, context, patches, first, store);
    const count = store.share(this.options.coresetRatio);
    const more = count === 0 ? undefined : await store.finish(count, bank);
    const joined = more && { bank: joinRows(bank, more.bank), owners: joinRows(owners, more.owners) };
    return {
      tensors: { ...tensors, ...joined },
      facts: {
        ...facts,
        images: first + collection.length,
        patches: (facts['patches'] as number) + store.seen,
        bank: (joined?.bank ?? bank).shape[0],
        thinned: (facts['thinned'] as number) + store.thinned,
      },
    };
  }

  /**
   * Takes pictures out of the bank, for example ones that turned out to be defective. What other pictures have in common
   * with them may have been left out of the bank when it was made, so fit again where many are removed. The others keep
   * their numbers.
   *
   * @param indices - numbers of pictures, in the order of `fit` and then of `add`; one named twice, or removed before, is fine
   * @returns this detector
   * @throws RangeError for a number that is out of range, or if nothing would be left
   */
  remove(indices: readonly number[]): this {
    this.replace(this.#without(this.learned('remove'), indices));
    return this;
  }

  /** What was learned without some pictures. */
  #without(learned: Learned, indices: readonly number[]): Learned {
    if (this.#members.length > 0) {
      return joinLearned(this.#members.map((member, i) => member.#without(learnedOf(learned, i), indices)));
    }
    const { tensors, facts } = learned;
    const { bank, owners } = tensors as { bank: HostTensor; owners: HostTensor };
    indices.forEach((index, i) => {
      assertInteger('PatchCore.remove', `indices[${i}]`, index, 0, (facts['images'] as number) - 1);
    });
    const gone = new Set(indices);
    const kept = [...owners.data.keys()].filter((row) => !gone.has(owners.data[row]!));
    if (kept.length === 0) {
      throw new RangeError('PatchCore.remove: indices must leave a picture in the bank, got all that are in it.');
    }
    return {
      tensors: { ...tensors, bank: selectPatches(bank, kept), owners: selectPatches(owners, kept) },
      facts: { ...facts, bank: kept.length },
    };
  }

  protected ownShapes(saved: DetectorState): Record<string, readonly number[]> {
    const rows = saved.tensors['bank']?.shape[0] ?? -1;
    const channels = this.#channels();
    return { bank: [rows, channels], owners: [rows], centre: [channels] };
  }

  /** Values per patch. */
  #channels(): number {
    const { variant, dimension } = this.options;
    if (variant === 'amazon') return dimension;
    return this.layers.reduce((sum, { channels }) => sum + channels, 0);
  }

  /** The tensors of a saved state, checked and copied; throws RangeError naming what does not fit. */
  protected override restore(fn: string, saved: DetectorState): Record<string, HostTensor> {
    if (this.#members.length > 0) {
      return restoreMembers(fn, saved, this.#members.length, (state, i) => this.#members[i]!.restore(fn, state));
    }
    const tensors = super.restore(fn, saved);
    // `add` and `remove` go on from these.
    for (const name of ['images', 'patches']) assertInteger(fn, `state.facts.${name}`, saved.facts[name], 1);
    assertInteger(fn, 'state.facts.thinned', saved.facts['thinned'], 0);
    const last = (saved.facts['images'] as number) - 1;
    const odd = tensors['owners']!.data.findIndex((owner) => !(Number.isInteger(owner) && owner >= 0 && owner <= last));
    if (odd >= 0) {
      const got = tensors['owners']!.data[odd];
      throw new RangeError(argumentMessage(fn, `tensors.owners[${odd}]`, `a picture's number, 0 to ${last}`, got));
    }
    return tensors;
  }

  protected scoring(learned: Learned): ScoringParts {
    if (this.#members.length > 0) {
      return combineScores(this.#members.map((member, i) => member.#weighed(learnedOf(learned, i))));
    }
    const backbone = this.backboneOf(learned);
    const { bank, centre } = learned.tensors as { bank: HostTensor; centre: HostTensor };
    const { variant, neighbors, size, sigma } = this.options;
    const amazon = variant === 'amazon';
    const score = (x: tf.Tensor4D, fed: Readonly<Record<string, tf.Tensor>>) => {
      const maps = this.#maps(backbone, x);
      const grid = tf.sub<tf.Tensor4D>(joinMaps(maps, 'bilinear'), tf.tensor1d(centre.data));
      const [images, rows, columns, channels] = grid.shape;
      const patches = tf.reshape<tf.Rank.R2>(grid, [images * rows * columns, channels]);
      const tensors = fed as unknown as BankTensors;
      const k = amazon ? Math.min(neighbors, bank.shape[0]!) : 1;
      const squared = nearestSquared(patches, tensors, k, centred(maps, centre));
      const each = tf.reshape<tf.Rank.R2>(amazon ? tf.mean(squared, 1) : tf.sqrt(squared), [images, rows * columns]);
      const map = resizeMaps(tf.reshape<tf.Rank.R3>(each, [images, rows, columns]), {
        size,
        method: amazon ? 'bilinear' : 'nearest',
        sigma,
        border: amazon ? 'reflect' : 'mirror',
      });
      const byImage = tf.reshape<tf.Rank.R3>(grid, [images, rows * columns, channels]);
      return { map, score: amazon ? tf.max(each, 1) : reweightedScore(byImage, each, tensors, neighbors) };
    };
    return { score, fed: { bank, norms: squaredLengths(bank) } };
  }

  /** How a member of an ensemble scores, and in which units. */
  #weighed(learned: Learned): ScoringMember {
    const { mean = 0, std = 1 } = this.preparation();
    const extent = extentOf(learned.tensors['bank']!);
    const scale = this.options.variant === 'amazon' ? extent ** 2 : extent;
    return { parts: this.scoring(learned), scale, prepare: { mean, std } };
  }
}
