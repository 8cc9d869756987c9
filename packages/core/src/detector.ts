import type { Images } from './image.js';
import type { AnomalyMap } from './ndarray.js';
import type { LongCallOptions } from './progress.js';

/** Where a computation runs. `auto` picks the best device here and says which. */
export type Device = 'cpu' | 'webgpu' | 'wasm' | 'tfjs' | 'auto';

/** What a detector says of one image. */
export interface Detection {
  /** Anomaly score of the image: raw, in the detector's own units, higher = more anomalous, never clamped. */
  readonly score: number;
  /** Anomaly score per pixel of the image as it was given, shape `[image.height, image.width]`; absent if the detector does not localise. */
  readonly map?: AnomalyMap;
}

/** Options of {@link Detector.fit}. */
export interface FitOptions extends LongCallOptions {
  /** Good images held out from training, for early stopping. Without them the detector holds out a part of `images` itself. */
  validation?: Images;
  /** Seed of everything random. @defaultValue 0 */
  seed?: number;
  /** Where to train. @defaultValue 'auto' */
  device?: Device;
}

/** Options of {@link Detector.score}. */
export interface ScoreOptions extends LongCallOptions {
  /** Whether to compute maps. @defaultValue true */
  maps?: boolean;
  /** Where to run. @defaultValue 'auto' */
  device?: Device;
}

/** A float32 tensor of a saved detector, named. */
export interface NamedTensor {
  /** Size of each axis. */
  readonly shape: readonly number[];
  /** Row-major values. */
  readonly data: Float32Array;
}

/** Everything a fitted detector has learned, as plain data: what a bundle stores. */
export interface DetectorState {
  /** Which detector, for example `conv-autoencoder`. */
  readonly kind: string;
  /** The complete options it was made with, defaults filled in; JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Facts learned beside the tensors (epochs run, losses, ...); JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Learned tensors by name. */
  readonly tensors: Readonly<Record<string, NamedTensor>>;
}

/** Options of {@link Detector.toOnnx}. */
export interface ToOnnxOptions {
  /** Threshold that becomes the default of the graph's `threshold` input. */
  threshold?: number;
  /** Extra metadata written into the file. */
  metadata?: Readonly<Record<string, string>>;
}

/**
 * What every detector implements; the manners are scikit-learn's. Options go to the constructor and nothing is learned
 * there. `fit` replaces whatever was learned before and resolves to the detector itself; when it fails or is cancelled,
 * what was learned before is kept. Thresholds are not part of a detector.
 */
export interface Detector {
  /** Name in the registry and in bundles, for example `conv-autoencoder`. */
  readonly kind: string;
  /** The options with defaults filled in; JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether it has learned something. */
  readonly fitted: boolean;
  /** Facts learned beside the tensors, as in {@link DetectorState}; `warnings`, a list of texts, is told to the user. Absent before `fit`. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
  /** Learns from images of good parts. */
  fit(images: Images, options?: FitOptions): Promise<this>;
  /** Scores images, in order, one {@link Detection} each. */
  score(images: Images, options?: ScoreOptions): Promise<Detection[]>;
  /** The same, one at a time as they are ready, holding a bounded number in memory. */
  scoreEach(images: Images, options?: ScoreOptions): AsyncGenerator<Detection, void, void>;
  /** What was learned, as plain data. Throws NotFittedError. The arrays are copies. */
  save(): DetectorState;
  /** Restores what {@link Detector.save} returned; options come from the state's own constructor call. */
  load(state: DetectorState): void;
  /** One ONNX file: pre-processing, network, map and image score. Throws NotFittedError. */
  toOnnx(options?: ToOnnxOptions): Promise<Uint8Array>;
  /** Frees sessions and tensors; idempotent. Afterwards every other call throws DisposedError. */
  dispose(): void;
}
