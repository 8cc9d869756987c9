import type { Image } from '@adlib/core';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { legacyNormal } from '../test/legacyNoise.js';
import { patternPair } from '../test/pattern.js';
import { fourGSsim } from './fourGSsim.js';
import { fourMsGSsim } from './fourMsGSsim.js';
import { fourMsSsim } from './fourMsSsim.js';
import { fourSsim } from './fourSsim.js';
import { gSsim } from './gSsim.js';
import { msGSsim } from './msGSsim.js';
import { msSsim } from './msSsim.js';
import type { SimilarityOptions, SimilarityVariant } from './similarityOptions.js';
import { ssim } from './ssim.js';

const measures = { ssim, msSsim, gSsim, msGSsim, fourSsim, fourMsSsim, fourGSsim, fourMsGSsim };
type Name = keyof typeof measures;
const names = Object.keys(measures) as Name[];

interface Golden {
  family: { size: [number, number]; variant: SimilarityVariant; values: Record<Name, number> }[];
  small: {
    x: number[];
    y: number[];
    settings: {
      name: string;
      options: SimilarityOptions<SimilarityVariant | 'skimage'>;
      value: number;
      map: number[];
    }[];
  };
  camera: { noisySum: number; default: number; gaussian: number; gaussianSample: number };
}
const fixture = golden('scores_similarity') as Golden;
const torch = golden('scores_torch') as { rows: { size: [number, number]; msSsim: number }[] };
const colour = (values: number[]): Image => ({ data: Uint8Array.from(values), width: 22, height: 15, channels: 3 });
const x = colour(fixture.small.x);
const y = colour(fixture.small.y);

describe.each(fixture.family)('$variant on $size', ({ size, variant, values }) => {
  const [a, b] = patternPair(...size);
  test.each(names)('%s equals the oracle', (name) => {
    expect(measures[name](a, b, { variant }).similarity).toBeCloseTo(values[name], 9);
  });
});

test.each(torch.rows)('MS-SSIM equals pytorch-msssim on $size', ({ size, msSsim: expected }) => {
  expect(msSsim(...patternPair(...size)).similarity).toBeCloseTo(expected, 9);
});

describe('ssim', () => {
  test.each(fixture.small.settings)('equals scikit-image, 15x22 colour, $name', ({ options, value, map }) => {
    const result = ssim(x, y, options);
    expect(result.similarity).toBeCloseTo(value, 12);
    expect(result.score).toBe(1 - result.similarity);
    expect(result.map.shape).toEqual([15, 22]);
    expectClose(result.map.data, map, { atol: 2e-7 });
  });

  test("gives scikit-image's figures for the camera picture and its noisy copy", async () => {
    const file = fileURLToPath(new URL('../../../fixtures/scores_camera.png', import.meta.url));
    const pixels = new Uint8Array(await sharp(file).toColourspace('b-w').raw().toBuffer());
    const noise = legacyNormal(5, pixels.length);
    const noisy = pixels.map((v, i) => Math.trunc(Math.min(255, Math.max(0, v + 20 * noise[i]!))));
    expect(noisy.reduce((sum, v) => sum + v, 0)).toBe(fixture.camera.noisySum);
    const camera: Image = { data: pixels, width: 512, height: 512, channels: 1 };
    const other: Image = { ...camera, data: noisy };
    expect(ssim(camera, other, { variant: 'skimage' }).similarity).toBeCloseTo(0.3674518327910367, 12);
    const gaussian = ssim(camera, other).similarity;
    expect(gaussian).toBeCloseTo(fixture.camera.gaussian, 12);
    expect(Math.abs(gaussian - 0.357959)).toBeLessThan(1.5e-3 / 2); // IPOL, three decimals
    expect(ssim(camera, other, { sampleCovariance: true }).similarity).toBeCloseTo(fixture.camera.gaussianSample, 12);
  });

  test('is symmetric, and the same in 8 bit, 16 bit and float', () => {
    const value = ssim(x, y).similarity;
    expect(ssim(y, x).similarity).toBeCloseTo(value, 14);
    const wide = { ...x, data: Uint16Array.from(fixture.small.x, (v) => v * 257) };
    const float = { ...y, data: Float32Array.from(fixture.small.y, (v) => v / 255) };
    expect(ssim(wide, float).similarity).toBeCloseTo(value, 6);
  });

  test('of constant images is the luminance term', () => {
    const flat = (v: number): Image => ({
      data: new Float32Array(12 * 17).fill(v),
      width: 17,
      height: 12,
      channels: 1,
    });
    const l = (2 * 0.25 * 0.75 + 1e-4) / (0.25 ** 2 + 0.75 ** 2 + 1e-4);
    expect(ssim(flat(0.25), flat(0.75)).similarity).toBeCloseTo(l, 9);
    expect(ssim(flat(0), flat(0), { variant: 'zd' }).similarity).toBe(1);
  });

  test('stays in [-1, 1] and is negative for an inverted image', () => {
    const [a] = patternPair(40, 56);
    const inverted = { ...a, data: Float32Array.from(a.data, (v) => 1 - v) };
    const { similarity, map } = ssim(a, inverted);
    expect(similarity).toBeLessThan(0);
    expect(similarity).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...map.data)).toBeLessThanOrEqual(2);
  });

  test('keeps a NaN within the reach of the window', () => {
    const broken = { ...y, data: Float32Array.from(fixture.small.y, (v) => v / 255) };
    broken.data[(7 * 22 + 11) * 3] = NaN;
    for (const variant of ['wang', 'skimage'] as const) {
      const { similarity, map } = ssim(x, broken, { variant });
      const reach = variant === 'wang' ? 5 : 3;
      expect(similarity).toBeNaN();
      expect(map.get(7, 11 + reach)).toBeNaN();
      expect(map.get(7, 11 + reach + 1)).not.toBeNaN();
      expect(map.get(7 - reach - 1, 11)).not.toBeNaN();
    }
  });
});

describe.each(names)('%s', (name) => {
  const measure = measures[name];
  test.each(['wang', 'zd'] as const)('is 1 for equal images and has a map of their size (%s)', (variant) => {
    const [a, b] = patternPair(176, 181);
    const same = measure(a, a, { variant });
    expect(same.similarity).toBeCloseTo(1, 12);
    expect(same.score).toBeCloseTo(0, 12);
    expectClose(same.map.data, new Float32Array(176 * 181), { atol: 1e-7 });
    const { map, score } = measure(a, b, { variant });
    expect(map.shape).toEqual([176, 181]);
    expect(score).toBeGreaterThan(0);
    // The damaged square stands out.
    const mean = (top: number, left: number): number =>
      map
        .hi(top + 10, left + 10)
        .lo(top, left)
        .get(5, 5);
    expect(mean(85, 100)).toBeGreaterThan(mean(20, 20));
  });

  test('takes colour per channel or as grey', () => {
    const options = { small: 'shrink', windowSize: 5 } as const;
    const each = measure(x, y, { ...options, color: 'channels' }).similarity;
    const grey = measure(x, y, { ...options, color: 'grey' }).similarity;
    expect(Math.abs(each - grey)).toBeGreaterThan(1e-5);
    expect(each).toBeLessThan(1);
  });

  test('refuses images that are too small, unless told to shrink', () => {
    const least = name.toLowerCase().includes('ms') ? 176 : 11;
    const [a, b] = patternPair(9, 10);
    expect(() => measure(a, b)).toThrow(
      new RegExp(`^${name}: image must be at least (11×11|${least}×${least}) .* got 9×10`),
    );
    const { similarity } = measure(a, b, { small: 'shrink' });
    expect(similarity).toBeGreaterThan(0);
    expect(similarity).toBeLessThan(1);
    const tiny: Image = { data: new Float32Array(10), width: 5, height: 2, channels: 1 };
    expect(() => measure(tiny, tiny, { small: 'shrink' })).toThrow('at least 3×3');
  });

  test('refuses wrong options and images', () => {
    expect(() => measure(x, patternPair(15, 22)[0])).toThrow(`${name}: reconstruction must have the size of image`);
    expect(() => measure(x, y, { windowSize: 8 })).toThrow(`${name}: windowSize must be odd, got 8.`);
    expect(() => measure(x, y, { sigmas: 1 } as never)).toThrow('got sigmas');
    expect(() => measure(x, y, { variant: 'other' as never })).toThrow("got 'other'");
    expect(() => measure(x, y, { dataRange: 0 })).toThrow(RangeError);
    expect(() => measure(x, y, { sampleCovariance: 1 as never })).toThrow(TypeError);
    expect(() => measure({} as never, y)).toThrow(TypeError);
  });
});

test('the canonical 4-SSIM depends on which image is the reference', () => {
  const [a, b] = patternPair(60, 80);
  expect(fourSsim(a, b).similarity).not.toBeCloseTo(fourSsim(b, a).similarity, 4);
});
