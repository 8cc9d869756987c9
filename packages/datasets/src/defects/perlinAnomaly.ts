import {
  argumentMessage,
  assertImage,
  assertInteger,
  assertKnownOptions,
  maxValue,
  prepareImage,
  type Image,
  type Mask,
  type Random,
} from '@adlib/core';
import { perlin } from '../perlin.js';
import { assertRange, imageLike, type DefectiveImage } from './common.js';

/** Options of {@link perlinAnomaly}. */
export interface PerlinAnomalyOptions {
  /** Picture whose texture is blended in, of any size. @defaultValue a texture drawn for the occasion */
  texture?: Image;
  /** Share of the picture that is left in the anomaly, drawn evenly (DRAEM's beta). @defaultValue [0, 0.8] */
  opacity?: readonly [number, number];
  /** Smallest and largest exponent of 2 for the noise's cells per side. @defaultValue [0, 5] */
  cells?: readonly [number, number];
  /** Where an anomaly may be: 1 in a mask of the picture's size. @defaultValue everywhere */
  region?: Mask;
}

/**
 * Blends a texture into a picture where Perlin noise is above 0.5: with mask `M`, texture `A` and `b` from `opacity`,
 * `I (1 - M) + (1 - b) A M + b I M`. Where the noise draws an empty mask it is drawn again.
 *
 * @param image - a good picture; not modified
 * @param random - draws everything
 * @param options - texture, strength, coarseness, region. DRAEM's ten changes of the texture are not made
 * @returns a new picture of the same kind and the mask
 * @throws TypeError or RangeError if the image or an option is not valid, or the region is empty
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * import { perlinAnomaly, synthetic } from '@adlib/datasets';
 * const good = await synthetic('screw', { good: 1, size: 96 }).samples.at(-1)!.image();
 * const { image, mask } = perlinAnomaly(good, createRandom(1), { opacity: [0.2, 0.5] });
 * console.log(image.channels, mask.data.includes(1)); // 1 true
 * ```
 * @see Zavrtanik et al., "DRAEM", ICCV 2021, section 3.3
 */
export function perlinAnomaly(image: Image, random: Random, options: PerlinAnomalyOptions = {}): DefectiveImage {
  const { texture, opacity = [0, 0.8], cells = [0, 5], region } = options;
  assertImage('perlinAnomaly', 'image', image);
  assertKnownOptions('perlinAnomaly', options, ['texture', 'opacity', 'cells', 'region']);
  assertRange('perlinAnomaly', 'opacity', opacity, 0, 1);
  cells.forEach((exponent, i) => assertInteger('perlinAnomaly', `cells[${i}]`, exponent, 0, 10));
  assertRange('perlinAnomaly', 'cells', cells, 0, 10);
  if (region !== undefined) assertRegion('perlinAnomaly', image, region);
  const { width, height, channels, data } = image;
  const max = maxValue(image);
  const source =
    texture === undefined
      ? drawTexture(random.split('texture'), height, width, channels)
      : prepareImage(texture, { size: [height, width], channels }).data;
  const mask = drawMask(random.split('mask'), height, width, cells, region);
  const beta = random.split('opacity').uniform(...opacity);
  const values = Float64Array.from(data, (value, i) =>
    mask[Math.floor(i / channels)] === 0 ? value : (1 - beta) * source[i]! * max + beta * value,
  );
  return { image: imageLike(image, values, max), mask: { data: mask, width, height } };
}

/**
 * Throws unless a region has the size of a picture and is not empty.
 *
 * @param fn - caller, for the message
 * @param image - the picture
 * @param region - the region
 */
export function assertRegion(fn: string, image: Image, region: Mask): void {
  const { width, height } = image;
  if (region.width !== width || region.height !== height || region.data.length !== width * height) {
    throw new RangeError(
      argumentMessage(fn, 'region', `a mask of ${height}×${width}`, `${region.height}×${region.width}`),
    );
  }
  if (!region.data.includes(1)) throw new RangeError(`${fn}: region must have a pixel that is 1, got none.`);
}

function drawMask(
  random: Random,
  height: number,
  width: number,
  cells: readonly [number, number],
  region: Mask | undefined,
): Uint8Array {
  const mask = new Uint8Array(height * width);
  for (let attempt = 0; ; attempt++) {
    const source = random.split(attempt);
    const noise = perlin(source);
    const rows = 2 ** (cells[0] + source.integer(cells[1] - cells[0] + 1));
    const columns = 2 ** (cells[0] + source.integer(cells[1] - cells[0] + 1));
    let count = 0;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        mask[i] =
          noise((x * columns) / width, (y * rows) / height) > 0.5 && (region === undefined || region.data[i] === 1)
            ? 1
            : 0;
        count += mask[i]!;
      }
    }
    if (count > 0) return mask;
    if (attempt < 100) continue;
    // A region of a few pixels that no noise has hit: all of it.
    return Uint8Array.from(region?.data ?? mask.fill(1));
  }
}

/** A texture of two colours: noise in octaves, bent into spots or bands. */
function drawTexture(random: Random, height: number, width: number, channels: 1 | 3): Float32Array {
  const noise = perlin(random);
  const frequency = random.uniform(3, 30);
  const bands = random.uniform() < 0.5 ? random.uniform(4, 40) : 0;
  const angle = random.uniform(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const first = Array.from({ length: channels }, () => random.uniform());
  const second = first.map((value) => (value + random.uniform(0.3, 0.7)) % 1);
  const out = new Float32Array(height * width * channels);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const value = noise(u * frequency, v * frequency) + 0.5 * noise(2 * u * frequency + 7, 2 * v * frequency + 7);
      const share = bands === 0 ? 0.5 + 0.7 * value : 0.5 + 0.5 * Math.sin(bands * (u * cos + v * sin) + 3 * value);
      const t = Math.min(Math.max(share, 0), 1);
      for (let c = 0; c < channels; c++, i++) out[i] = first[c]! + t * (second[c]! - first[c]!);
    }
  }
  return out;
}
