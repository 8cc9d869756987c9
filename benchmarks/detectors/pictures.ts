import { prepareImage, type Image } from '@adlib/core';
import { mvtec } from '@adlib/datasets/node';

/** A test picture at the network's size. */
export interface TestPicture {
  /** 8 bit, RGB. */
  readonly image: Image;
  /** 1 where defective, of the picture's size; absent for a good one and where the layout has none. */
  readonly mask?: { readonly data: Uint8Array; readonly width: number; readonly height: number };
  /** Whether it is defective. */
  readonly defective: boolean;
}

/** A data set at one size, in memory: what both sides are given. */
export interface Pictures {
  /** Name of the data set. */
  readonly name: string;
  /** Good pictures to learn from. */
  readonly train: readonly Image[];
  /** What is tested on. */
  readonly test: readonly TestPicture[];
}

/** Reads an MVTec layout and scales pictures (antialiased bilinear) and masks (nearest) to `size` x `size`. */
export async function readPictures(data: string, size: number): Promise<Pictures> {
  const { name, samples } = await mvtec(data);
  const train: Image[] = [];
  const test: TestPicture[] = [];
  for (const sample of samples) {
    const picture = prepareImage(await sample.image(), { size: [size, size], channels: 3 });
    const image = { ...picture, data: Uint8Array.from(picture.data, (v) => Math.round(255 * v)) };
    if (sample.split === 'train') train.push(image);
    else {
      const mask = sample.label === 'defective' && sample.mask !== undefined ? await sample.mask() : undefined;
      test.push({ image, defective: sample.label === 'defective', ...(mask && { mask: nearest(mask, size) }) });
    }
  }
  return { name, train, test };
}

function nearest({ data, width, height }: { data: Uint8Array; width: number; height: number }, size: number) {
  const at = (i: number, n: number) => Math.floor(((i + 0.5) * n) / size);
  const scaled = Uint8Array.from({ length: size * size }, (_, i) => data[at(Math.floor(i / size), height) * width + at(i % size, width)]!); // prettier-ignore
  return { data: scaled, width: size, height: size };
}
