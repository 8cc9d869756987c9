import { assertInteger, assertKnownOptions, assertOneOf, createRandom, maxValue } from '@adlib/core';
import type { Image, Mask, Random } from '@adlib/core';

/** How the pixels of a picture are stored. */
export type PixelKind = 'uint8' | 'uint16' | 'float32';

/** Options of {@link tinyParts}. */
export interface TinyPartsOptions {
  /** Number of pictures. @defaultValue 8 */
  count?: number;
  /** Columns, in pixels. @defaultValue 40 */
  width?: number;
  /** Rows, in pixels. @defaultValue 28 */
  height?: number;
  /** 1 = grey, 3 = colour. @defaultValue 3 */
  channels?: 1 | 3;
  /** How pixels are stored. @defaultValue 'uint8' */
  kind?: PixelKind;
  /** Brightness of the background, in [0, 1]. @defaultValue 0.25 */
  background?: number;
  /** Seed. @defaultValue 0 */
  seed?: number;
}

/**
 * Seeded pictures of a simple good part: a bright ellipse on a shaded background, with small changes of place,
 * brightness and noise from one picture to the next. Not square by default.
 *
 * @param options - how many, how large, how stored
 * @returns new pictures; the same options give the same pixels
 * @throws RangeError if a size is not a positive integer
 * @example
 * ```ts
 * import { tinyParts } from '@adlib/testing';
 * console.log(tinyParts({ count: 2, seed: 1 }).length); // 2
 * ```
 */
export function tinyParts(options: TinyPartsOptions = {}): Image[] {
  const { count = 8, width = 40, height = 28, channels = 3, kind = 'uint8', background = 0.25, seed = 0 } = options;
  assertKnownOptions('tinyParts', options, ['count', 'width', 'height', 'channels', 'kind', 'background', 'seed']);
  for (const [name, value] of Object.entries({ count, width, height })) assertInteger('tinyParts', name, value, 1);
  assertOneOf('tinyParts', 'kind', kind, ['uint8', 'uint16', 'float32']);
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) =>
    drawPart(random.split(i), { width, height, channels, background }, kind),
  );
}

interface Canvas {
  width: number;
  height: number;
  channels: 1 | 3;
  background: number;
}

function drawPart(random: Random, canvas: Canvas, kind: PixelKind): Image {
  const { width, height, channels, background } = canvas;
  const data = newPixels(kind, width * height * channels);
  const scale = kind === 'float32' ? 1 : kind === 'uint8' ? 255 : 65535;
  const [dx, dy, gain] = [random.uniform(-0.02, 0.02), random.uniform(-0.02, 0.02), random.uniform(0.97, 1.03)];
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width - 0.5 + dx;
      const v = (y + 0.5) / height - 0.5 + dy;
      const inside = 1 / (1 + Math.exp(40 * (Math.hypot(u / 0.35, v / 0.3) - 1)));
      for (let c = 0; c < channels; c++) {
        const value = background + 0.1 * (u + 0.5) + inside * (0.35 - 0.05 * c) + random.normal(0, 0.01);
        const clipped = Math.min(1, Math.max(0, gain * value));
        data[at++] = kind === 'float32' ? clipped : Math.round(clipped * scale);
      }
    }
  }
  return { data, width, height, channels };
}

function newPixels(kind: PixelKind, length: number): Image['data'] {
  if (kind === 'uint8') return new Uint8Array(length);
  return kind === 'uint16' ? new Uint16Array(length) : new Float32Array(length);
}

/**
 * Puts a defect on a picture: a block of black and white dots, a quarter of each side, at a seeded place that
 * does not reach the middle.
 *
 * @param image - the picture; not modified
 * @param seed - seed of the place and of the dots
 * @returns the new picture, and the mask of the block
 * @example
 * ```ts
 * import { plantDefect, tinyParts } from '@adlib/testing';
 * const { mask } = plantDefect(tinyParts({ count: 1 })[0]!, 3);
 * console.log(mask.data.includes(1)); // true
 * ```
 */
export function plantDefect(image: Image, seed = 0): { image: Image; mask: Mask } {
  const { width, height, channels } = image;
  const random = createRandom(seed);
  const [blockWidth, blockHeight] = [Math.max(1, width >> 2), Math.max(1, height >> 2)];
  const place = (size: number, block: number) => {
    const start = Math.floor(random.uniform(0.1, 0.25) * size);
    return random.uniform() < 0.5 ? start : size - block - start;
  };
  const left = place(width, blockWidth);
  const top = place(height, blockHeight);
  const data = image.data.slice();
  const mask = new Uint8Array(width * height);
  for (let y = top; y < top + blockHeight; y++) {
    for (let x = left; x < left + blockWidth; x++) {
      const value = random.uniform() < 0.5 ? 0 : maxValue(image);
      mask[y * width + x] = 1;
      data.fill(value, (y * width + x) * channels, (y * width + x + 1) * channels);
    }
  }
  return { image: { data, width, height, channels }, mask: { data: mask, width, height } };
}

/**
 * The same picture stored in another way, with the same brightness: `uint8` to `uint16` and back is exact.
 *
 * @param image - the picture; not modified
 * @param kind - how to store it
 * @returns a new picture
 * @example
 * ```ts
 * import { storeAs, tinyParts } from '@adlib/testing';
 * console.log(storeAs(tinyParts({ count: 1 })[0]!, 'uint16').data.constructor.name); // Uint16Array
 * ```
 */
export function storeAs(image: Image, kind: PixelKind): Image {
  const data = newPixels(kind, image.data.length);
  const scale = (kind === 'float32' ? 1 : kind === 'uint8' ? 255 : 65535) / maxValue(image);
  for (let i = 0; i < data.length; i++) {
    const value = image.data[i]! * scale;
    data[i] = kind === 'float32' ? value : Math.round(value);
  }
  return { ...image, data };
}
