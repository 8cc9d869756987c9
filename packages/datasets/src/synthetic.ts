import {
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertLength,
  assertOneOf,
  argumentMessage,
  createRandom,
} from '@adlib/core';
import type { Image, Mask } from '@adlib/core';
import type { Dataset, Sample } from './dataset.js';
import { hashPixels } from './hashPixels.js';
import { develop, paintCanvas, type Part } from './synthetic/canvas.js';
import { allSyntheticDefects, applyDefect, syntheticDefects, type SyntheticDefect } from './synthetic/defects.js';
import { screw } from './synthetic/screw.js';
import { weave } from './synthetic/weave.js';

/** Parts that {@link synthetic} can make: a grey screw on a plate, and a coloured woven cloth. */
export type SyntheticKind = 'screw' | 'weave';

/** Options of {@link synthetic}. */
export interface SyntheticOptions {
  /** Seed; the same seed gives the same pictures. @defaultValue 0 */
  seed?: number;
  /** Good pictures for training. @defaultValue 100 */
  good?: number;
  /** Good pictures for testing. @defaultValue 20 */
  testGood?: number;
  /** Defective pictures, shared out evenly among `defects`. @defaultValue 40 */
  defective?: number;
  /** Kinds of defects; `blur` and `misplaced` can be asked for, too. @defaultValue ['dent', 'missing', 'scratch', 'stain'] */
  defects?: readonly SyntheticDefect[];
  /** Side of the square pictures, or `[height, width]`, in pixels; at least 64. @defaultValue 256 */
  size?: number | readonly [number, number];
  /** Largest turn of the part either way, in degrees. @defaultValue 3 for `screw`, 1 for `weave` */
  rotation?: number;
  /** Standard deviation of the camera's noise, in units of full brightness. @defaultValue 0.012 */
  noise?: number;
}

/**
 * A data set of drawn parts with drawn defects, so that everything runs without a download: each picture has its own pose,
 * light and noise, each defective one has one defect and an exact mask. Samples have the names and splits of the MVTec layout.
 * Nothing is kept: a picture is drawn each time it is asked for (a few milliseconds).
 *
 * @param kind - which part
 * @param options - counts, size, seed
 * @returns the data set; `hash` is that of the pixels
 * @throws TypeError or RangeError if an option is not valid
 * @example
 * ```ts
 * import { synthetic } from '@adlib/datasets';
 * const { samples } = synthetic('weave', { seed: 7, good: 3, testGood: 1, defective: 4, size: [96, 128] });
 * const stained = samples.find((sample) => sample.defect === 'stain');
 * console.log(stained?.id, (await stained?.image())?.channels); // test/stain/000.png 3
 * ```
 */
export function synthetic(kind: SyntheticKind, options: SyntheticOptions = {}): Dataset {
  const { seed = 0, good = 100, testGood = 20, defective = 40, defects = syntheticDefects, size = 256 } = options;
  const { rotation = kind === 'screw' ? 3 : 1, noise = 0.012 } = options;
  assertOneOf('synthetic', 'kind', kind, ['screw', 'weave']);
  assertKnownOptions('synthetic', options, [
    'seed',
    'good',
    'testGood',
    'defective',
    'defects',
    'size',
    'rotation',
    'noise',
  ]);
  for (const [name, value] of Object.entries({ good, testGood, defective }))
    assertInteger('synthetic', name, value, 0, 100_000);
  assertFinite('synthetic', 'rotation', rotation, 0, 180);
  assertFinite('synthetic', 'noise', noise, 0, 1);
  defects.forEach((defect, i) => assertOneOf('synthetic', `defects[${i}]`, defect, allSyntheticDefects));
  if (defects.length === 0 && defective > 0) {
    throw new RangeError(argumentMessage('synthetic', 'defects', 'one kind or more', defects));
  }
  const [height, width] = typeof size === 'number' ? [size, size] : size;
  if (typeof size !== 'number') assertLength('synthetic', 'size', size, 2, '[height, width]');
  assertInteger('synthetic', 'size', height, 64, 8192);
  assertInteger('synthetic', 'size', width, 64, 8192);
  const random = createRandom(seed).split(kind);

  const draw = (id: string, defect: SyntheticDefect | undefined): { image: Image; mask: Mask } => {
    const source = random.split(id);
    const pose = source.split('pose');
    const part: Part = kind === 'screw' ? screw(pose, rotation, 1 / Math.min(height, width)) : weave(pose, rotation);
    const canvas = paintCanvas(part, height, width);
    const mask =
      defect === undefined
        ? { data: new Uint8Array(height * width), width, height }
        : applyDefect(canvas, part, defect, source.split('defect'));
    return { image: develop(canvas, source.split('noise'), noise), mask };
  };
  const sample = (split: 'train' | 'test', folder: string, index: number, defect?: SyntheticDefect): Sample => {
    const id = `${split}/${folder}/${String(index).padStart(3, '0')}.png`;
    return {
      id,
      label: defect === undefined ? 'good' : 'defective',
      defect: folder,
      split,
      hash: () => hashPixels(draw(id, defect).image),
      image: () => Promise.resolve(draw(id, defect).image),
      ...(defect === undefined ? {} : { mask: () => Promise.resolve(draw(id, defect).mask) }),
    };
  };
  const samples = [
    ...Array.from({ length: good }, (_, i) => sample('train', 'good', i)),
    ...Array.from({ length: testGood }, (_, i) => sample('test', 'good', i)),
    ...Array.from({ length: defective }, (_, i) => {
      const defect = defects[i % defects.length]!;
      return sample('test', defect, Math.floor(i / defects.length), defect);
    }),
  ];
  samples.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { name: `synthetic-${kind}`, samples, warnings: [] };
}
