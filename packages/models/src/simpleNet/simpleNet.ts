import { argumentMessage, createRandom, type ImageCollection } from '@adlib/core';
import { compile, type HostTensor, type NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import type { LoadedBackbone } from '../backbones/loadedBackbone.js';
import { EmbeddingDetector, savedBackbone } from '../components/embeddingDetector.js';
import { resizeMaps } from '../components/mapOps.js';
import { constants, type LearnContext, type Learned } from '../components/networkDetector.js';
import type { ScoringParts } from '../components/networkScorer.js';
import { pooledPatches } from '../components/patchEmbedding.js';
import { PreparedImages } from '../components/preparedImages.js';
import { adapt, discriminate, initialise } from './network.js';
import { completeSimpleNet, type FullSimpleNetOptions, type SimpleNetOptions } from './options.js';
import { NoiseRows, PatchBatches } from './patchBatches.js';
import { trackerWarnings } from './tracker.js';
import { trainDiscriminator } from './trainDiscriminator.js';
import { discriminatorStep } from './trainingStep.js';

/**
 * SimpleNet: pretrained features through one trained linear layer, and a small discriminator that tells them from the same
 * features with Gaussian noise added. A patch is as anomalous as the discriminator finds it abnormal, `-D(patch)`.
 *
 * After each meta-epoch a tracker notes what the discriminator says of held-out real features and of fake ones
 * (`facts.tracker`), and tells where it is saturated (`facts.warnings`). The parameters of the last meta-epoch are kept:
 * none is chosen by looking at results. Where images change at random (`augmentedImages` of `@adlib/datasets`), each pass
 * sees other versions.
 *
 * Cost of one picture: the backbone, and `positions * dimension * (dimension + hidden)` multiplications. Memory of `fit`: the
 * embeddings of all pictures up to 1 GB; beyond that, and for changing pictures, they are computed anew in each pass.
 *
 * @example
 * ```ts
 * import { SimpleNet } from '@adlib/models';
 * const grey = (v: number) => ({ data: new Uint8Array(64 * 64).fill(v), width: 64, height: 64, channels: 1 as const });
 * const detector = new SimpleNet({ backbone: 'filter-bank', size: [64, 64], metaEpochs: 2, ganEpochs: 1 });
 * await detector.fit([grey(100), grey(110), grey(120), grey(130)]);
 * const [detection] = await detector.score([grey(105)]);
 * console.log(detection!.map!.shape); // [64, 64]
 * detector.dispose();
 * ```
 * @see Liu et al., "SimpleNet: A Simple Network for Image Anomaly Detection and Localization", CVPR 2023; paper 001, section 3.3
 */
export class SimpleNet extends EmbeddingDetector<FullSimpleNetOptions> {
  /** Name in the registry and in bundles. */
  readonly kind = 'simplenet';
  protected readonly ownFeatureOptions = ['patchSize', 'dimension'];
  protected readonly units = "minus the discriminator's output";

  /** @param options - features, training and scoring; nothing is read or learned here */
  constructor(options: SimpleNetOptions = {}) {
    super('SimpleNet', completeSimpleNet(options), options);
  }

  protected async learn(images: ImageCollection, context: LearnContext): Promise<Learned> {
    const { fn, validation, seed, device, long } = context;
    const { dimension, adapterLayers, batchSize } = this.options;
    if (images.length === 0) {
      throw new RangeError(argumentMessage(fn, 'images', '1 or more images of good parts', images.length));
    }
    const random = createRandom(seed);
    const backbone = await this.loadBackbone(long);
    const embed = compile((x: tf.Tensor4D) => this.#patches(backbone, x), { device });
    // Embeddings are kept instead of pictures.
    const pictures = new PreparedImages(images, this.preparation(), { fn, keepBytes: 0 });
    const heldPictures =
      validation && new PreparedImages(validation, this.preparation(), { fn, arg: 'validation', keepBytes: 0 });
    const { learn, held } = this.#hold(images.length, validation, random.split('hold-out').permutation(images.length));
    const initial = initialise(this.options, random.split('weights'));
    const step = discriminatorStep(this.options, initial, Math.ceil(learn.length / batchSize), device);
    const judge = compile(
      (patches: tf.Tensor2D, noise: tf.Tensor2D, tensors: NamedTensors) => {
        const real = adapt(tensors, patches, adapterLayers);
        return { real: discriminate(tensors, real), fake: discriminate(tensors, tf.add<tf.Tensor2D>(real, noise)) };
      },
      { device },
    );
    try {
      if (pictures.changing) await pictures.readAll('prepare', long);
      const patches = new PatchBatches(pictures, embed);
      await patches.prepare(long);
      const tracker = await trainDiscriminator({
        options: this.options,
        long,
        step,
        patches,
        learn,
        heldPatches: heldPictures === undefined ? patches : new PatchBatches(heldPictures, embed),
        held,
        judge,
        noise: new NoiseRows(dimension, random.split('noise')),
        random,
      });
      const facts = {
        images: learn.length,
        heldOut: held.length,
        seed,
        device: step.device,
        trainLoss: tracker.map(({ trainLoss }) => trainLoss),
        tracker,
        warnings: trackerWarnings(tracker),
      };
      return { tensors: { ...savedBackbone(backbone), ...step.parameters, ...step.state }, facts };
    } finally {
      await embed.dispose();
      await step.dispose();
      await judge.dispose();
    }
  }

  /** Which pictures are learned from, and which the tracker looks at: those held out, or, where none can be, the same. */
  #hold(
    count: number,
    validation: ImageCollection | undefined,
    order: Uint32Array,
  ): { learn: number[]; held: number[] } {
    const all = [...order];
    if (validation !== undefined) return { learn: all, held: [...Array(validation.length).keys()] };
    const out = Math.min(Math.round(this.options.validationShare * count), count - 1);
    return out < 1 ? { learn: all, held: [] } : { learn: all.slice(out), held: all.slice(0, out) };
  }

  /** Patches of prepared pictures, `[batch, rows, columns, dimension]`. */
  #patches(backbone: LoadedBackbone, x: tf.Tensor4D): tf.Tensor4D {
    return pooledPatches(backbone.features(x), this.options.patchSize, this.options.dimension);
  }

  protected ownShapes(): Record<string, readonly number[]> {
    const { parameters, state } = initialise(this.options, createRandom(0));
    return Object.fromEntries(Object.entries({ ...parameters, ...state }).map(([name, { shape }]) => [name, shape]));
  }

  protected scoring(learned: Learned): ScoringParts {
    const backbone = this.backboneOf(learned);
    const own = Object.fromEntries(
      Object.entries(learned.tensors).filter(([name]) => !name.startsWith('backbone.')),
    ) as Record<string, HostTensor>;
    const { adapterLayers, size, sigma, imageScore } = this.options;
    const score = (x: tf.Tensor4D) => {
      const tensors = constants(own);
      const grid = this.#patches(backbone, x);
      const [images, rows, columns, dimension] = grid.shape;
      const patches = tf.reshape<tf.Rank.R2>(grid, [images * rows * columns, dimension]);
      const scores = tf.neg(discriminate(tensors, adapt(tensors, patches, adapterLayers)));
      const coarse = tf.reshape<tf.Rank.R3>(scores, [images, rows, columns]);
      const map = resizeMaps(coarse, { size, sigma });
      return { map, score: tf.max(imageScore === 'map' ? map : coarse, [1, 2]) };
    };
    return { score, fed: {} };
  }
}
