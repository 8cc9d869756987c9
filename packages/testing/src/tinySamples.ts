import { createRandom } from '@adlib/core';
import type { Image, Mask } from '@adlib/core';
import { plantDefect, tinyParts, type TinyPartsOptions } from './tinyParts.js';

/** A sample of a data set, of the form of `Sample` in `@adlib/datasets`. */
export interface TinySample {
  /** Unique name. */
  readonly id: string;
  /** Ground truth. */
  readonly label: 'good' | 'defective';
  /** Defect type. */
  readonly defect: string;
  /** Not said. */
  readonly split: undefined;
  /** A seeded content hash; equal pixels have equal hashes. */
  hash(): Promise<string>;
  /** The picture, a new one each time. */
  image(): Promise<Image>;
  /** The ground truth of a defective picture. */
  mask?(): Promise<Mask>;
}

/** Options of {@link tinySamples}. */
export interface TinySamplesOptions extends Omit<TinyPartsOptions, 'count'> {
  /** Good pictures. @defaultValue 8 */
  good?: number;
  /** Defective pictures, alternately of the types `dots` and `spots`. @defaultValue 0 */
  defective?: number;
  /** Whether defective pictures have masks. @defaultValue true */
  masks?: boolean;
  /** Begins every id. @defaultValue 'tiny' */
  prefix?: string;
}

/**
 * Seeded samples in memory, without a file: good {@link tinyParts}, then ones with a {@link plantDefect}.
 *
 * @param options - how many of each, and how they look
 * @returns the samples
 * @example
 * ```ts
 * import { tinySamples } from '@adlib/testing';
 * console.log(tinySamples({ good: 1, defective: 1 }).map((s) => s.defect)); // good, dots
 * ```
 */
export function tinySamples(options: TinySamplesOptions = {}): TinySample[] {
  const { good = 8, defective = 0, masks = true, prefix = 'tiny', ...parts } = options;
  if (good + defective === 0) return [];
  const images = tinyParts({ ...parts, count: good + defective });
  return images.map((part, i): TinySample => {
    const number = String(i).padStart(3, '0');
    if (i < good) return sampleOf(`${prefix}/good/${number}`, 'good', part);
    const { image, mask } = plantDefect(part, i);
    const defect = (i - good) % 2 === 0 ? 'dots' : 'spots';
    const sample = sampleOf(`${prefix}/${defect}/${number}`, defect, image);
    if (!masks) return sample;
    return { ...sample, mask: () => Promise.resolve({ ...mask, data: mask.data.slice() }) };
  });
}

function sampleOf(id: string, defect: string, image: Image): TinySample {
  return {
    id,
    label: defect === 'good' ? 'good' : 'defective',
    defect,
    split: undefined,
    hash: () => Promise.resolve(pixelHash(image)),
    image: () => Promise.resolve({ ...image, data: image.data.slice() }),
  };
}

/** 64 hex digits that depend on every pixel; not SHA-256, which core has no need of. */
function pixelHash({ data, width }: Image): string {
  let state = width >>> 0;
  for (const value of data) state = (Math.imul(state ^ Math.round(value * 65535), 0x01000193) + 0x9e3779b9) >>> 0;
  const random = createRandom(state);
  return Array.from({ length: 8 }, () =>
    random
      .integer(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}
