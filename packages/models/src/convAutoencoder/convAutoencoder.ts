import {
  argumentMessage,
  createRandom,
  type DetectorState,
  type ImageCollection,
  type Images,
  type PrepareOptions,
} from '@adlib/core';
import { adam, compile, trainStep, type HostTensor, type NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { aggregateMaps, smoothMaps, squaredErrorMaps } from '../components/mapOps.js';
import { constants, NetworkDetector, type LearnContext, type Learned } from '../components/networkDetector.js';
import type { ScoringParts } from '../components/networkScorer.js';
import { PreparedImages } from '../components/preparedImages.js';
import { restoreTensors } from '../components/restoreTensors.js';
import { trainNetwork } from '../components/trainNetwork.js';
import { initialise, reconstruct } from './network.js';
import { completeOptions, preparation, type ConvAutoencoderOptions, type FullOptions } from './options.js';
import { reconstructEach, type Reconstruction, type ReconstructOptions } from './reconstructEach.js';

/**
 * Convolutional autoencoder: it learns to reconstruct good parts through a bottleneck; where a picture is reconstructed
 * badly, something is wrong. The map is the squared error per pixel, `mean_c (x - y)^2` of values in [0, 1], smoothed; the
 * image score is its mean (or maximum, or mean of the largest).
 *
 * @example
 * ```ts
 * import { ConvAutoencoder } from '@adlib/models';
 * const grey = (v: number) => ({ data: new Uint8Array(16 * 16).fill(v), width: 16, height: 16, channels: 1 as const });
 * const detector = new ConvAutoencoder({ size: [16, 16], channels: 1, widths: [4, 8], epochs: 1 });
 * await detector.fit([grey(100), grey(110), grey(120), grey(130)]);
 * const [detection] = await detector.score([grey(200)]);
 * console.log(detection!.score > 0, detection!.map!.shape); // true [16, 16]
 * detector.dispose();
 * ```
 * @see paper 000, "Autoencoder architecture" and "Layer Details"
 */
export class ConvAutoencoder extends NetworkDetector<FullOptions> {
  /** Name in the registry and in bundles. */
  readonly kind = 'conv-autoencoder';
  protected readonly units = 'mean squared error of values in [0, 1]';

  /** @param options - network, training and scoring; nothing is learned here */
  constructor(options: ConvAutoencoderOptions = {}) {
    super('ConvAutoencoder', completeOptions(options));
  }

  protected preparation(): PrepareOptions & { channels: 1 | 3 } {
    return preparation(this.options);
  }

  /** Adam on the mean squared error, early stopping on held-out good images, whose best epoch is kept. */
  protected async learn(images: ImageCollection, context: LearnContext): Promise<Learned> {
    const { fn, validation, seed, device, long } = context;
    const random = createRandom(seed);
    const { learn, held } = this.#hold(images, validation, random.split('hold-out').permutation(images.length));
    const pictures = new PreparedImages(images, preparation(this.options), { fn });
    await pictures.readAll('prepare', long);
    if (images.length < 2) {
      throw new RangeError(argumentMessage(fn, 'images', '2 or more images of good parts', images.length));
    }
    const step = trainStep(
      ({ parameters, state, inputs }) => {
        const x = inputs['x'] as tf.Tensor4D;
        const result = reconstruct({ parameters, state }, x, true);
        return { loss: tf.losses.meanSquaredError(x, result.y), state: result.state };
      },
      {
        ...initialise(this.options, random.split('weights')),
        optimizer: adam({ learningRate: this.options.learningRate }),
        device,
      },
    );
    const validationLoss = compile(
      (x: tf.Tensor4D, parameters: NamedTensors, state: NamedTensors) =>
        tf.sum(squaredErrorMaps(x, reconstruct({ parameters, state }, x, false).y)),
      { device },
    );
    try {
      const heldPictures =
        held === 'inside'
          ? pictures
          : held && new PreparedImages(held, preparation(this.options), { fn, arg: 'validation' });
      const heldIndices = held === 'inside' ? learn.rest : [...Array(heldPictures?.length ?? 0).keys()];
      const validate = async () => {
        let sum = 0;
        for (const index of heldIndices) {
          long.signal?.throwIfAborted();
          const x = await heldPictures!.batch([index]);
          sum += (await validationLoss(x, step.parameters, step.state)).data[0]!;
        }
        return sum / (heldIndices.length * this.options.size[0] * this.options.size[1]);
      };
      const { epochs, batchSize, patience } = this.options;
      const trained = await trainNetwork({
        ...long,
        step,
        images: pictures,
        indices: learn.indices,
        epochs,
        batchSize,
        patience,
        seed,
        ...(heldIndices.length > 0 && { validate }),
      });
      const { trainLoss, bestEpoch } = trained;
      const facts = {
        images: learn.indices.length,
        heldOut: heldIndices.length,
        epochs: trainLoss.length,
        bestEpoch,
        trainLoss,
        validationLoss: trained.validationLoss,
        device: step.device,
        seed,
      };
      return { tensors: { ...trained.parameters, ...trained.state }, facts };
    } finally {
      await step.dispose();
      await validationLoss.dispose();
    }
  }

  /**
   * Redraws images: pairs for other scores than the detector's own, for example `pairScorers` of `@adlib/scores`. They come
   * one at a time, 8 in memory.
   *
   * @param images - any sizes, grey or colour, 8 bit, 16 bit or float
   * @param options - device, progress, cancellation
   * @returns for each image, in order, the picture as the network saw it and its reconstruction, both at the network's size
   * @throws NotFittedError, DisposedError; the signal's reason when cancelled
   * @example
   * ```ts
   * import { ConvAutoencoder } from '@adlib/models';
   * import { pairScorers } from '@adlib/scores';
   * const grey = (v: number) => ({ data: new Uint8Array(16 * 16).fill(v), width: 16, height: 16, channels: 1 as const });
   * const detector = new ConvAutoencoder({ size: [16, 16], channels: 1, widths: [4, 8], epochs: 1 });
   * await detector.fit([grey(100), grey(110), grey(120), grey(130)]);
   * for await (const { image, reconstruction } of detector.reconstruct([grey(90), grey(200)])) {
   *   console.log(pairScorers.ssim.score(image, reconstruction).score);
   * }
   * detector.dispose();
   * ```
   */
  async *reconstruct(images: Images, options: ReconstructOptions = {}): AsyncGenerator<Reconstruction, void, void> {
    const { tensors } = this.learned('reconstruct');
    yield* reconstructEach('ConvAutoencoder.reconstruct', images, { tensors, options: this.options }, options);
  }

  /** Which images are learned from, and where the held-out ones come from. */
  #hold(images: ImageCollection, validation: ImageCollection | undefined, order: Uint32Array) {
    const all = [...order];
    if (validation !== undefined) return { learn: { indices: all, rest: [] }, held: validation };
    const count = Math.min(Math.round(this.options.validationShare * images.length), images.length - 2);
    if (count < 1) return { learn: { indices: all, rest: [] }, held: undefined };
    return { learn: { indices: all.slice(count), rest: all.slice(0, count) }, held: 'inside' as const };
  }

  protected scoring({ tensors }: Learned): ScoringParts {
    const { sigma, aggregation, topK } = this.options;
    const score = (x: tf.Tensor4D) => {
      const weights = constants(tensors);
      const { y } = reconstruct({ parameters: weights, state: weights }, x, false);
      const map = smoothMaps(squaredErrorMaps(x, y), sigma);
      return { map, score: aggregateMaps(map, aggregation, topK) };
    };
    return { score, fed: {} };
  }

  protected restore(fn: string, saved: DetectorState): Record<string, HostTensor> {
    const blank = initialise(this.options, createRandom(0));
    return restoreTensors(fn, this.kind, saved, { ...blank.parameters, ...blank.state });
  }
}
