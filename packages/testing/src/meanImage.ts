import {
  assertFinite,
  assertFiniteImage,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  breathe,
  DisposedError,
  ndarray,
  NotFittedError,
  resizeBilinear,
  toChannels,
  toCollection,
  toFloat,
  UnsupportedDeviceError,
} from '@adlib/core';
import type { Detection, Detector, DetectorState, FitOptions, Image, Images, ScoreOptions } from '@adlib/core';

/** Options of {@link MeanImage}. */
export interface MeanImageOptions {
  /** Side of the square the pictures are compared at, in pixels. @defaultValue 24 */
  size?: number;
  /** Added to the variance, in squared brightness of [0, 1]. @defaultValue 1e-3 */
  epsilon?: number;
}

/**
 * The simplest honest detector: each pixel's mean and variance over the good pictures, score
 * `max (x - mean)^2 / (variance + epsilon)`. It implements the whole contract but the ONNX export, so that what works
 * with detectors can be tested in milliseconds.
 *
 * @example
 * ```ts
 * import { MeanImage, tinyParts } from '@adlib/testing';
 * const detector = await new MeanImage().fit(tinyParts());
 * console.log((await detector.score(tinyParts({ count: 1, seed: 9 })))[0]!.score);
 * ```
 */
export class MeanImage implements Detector {
  readonly kind = 'mean-image';
  readonly options: { readonly size: number; readonly epsilon: number };
  #learned: { mean: Float32Array; variance: Float32Array; images: number } | undefined;
  #disposed = false;

  /** @param options - working size and regularisation */
  constructor(options: MeanImageOptions = {}) {
    const { size = 24, epsilon = 1e-3 } = options;
    assertKnownOptions('MeanImage', options, ['size', 'epsilon']);
    assertInteger('MeanImage', 'size', size, 1, 1024);
    assertFinite('MeanImage', 'epsilon', epsilon, 1e-12);
    this.options = { size, epsilon };
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#learned !== undefined;
  }

  /** Learns mean and variance; one pass. */
  async fit(images: Images, options: FitOptions = {}): Promise<this> {
    this.#assertUsable('fit');
    assertKnownOptions('MeanImage.fit', options, ['validation', 'seed', 'device', 'onProgress', 'signal']);
    assertDevice('MeanImage.fit', options.device);
    const collection = toCollection(images);
    if (collection.length === 0) throw new RangeError('MeanImage.fit: images must have 1 or more images, got 0.');
    const length = this.options.size ** 2 * 3;
    const sum = new Float64Array(length);
    const squares = new Float64Array(length);
    for (let i = 0; i < collection.length; i++) {
      await breathe(options.signal);
      const values = this.#prepare('MeanImage.fit', await collection.get(i));
      for (let p = 0; p < length; p++) {
        sum[p]! += values[p]!;
        squares[p]! += values[p]! ** 2;
      }
      options.onProgress?.({ stage: 'train', done: i + 1, total: collection.length });
    }
    options.signal?.throwIfAborted();
    this.#assertUsable('fit');
    const n = collection.length;
    const mean = Float32Array.from(sum, (s) => s / n);
    const variance = Float32Array.from(squares, (s, p) => Math.max(0, s / n - (sum[p]! / n) ** 2));
    this.#learned = { mean, variance, images: n };
    return this;
  }

  /** Scores images, in order. */
  async score(images: Images, options: ScoreOptions = {}): Promise<Detection[]> {
    const detections: Detection[] = [];
    for await (const detection of this.scoreEach(images, options)) detections.push(detection);
    return detections;
  }

  /** Scores images one at a time. */
  async *scoreEach(images: Images, options: ScoreOptions = {}): AsyncGenerator<Detection, void, void> {
    this.#assertUsable('scoreEach');
    assertKnownOptions('MeanImage.scoreEach', options, ['maps', 'device', 'onProgress', 'signal']);
    assertDevice('MeanImage.scoreEach', options.device);
    const { maps = true } = options;
    const collection = toCollection(images);
    this.#fitted('scoreEach');
    for (let i = 0; i < collection.length; i++) {
      await breathe(options.signal);
      const image = await collection.get(i);
      const detection = this.#detect(image, maps);
      options.onProgress?.({ stage: 'score', done: i + 1, total: collection.length });
      yield detection;
    }
  }

  #detect(image: Image, maps: boolean): Detection {
    const { mean, variance } = this.#fitted('score');
    const values = this.#prepare('MeanImage.score', image);
    const { size, epsilon } = this.options;
    const map = new Float32Array(size * size);
    for (let p = 0; p < values.length; p++) {
      map[Math.floor(p / 3)]! += (values[p]! - mean[p]!) ** 2 / (variance[p]! + epsilon) / 3;
    }
    const score = map.reduce((a, b) => Math.max(a, b));
    if (!maps) return { score };
    const shape = [image.height, image.width] as const;
    return { score, map: ndarray(resizeBilinear(map, [size, size], shape), shape) };
  }

  #prepare(fn: string, image: Image): Float32Array {
    assertFiniteImage(fn, 'image', image);
    const rgb = toChannels(toFloat(image), 3);
    return resizeBilinear(rgb.data, [image.height, image.width], [this.options.size, this.options.size], 3);
  }

  /** What was learned, as copies. */
  save(): DetectorState {
    this.#assertUsable('save');
    const { mean, variance, images } = this.#fitted('save');
    const shape = [this.options.size, this.options.size, 3];
    const tensors = { mean: { shape, data: mean.slice() }, variance: { shape, data: variance.slice() } };
    return { kind: this.kind, options: { ...this.options }, facts: { images }, tensors };
  }

  /** Restores what {@link MeanImage.save} returned. */
  load(state: DetectorState): void {
    this.#assertUsable('load');
    if (state.kind !== this.kind) {
      throw new RangeError(`MeanImage.load: state.kind must be '${this.kind}', got '${state.kind}'.`);
    }
    const [mean, variance] = ['mean', 'variance'].map((name) => {
      const data = state.tensors[name]?.data;
      if (data?.length !== this.options.size ** 2 * 3) {
        throw new RangeError(
          `MeanImage.load: state.tensors.${name} must have ${this.options.size}×${this.options.size}×3 values.`,
        );
      }
      return data.slice();
    });
    this.#learned = { mean: mean!, variance: variance!, images: Number(state.facts['images']) };
  }

  /** Not offered: always rejects once it is fitted. */
  async toOnnx(): Promise<Uint8Array> {
    await Promise.resolve();
    this.#assertUsable('toOnnx');
    this.#fitted('toOnnx');
    throw new Error('MeanImage.toOnnx: this detector has no ONNX export.');
  }

  /** Drops what was learned; idempotent. */
  dispose(): void {
    this.#learned = undefined;
    this.#disposed = true;
  }

  #assertUsable(call: string): void {
    if (this.#disposed) throw new DisposedError(`MeanImage.${call}`);
  }

  #fitted(call: string): { mean: Float32Array; variance: Float32Array; images: number } {
    this.#assertUsable(call);
    if (this.#learned === undefined) throw new NotFittedError(`MeanImage.${call}`);
    return this.#learned;
  }
}

function assertDevice(fn: string, device: unknown): void {
  if (device === undefined) return;
  assertOneOf(fn, 'device', device, ['cpu', 'webgpu', 'wasm', 'tfjs', 'auto']);
  if (device !== 'auto' && device !== 'cpu') {
    throw new UnsupportedDeviceError(`${fn}: device '${device}' is not offered by this detector. Use 'cpu'.`);
  }
}
