import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  createRandom,
  DisposedError,
  NotFittedError,
  toCollection,
  type Detection,
  type Detector,
  type DetectorState,
  type FitOptions,
  type ImageCollection,
  type Images,
  type ScoreOptions,
  type ToOnnxOptions,
} from '@adlib/core';
import { adam, compile, trainStep, type HostTensor, type NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { exportNetwork } from '../components/exportNetwork.js';
import { aggregateMaps, smoothMaps, squaredErrorMaps } from '../components/mapOps.js';
import { NetworkScorer, type ScoringFunction } from '../components/networkScorer.js';
import { PreparedImages } from '../components/preparedImages.js';
import { restoreTensors } from '../components/restoreTensors.js';
import { trainNetwork } from '../components/trainNetwork.js';
import { initialise, reconstruct } from './network.js';
import { completeOptions, preparation, type ConvAutoencoderOptions, type FullOptions } from './options.js';

interface Learned {
  parameters: Record<string, HostTensor>;
  state: Record<string, HostTensor>;
  facts: Readonly<Record<string, unknown>>;
  scorer: NetworkScorer;
}

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
export class ConvAutoencoder implements Detector {
  /** Name in the registry and in bundles. */
  readonly kind = 'conv-autoencoder';
  /** The options with defaults filled in. */
  readonly options: FullOptions & Readonly<Record<string, unknown>>;
  #learned: Learned | undefined;
  #disposed = false;

  /** @param options - network, training and scoring; nothing is learned here */
  constructor(options: ConvAutoencoderOptions = {}) {
    this.options = completeOptions(options);
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /**
   * Trains on good images: Adam on the mean squared error, early stopping on held-out good images, whose best epoch is kept.
   *
   * @param images - at least 2
   * @param options - held-out images, seed, device, progress, cancellation
   * @returns this detector
   * @throws RangeError for fewer than 2 images; TrainingDivergedError; the signal's reason when cancelled. What was learned before is then kept
   */
  async fit(images: Images, options: FitOptions = {}): Promise<this> {
    const { validation, seed = 0, device = 'auto', onProgress, signal } = options;
    assertKnownOptions('ConvAutoencoder.fit', options, ['validation', 'seed', 'device', 'onProgress', 'signal']);
    assertInteger('ConvAutoencoder.fit', 'seed', seed, 0, 0xffffffff);
    if (this.#disposed) throw new DisposedError('ConvAutoencoder.fit');
    signal?.throwIfAborted();
    const collection = toCollection(images);
    const long = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
    const random = createRandom(seed);
    const { learn, held } = this.#hold(collection, validation, random.split('hold-out').permutation(collection.length));
    const pictures = new PreparedImages(collection, preparation(this.options));
    await pictures.readAll('prepare', long);
    if (collection.length < 2) {
      throw new RangeError(
        argumentMessage('ConvAutoencoder.fit', 'images', '2 or more images of good parts', collection.length),
      );
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
      const heldPictures = held === 'inside' ? pictures : held && new PreparedImages(held, preparation(this.options));
      const heldIndices = held === 'inside' ? learn.rest : [...Array(heldPictures?.length ?? 0).keys()];
      const validate = async () => {
        let sum = 0;
        for (const index of heldIndices) {
          signal?.throwIfAborted();
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
      if (this.#disposed) throw new DisposedError('ConvAutoencoder.fit');
      const { trainLoss, bestEpoch } = trained;
      this.#replace(trained.parameters, trained.state, {
        images: learn.indices.length,
        heldOut: heldIndices.length,
        epochs: trainLoss.length,
        bestEpoch,
        trainLoss,
        validationLoss: trained.validationLoss,
        device: step.device,
        seed,
      });
      return this;
    } finally {
      await step.dispose();
      await validationLoss.dispose();
    }
  }

  /** Which images are learned from, and where the held-out ones come from. */
  #hold(collection: ImageCollection, validation: Images | undefined, order: Uint32Array) {
    const all = [...order];
    if (validation !== undefined) {
      const held = toCollection(validation);
      return { learn: { indices: all, rest: [] }, held: held.length > 0 ? held : undefined };
    }
    const count = Math.min(Math.round(this.options.validationShare * collection.length), collection.length - 2);
    if (count < 1) return { learn: { indices: all, rest: [] }, held: undefined };
    return { learn: { indices: all.slice(count), rest: all.slice(0, count) }, held: 'inside' as const };
  }

  #replace(parameters: Record<string, HostTensor>, state: Record<string, HostTensor>, facts: Learned['facts']): void {
    this.#learned?.scorer.dispose();
    const scorer = new NetworkScorer(this.#scoring(parameters, state), preparation(this.options));
    this.#learned = { parameters, state, facts, scorer };
  }

  #scoring(parameters: Record<string, HostTensor>, state: Record<string, HostTensor>): ScoringFunction {
    const { sigma, aggregation, topK } = this.options;
    const tensors = (named: Record<string, HostTensor>) =>
      Object.fromEntries(Object.entries(named).map(([name, t]) => [name, tf.tensor(t.data, [...t.shape])]));
    return (x) => {
      const { y } = reconstruct({ parameters: tensors(parameters), state: tensors(state) }, x, false);
      const map = smoothMaps(squaredErrorMaps(x, y), sigma);
      return { map, score: aggregateMaps(map, aggregation, topK) };
    };
  }

  #need(where: string): Learned {
    if (this.#disposed) throw new DisposedError(`ConvAutoencoder.${where}`);
    if (this.#learned === undefined) throw new NotFittedError(`ConvAutoencoder.${where}`);
    return this.#learned;
  }

  /**
   * Scores images in order.
   *
   * @param images - any sizes, grey or colour, 8 bit, 16 bit or float
   * @param options - whether maps are made, device, progress, cancellation
   * @returns one detection per image; scores are mean squared errors of values in [0, 1]
   */
  async score(images: Images, options: ScoreOptions = {}): Promise<Detection[]> {
    const detections: Detection[] = [];
    for await (const detection of this.#stream('score', images, options)) detections.push(detection);
    return detections;
  }

  /**
   * Scores images one at a time, 8 in memory.
   *
   * @param images - as for {@link ConvAutoencoder.score}
   * @param options - as for {@link ConvAutoencoder.score}
   * @returns detections as they are ready, in order
   */
  async *scoreEach(images: Images, options: ScoreOptions = {}): AsyncGenerator<Detection, void, void> {
    yield* this.#stream('scoreEach', images, options);
  }

  #stream(where: string, images: Images, options: ScoreOptions): AsyncGenerator<Detection, void, void> {
    return this.#need(where).scorer.scoreEach(`ConvAutoencoder.${where}`, images, options);
  }

  /** What was learned; copies. */
  save(): DetectorState {
    const { parameters, state, facts } = this.#need('save');
    const tensors = Object.fromEntries(
      Object.entries({ ...parameters, ...state })
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { shape, data }]) => [name, { shape, data: (data as Float32Array).slice() }]),
    );
    return { kind: this.kind, options: this.options, facts, tensors };
  }

  /**
   * Restores what {@link ConvAutoencoder.save} gave.
   *
   * @param saved - a state of a detector with the same `channels` and `widths`
   * @throws RangeError if it is another detector's state, or a tensor is missing or of another shape; nothing is changed then
   */
  load(saved: DetectorState): void {
    if (this.#disposed) throw new DisposedError('ConvAutoencoder.load');
    const blank = initialise(this.options, createRandom(0));
    const parameters = restoreTensors('ConvAutoencoder.load', this.kind, saved, blank.parameters);
    const state = restoreTensors('ConvAutoencoder.load', this.kind, saved, blank.state);
    this.#replace(parameters, state, saved.facts);
  }

  /**
   * One ONNX file from the picture to the decision: inputs `image` (uint8 `[1, height, width, channels]`) and `threshold`,
   * outputs `score`, `map` (at the network's size) and `defective`.
   *
   * @param options - default threshold, metadata
   * @returns the bytes of the file
   */
  async toOnnx(options: ToOnnxOptions = {}): Promise<Uint8Array> {
    const { parameters, state } = this.#need('toOnnx');
    await tf.ready();
    return exportNetwork({
      kind: this.kind,
      score: this.#scoring(parameters, state),
      prepare: preparation(this.options),
      units: 'mean squared error of values in [0, 1]',
      options,
    });
  }

  /** Frees graphs; idempotent. */
  dispose(): void {
    this.#learned?.scorer.dispose();
    this.#learned = undefined;
    this.#disposed = true;
  }
}
