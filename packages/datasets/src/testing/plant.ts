import type { Image, Mask } from '@adlib/core';
import type { Dataset, Sample } from '../dataset.js';
import { synthetic, type SyntheticKind } from '../synthetic.js';

/**
 * A clean set of drawn parts, each picture drawn once: 16 good for training, 10 good and 10 stained for testing.
 *
 * @param kind - which part
 * @returns the set
 */
export function cleanSet(kind: SyntheticKind): Dataset {
  const drawn = synthetic(kind, { seed: 1, good: 16, testGood: 10, defective: 10, defects: ['stain'], size: 64 });
  return {
    ...drawn,
    samples: drawn.samples.map((sample) => {
      const image = sample.image();
      const hash = sample.hash();
      return { ...sample, image: () => image, hash: () => hash };
    }),
  };
}

/**
 * The set with one sample replaced or added; facts that are not given follow from its id.
 *
 * @param set - the set
 * @param id - id of the sample
 * @param change - its facts, and the id of the sample it is made from
 * @returns a new set
 */
export function planted(set: Dataset, id: string, change: Partial<Sample> & { from?: string }): Dataset {
  const { from = id, ...rest } = change;
  const source = set.samples.find((sample) => sample.id === from)!;
  const label = id.includes('/good/') ? 'good' : 'defective';
  const split = id.startsWith('train') ? 'train' : 'test';
  const sample: Sample = { ...source, id, label, defect: id.split('/')[1]!, split, ...rest };
  const samples = [...set.samples.filter((other) => other.id !== id), sample];
  return { ...set, samples: samples.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/**
 * Another picture made from one of the set's, under a hash of its own.
 *
 * @param set - the set
 * @param from - id of that one
 * @param change - makes the picture
 * @returns facts for {@link planted}
 */
export function remade(
  set: Dataset,
  from: string,
  change: (image: Image) => Image | Promise<Image>,
): Partial<Sample> & { from: string } {
  const source = set.samples.find((sample) => sample.id === from)!;
  return { from, hash: () => Promise.resolve(`remade ${from}`), image: async () => change(await source.image()) };
}

/**
 * The set with some of its pictures changed.
 *
 * @param set - the set
 * @param which - those to change
 * @param change - gets the picture and its place among those
 * @returns a new set
 */
export function changed(
  set: Dataset,
  which: (sample: Sample) => boolean,
  change: (image: Image, index: number) => Image,
): Dataset {
  let count = 0;
  const samples = set.samples.map((sample) => {
    if (!which(sample)) return sample;
    const index = count++;
    return { ...sample, image: async () => change(await sample.image(), index) };
  });
  return { ...set, samples };
}

/**
 * A change of each value.
 *
 * @param f - gets the value, its pixel's place (0..1) and its index
 * @returns the change of a picture
 */
export function mapped(f: (value: number, y: number, x: number, i: number) => number): (image: Image) => Image {
  return (image) => ({
    ...image,
    data: Uint8Array.from(image.data, (v, i) => {
      const pixel = Math.floor(i / image.channels);
      const [y, x] = [Math.floor(pixel / image.width) / image.height, (pixel % image.width) / image.width];
      return Math.min(Math.max(f(v, y, x, i), 0), 255);
    }),
  });
}

/**
 * A mask with a value for each pixel.
 *
 * @param fill - gets a pixel's index
 * @param size - side of the mask
 * @returns facts for {@link planted}
 */
export function masked(fill: (i: number) => number, size = 64): Partial<Sample> {
  const data = Uint8Array.from({ length: size * size }, (_, i) => fill(i));
  return { mask: () => Promise.resolve({ data, width: size, height: size } satisfies Mask) };
}

/**
 * A picture turned by 90° clockwise.
 *
 * @param image - the picture
 * @returns a new one
 */
export function turned(image: Image): Image {
  const { data, width, height, channels } = image;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < height; x++) {
      for (let c = 0; c < channels; c++)
        out[(y * height + x) * channels + c] = data[((height - 1 - x) * width + y) * channels + c]!;
    }
  }
  return { data: out, width: height, height: width, channels };
}

/**
 * A picture with a bright spot of a radius of a fifteenth of the side.
 *
 * @param at - its place, 0..1
 * @returns the change of a picture
 */
export function withSpot(at: readonly [number, number]): (image: Image) => Image {
  return mapped((v, y, x) => (Math.hypot(y - at[0], x - at[1]) < 1 / 15 ? 250 : Math.min(v, 170)));
}
