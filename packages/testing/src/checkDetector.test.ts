import { toCollection } from '@adlib/core';
import type { Detection, DetectorState, FitOptions, Image, Images, ScoreOptions } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { checkDetector, ContractError } from './checkDetector.js';
import { MeanImage } from './meanImage.js';

const small = { size: 8 };

describe('checkDetector', () => {
  test('an honest detector passes every check', async () => {
    const passed = await checkDetector(() => new MeanImage(small), { onnx: 'unsupported', numTensors: () => 0 });
    expect(passed).toHaveLength(22);
  });

  test('a detector without the export it owes is caught', async () => {
    await expect(checkDetector(() => new MeanImage(small))).rejects.toThrow('toOnnx gives a file');
  });
});

/** Scores as MeanImage does, then changed by a function of the detection and its place. */
abstract class Changed extends MeanImage {
  constructor() {
    super(small);
  }
  abstract change(detection: Detection, index: number, count: number): Detection;
  override async *scoreEach(images: Images, options: ScoreOptions = {}): AsyncGenerator<Detection, void, void> {
    let index = 0;
    const { length } = toCollection(images);
    for await (const detection of super.scoreEach(images, options)) yield this.change(detection, index++, length);
  }
}

let made = 0;
let leaked = 0;

const broken: [what: string, make: () => MeanImage, check: RegExp][] = [
  [
    'a batch-dependent score',
    () =>
      new (class extends Changed {
        change = (d: Detection, _: number, count: number) => ({ ...d, score: d.score / count });
      })(),
    /images beside it/,
  ],
  [
    'an order-dependent score',
    () =>
      new (class extends Changed {
        change = (d: Detection, index: number) => ({ ...d, score: d.score + index });
      })(),
    /images beside it/,
  ],
  [
    'a NaN score',
    () =>
      new (class extends Changed {
        change = (d: Detection) => ({ ...d, score: NaN });
      })(),
    /scores are finite/,
  ],
  [
    'a transposed map',
    () =>
      new (class extends Changed {
        change = (d: Detection) => (d.map === undefined ? d : { ...d, map: d.map.transpose(1, 0) });
      })(),
    /maps are as large as their images/,
  ],
  [
    'a flipped sign',
    () =>
      new (class extends Changed {
        change = (d: Detection) => ({ ...d, score: -d.score });
      })(),
    /planted defect/,
  ],
  [
    'a mirrored map',
    () =>
      new (class extends Changed {
        change = (d: Detection) => (d.map === undefined ? d : { ...d, map: d.map.step(-1, -1) });
      })(),
    /planted defect/,
  ],
  [
    'maps that cannot be switched off',
    () =>
      new (class extends MeanImage {
        override scoreEach = (images: Images, options: ScoreOptions = {}) =>
          MeanImage.prototype.scoreEach.call(this, images, { ...options, maps: true });
      })(small),
    /maps: false/,
  ],
  [
    '16 bit read with half the brightness',
    () =>
      new (class extends MeanImage {
        override scoreEach = (images: Images, options: ScoreOptions = {}) => {
          const collection = toCollection(images);
          const eight = async (i: number) => {
            const image = await collection.get(i);
            return image.data instanceof Uint16Array
              ? { ...image, data: Uint8Array.from(image.data, (v) => v >> 9) }
              : image;
          };
          return MeanImage.prototype.scoreEach.call(this, { length: collection.length, get: eight }, options);
        };
      })(small),
    /stored in 8 bit/,
  ],
  [
    'reading everything before the first detection',
    () =>
      new (class extends MeanImage {
        override async *scoreEach(images: Images, options: ScoreOptions = {}) {
          const collection = toCollection(images);
          const all = [];
          for (let i = 0; i < collection.length; i++) all.push(await collection.get(i));
          yield* super.scoreEach(all, options);
        }
      })(small),
    /reads collections on demand, and may be left early/,
  ],
  [
    'learning in the constructor',
    () =>
      new (class extends MeanImage {
        override get fitted() {
          return true;
        }
      })(small),
    /the constructor/,
  ],
  [
    'a seed that is not kept',
    () =>
      new (class extends Changed {
        readonly #noise = 1 + made++ / 100;
        change = (d: Detection) => ({ ...d, score: d.score * this.#noise });
      })(),
    /same seed/,
  ],
  [
    'a fit that adds to the last one',
    () =>
      new (class extends MeanImage {
        #seen: Images[] = [];
        override async fit(images: Images, options: FitOptions = {}) {
          if (toCollection(images).length > 0 && this.fitted) this.#seen.push(images);
          const all: Image[] = [];
          for (const part of [...this.#seen, images].map(toCollection)) {
            for (let i = 0; i < part.length; i++) all.push(await part.get(i));
          }
          this.#seen = [images];
          return super.fit(all, options);
        }
      })(small),
    /second fit replaces/,
  ],
  [
    'a fit that resolves to something else',
    () =>
      new (class extends MeanImage {
        override async fit(images: Images, options: FitOptions = {}) {
          await super.fit(images, options);
          return new MeanImage(small) as unknown as this;
        }
      })(small),
    /fit resolves to the detector/,
  ],
  [
    'cancellation that forgets what was learned',
    () =>
      new (class extends MeanImage {
        override async fit(images: Images, options: FitOptions = {}) {
          const { signal, ...rest } = options;
          await super.fit(images, rest);
          signal?.throwIfAborted();
          return this;
        }
      })(small),
    /cancelled fit/,
  ],
  [
    'cancellation that is ignored',
    () =>
      new (class extends MeanImage {
        override fit(images: Images, options: FitOptions = {}) {
          return super.fit(images, { ...options, signal: new AbortController().signal });
        }
      })(small),
    /cancelled fit/,
  ],
  [
    'progress that goes backwards',
    () =>
      new (class extends MeanImage {
        override fit(images: Images, options: FitOptions = {}) {
          const { onProgress, ...rest } = options;
          if (onProgress === undefined) return super.fit(images, rest);
          return super.fit(images, { ...rest, onProgress: (e) => onProgress({ ...e, done: e.total! - e.done }) });
        }
      })(small),
    /fit tells its progress/,
  ],
  [
    'misspelt options that are ignored',
    () =>
      new (class extends MeanImage {
        override fit(images: Images, options: FitOptions & { sede?: number } = {}) {
          return super.fit(images, options.sede === undefined ? options : {});
        }
      })(small),
    /unknown options/,
  ],
  [
    'a fit that scribbles on its images',
    () =>
      new (class extends MeanImage {
        override async fit(images: Images, options: FitOptions = {}) {
          await super.fit(images, options);
          if (Array.isArray(images)) (images as { data: Uint8Array }[])[0]!.data[0]! ^= 1;
          return this;
        }
      })(small),
    /leave the images as they were/,
  ],
  [
    'a saved state that shares its arrays',
    () =>
      new (class extends MeanImage {
        #state: DetectorState | undefined;
        override save() {
          this.#state ??= super.save();
          return this.#state;
        }
        override async *scoreEach(images: Images, options: ScoreOptions = {}) {
          if (this.#state !== undefined) this.load(this.#state);
          yield* super.scoreEach(images, options);
        }
      })(small),
    /plain data, copied/,
  ],
  [
    'a load that loses precision',
    () =>
      new (class extends MeanImage {
        override load(state: DetectorState) {
          const { mean, ...rest } = state.tensors;
          const data = mean?.data.map((v) => Math.round(v * 100) / 100);
          if (data === undefined) super.load(state);
          else super.load({ ...state, tensors: { ...rest, mean: { shape: mean!.shape, data } } });
        }
      })(small),
    /restores identical scores/,
  ],
  [
    'a load that takes any kind',
    () =>
      new (class extends MeanImage {
        override load(state: DetectorState) {
          super.load({ ...state, kind: 'mean-image' });
        }
      })(small),
    /load refuses/,
  ],
  [
    'use after dispose',
    () =>
      new (class extends MeanImage {
        override dispose() {
          // Keeps everything.
        }
      })(small),
    /DisposedError/,
  ],
  [
    'a default result before fit',
    () =>
      new (class extends MeanImage {
        override async score(images: Images, options: ScoreOptions = {}) {
          return this.fitted ? super.score(images, options) : [];
        }
      })(small),
    /NotFittedError before fit/,
  ],
  [
    'state shared between calls',
    () =>
      new (class extends MeanImage {
        #index = 0;
        override async *scoreEach(images: Images, options: ScoreOptions = {}) {
          const collection = toCollection(images);
          this.#index = 0;
          const get = () => collection.get(this.#index++ % collection.length);
          yield* super.scoreEach({ length: collection.length, get }, options);
        }
      })(small),
    /two calls at once/,
  ],
  [
    'a leak',
    () =>
      new (class extends MeanImage {
        override async score(images: Images, options: ScoreOptions = {}) {
          leaked++;
          return super.score(images, options);
        }
      })(small),
    /leave no tensor behind/,
  ],
];

describe('checkDetector catches', () => {
  test.each(broken)('%s', async (_, make, check) => {
    const error = await checkDetector(make, { onnx: 'unsupported', numTensors: () => leaked }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ContractError);
    expect(
      (error as ContractError).failed.some((name) => check.test(name)),
      (error as Error).message,
    ).toBe(true);
  });
});
