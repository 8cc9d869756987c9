import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  DisposedError,
  NotFittedError,
  toCollection,
  type Detection,
  type Detector,
  type DetectorState,
  type Device,
  type FitOptions,
  type ImageCollection,
  type Images,
  type LongCallOptions,
  type PrepareOptions,
  type ScoreOptions,
  type ToOnnxOptions,
} from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { exportNetwork } from './exportNetwork.js';
import { NetworkScorer, type ScoringParts } from './networkScorer.js';

/** What a {@link NetworkDetector} learned: what a bundle keeps. */
export interface Learned {
  /** Tensors by the names they are saved under; float32. */
  readonly tensors: Readonly<Record<string, HostTensor>>;
  /** Facts beside them (images, epochs, losses, ...); JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What {@link NetworkDetector.learn} is given. */
export interface LearnContext {
  /** Name of the call, for messages. */
  readonly fn: string;
  /** Good images held out by the caller, if any. */
  readonly validation: ImageCollection | undefined;
  /** Seed of everything random. */
  readonly seed: number;
  /** Device asked for. */
  readonly device: Device;
  /** Progress and cancellation. */
  readonly long: LongCallOptions;
}

/**
 * What detectors that run a network share: the contract of `Detector` around three things that differ. A subclass says how
 * pictures are prepared, how it learns tensors from pictures, and how those tensors score prepared pictures.
 */
export abstract class NetworkDetector<Options extends object> implements Detector {
  /** Name in the registry and in bundles. */
  abstract readonly kind: string;
  /** The options with defaults filled in. */
  readonly options: Options & Readonly<Record<string, unknown>>;
  /** Units of the scores, for the metadata of exported files. */
  protected abstract readonly units: string;
  readonly #name: string;
  #learned: (Learned & { readonly scorer: NetworkScorer }) | undefined;
  /** Scorers of what was learned before that may still be in use. */
  #retired: NetworkScorer[] = [];
  #disposed = false;

  /**
   * Nothing is learned here.
   *
   * @param name - the class's name, for messages
   * @param options - complete options
   */
  protected constructor(name: string, options: Options) {
    this.#name = name;
    this.options = options as Options & Readonly<Record<string, unknown>>;
  }

  /** How pictures are brought to the network. */
  protected abstract preparation(): PrepareOptions & { channels: 1 | 3 };

  /** Learns from good pictures; the caller replaces what was learned before by the result. */
  protected abstract learn(images: ImageCollection, context: LearnContext): Promise<Learned>;

  /** The tensors of a saved state, checked and copied; throws RangeError naming what does not fit. */
  protected abstract restore(fn: string, saved: DetectorState): Readonly<Record<string, HostTensor>>;

  /** How learned tensors score prepared pictures. */
  protected abstract scoring(learned: Learned): ScoringParts;

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /** Facts learned beside the tensors; undefined before `fit`. */
  get facts(): Readonly<Record<string, unknown>> | undefined {
    return this.#learned?.facts;
  }

  /**
   * Learns from images of good parts; what was learned before is replaced, and kept where this fails or is cancelled.
   *
   * @param images - good parts: any sizes, grey or colour, 8 bit, 16 bit or float
   * @param options - held-out images, seed, device, progress, cancellation
   * @returns this detector
   * @throws RangeError for too few images; the signal's reason when cancelled
   */
  async fit(images: Images, options: FitOptions = {}): Promise<this> {
    const { validation, seed = 0, device = 'auto', onProgress, signal } = options;
    const fn = `${this.#name}.fit`;
    assertKnownOptions(fn, options, ['validation', 'seed', 'device', 'onProgress', 'signal']);
    assertInteger(fn, 'seed', seed, 0, 0xffffffff);
    if (this.#disposed) throw new DisposedError(fn);
    signal?.throwIfAborted();
    const held = validation === undefined ? undefined : toCollection(validation);
    const learned = await this.learn(toCollection(images), {
      fn,
      validation: held !== undefined && held.length > 0 ? held : undefined,
      seed,
      device,
      long: { ...(onProgress && { onProgress }), ...(signal && { signal }) },
    });
    signal?.throwIfAborted();
    if (this.#disposed) throw new DisposedError(fn);
    this.#replace(learned);
    return this;
  }

  #replace({ tensors, facts }: Learned): void {
    // Facts are the detector's own; whatever throws does so before anything is changed.
    const own = { tensors, facts: structuredClone(facts) };
    const scorer = new NetworkScorer(this.scoring(own), this.preparation());
    this.#retired = this.#retired.filter(({ active }) => active);
    if (this.#learned !== undefined) {
      this.#learned.scorer.retire();
      this.#retired.push(this.#learned.scorer);
    }
    this.#learned = { ...own, scorer };
  }

  #need(where: string): Learned & { readonly scorer: NetworkScorer } {
    if (this.#disposed) throw new DisposedError(`${this.#name}.${where}`);
    if (this.#learned === undefined) throw new NotFittedError(`${this.#name}.${where}`);
    return this.#learned;
  }

  /**
   * What was learned, without copying; for subclasses.
   *
   * @param where - the call that needs it, for the message
   * @throws NotFittedError, DisposedError
   */
  protected learned(where: string): Learned {
    return this.#need(where);
  }

  /**
   * Replaces what was learned, as `fit` does at its end; for subclasses that learn on.
   *
   * @param learned - tensors and facts
   */
  protected replace(learned: Learned): void {
    if (this.#disposed) throw new DisposedError(this.#name);
    this.#replace(learned);
  }

  /**
   * Scores images in order.
   *
   * @param images - any sizes, grey or colour, 8 bit, 16 bit or float
   * @param options - whether maps are made, device, progress, cancellation
   * @returns one detection per image; scores are raw, higher = more anomalous
   */
  async score(images: Images, options: ScoreOptions = {}): Promise<Detection[]> {
    const detections: Detection[] = [];
    for await (const detection of this.#stream('score', images, options)) detections.push(detection);
    return detections;
  }

  /**
   * Scores images one at a time, 8 in memory.
   *
   * @param images - as for `score`
   * @param options - as for `score`
   * @returns detections as they are ready, in order
   */
  async *scoreEach(images: Images, options: ScoreOptions = {}): AsyncGenerator<Detection, void, void> {
    yield* this.#stream('scoreEach', images, options);
  }

  #stream(where: string, images: Images, options: ScoreOptions): AsyncGenerator<Detection, void, void> {
    return this.#need(where).scorer.scoreEach(`${this.#name}.${where}`, images, options);
  }

  /** What was learned; copies. */
  save(): DetectorState {
    const { tensors, facts } = this.#need('save');
    const copies = Object.entries(tensors)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { shape, data }]) => [name, { shape, data: (data as Float32Array).slice() }] as const);
    const { options } = this;
    return { kind: this.kind, ...structuredClone({ options, facts }), tensors: Object.fromEntries(copies) };
  }

  /**
   * Restores what `save` gave.
   *
   * @param saved - a state of a detector that was made with the same options
   * @throws RangeError if it is another detector's state, or a tensor is missing or of another shape; nothing is changed then
   */
  load(saved: DetectorState): void {
    const fn = `${this.#name}.load`;
    if (this.#disposed) throw new DisposedError(fn);
    if (typeof saved?.facts !== 'object' || saved.facts === null) {
      throw new TypeError(
        argumentMessage(fn, 'state', 'what save() returned, with kind, options, facts and tensors', saved),
      );
    }
    this.#replace({ tensors: this.restore(fn, saved), facts: saved.facts });
  }

  /**
   * One ONNX file from the picture to the decision: input `image` (uint8 `[1, height, width, channels]`), outputs `score` and
   * `map` (at the network's size). With `threshold` that is an input too, whose default is the given one, and `defective` an
   * output.
   *
   * @param options - default threshold, metadata
   * @returns the bytes of the file
   */
  async toOnnx(options: ToOnnxOptions = {}): Promise<Uint8Array> {
    const { score, fed } = this.scoring(this.#need('toOnnx'));
    await tf.ready();
    return exportNetwork({
      kind: this.kind,
      score: (x) => score(x, constants(fed)),
      prepare: this.preparation(),
      units: this.units,
      options,
    });
  }

  /** Frees graphs and what was learned; idempotent. */
  dispose(): void {
    for (const scorer of this.#retired) scorer.dispose();
    this.#retired = [];
    this.#learned?.scorer.dispose();
    this.#learned = undefined;
    this.#disposed = true;
  }
}

/**
 * Host tensors as tfjs tensors; call it inside a traced function, where they become constants of the graph.
 *
 * @param named - tensors by name
 * @returns new tensors by name
 */
export function constants(named: Readonly<Record<string, HostTensor>>): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(named).map(([name, t]) => [name, tf.tensor(t.data, [...t.shape])]));
}
