import {
  assertKnownOptions,
  ndarray,
  restoreMap,
  toCollection,
  type Detection,
  type Device,
  type Images,
  type PrepareOptions,
  type ScoreOptions,
} from '@adlib/core';
import { compile, type Compiled, type HostTensor } from '@adlib/runtime';
import type * as tf from '@tensorflow/tfjs';
import { imageBatches } from './imageBatches.js';

/**
 * From prepared pictures `[batch, height, width, channels]` and the tensors fed beside them to scores `[batch]` and maps
 * `[batch, rows, columns]`.
 */
export type ScoringFunction = (
  x: tf.Tensor4D,
  fed: Readonly<Record<string, tf.Tensor>>,
) => { score: tf.Tensor; map: tf.Tensor };

/** How a detector scores. */
export interface ScoringParts {
  /** The scoring function; tensors that it captures become constants of the graph. */
  readonly score: ScoringFunction;
  /** Large tensors that are passed at each call and not copied into the graph. */
  readonly fed: Readonly<Record<string, HostTensor>>;
}

/** Runs a detector's scoring function over images: pre-processing, batches, maps back at the images' own size. */
export class NetworkScorer {
  readonly #parts: ScoringParts;
  readonly #prepare: PrepareOptions & { channels: 1 | 3 };
  readonly #compiled = new Map<Device, Compiled<ScoringFunction>>();
  /** Memory for batches that no call is using. */
  readonly #spare = new Map<number, Float32Array>();
  /** Calls of {@link scoreEach} that have begun and not ended. */
  #active = 0;
  #retired = false;

  /**
   * Nothing is compiled yet.
   *
   * @param parts - the scoring function and what is fed to it
   * @param prepare - how images are prepared
   */
  constructor(parts: ScoringParts, prepare: PrepareOptions & { channels: 1 | 3 }) {
    this.#parts = parts;
    this.#prepare = prepare;
  }

  #on(device: Device): Compiled<ScoringFunction> {
    let compiled = this.#compiled.get(device);
    if (compiled === undefined) {
      compiled = compile(this.#parts.score, { device });
      this.#compiled.set(device, compiled);
    }
    return compiled;
  }

  /** Whether a call has begun and not ended. */
  get active(): boolean {
    return this.#active > 0;
  }

  /** Detections in order; see `Detector.scoreEach`. */
  async *scoreEach(fn: string, images: Images, options: ScoreOptions): AsyncGenerator<Detection, void, void> {
    this.#active++;
    try {
      yield* this.#detections(fn, images, options);
    } finally {
      this.#active--;
      if (this.#retired) this.retire();
    }
  }

  async *#detections(fn: string, images: Images, options: ScoreOptions): AsyncGenerator<Detection, void, void> {
    const { maps = true, device = 'auto', onProgress, signal } = options;
    assertKnownOptions(fn, options, ['maps', 'device', 'onProgress', 'signal']);
    const collection = toCollection(images);
    const run = this.#on(device);
    const { size, mode, shorterSide } = this.#prepare;
    const place = { size, ...(mode && { mode }), ...(shorterSide !== undefined && { shorterSide }) };
    const batches = imageBatches(fn, collection, this.#prepare, signal, this.#spare);
    for await (const { start, images: batch, input } of batches) {
      const { score, map } = await run(input, this.#parts.fed);
      const [, rows, columns] = map.shape as [number, number, number];
      for (const [i, image] of batch.entries()) {
        const value = score.data[i]!;
        if (maps) {
          const cells = (map.data as Float32Array).subarray(i * rows * columns, (i + 1) * rows * columns);
          const seen = ndarray(cells, [rows, columns]);
          // What `crop` cut off is no more anomalous than the least of what was seen; 0 may be anomalous.
          const least = mode === 'crop' ? cells.reduce((a, b) => Math.min(a, b)) : 0;
          yield { score: value, map: restoreMap(seen, [image.height, image.width], place, least) };
        } else yield { score: value };
        onProgress?.({ stage: 'score', done: start + i + 1, total: collection.length });
      }
    }
  }

  /** Frees the graphs once no call needs them: what is being scored is scored to its end, as it began. */
  retire(): void {
    this.#retired = true;
    if (this.#active === 0) this.dispose();
  }

  /** Frees the graphs; calls that have not ended throw DisposedError. */
  dispose(): void {
    for (const compiled of this.#compiled.values()) void compiled.dispose();
    this.#compiled.clear();
  }
}
