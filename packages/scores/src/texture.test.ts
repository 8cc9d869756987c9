import { ndarray, type Image } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { glcm } from './glcm.js';
import { glcmFeatures, type GlcmFeatures } from './glcmFeatures.js';
import { haralickFeatures } from './haralickFeatures.js';
import { lbpHistogram, localBinaryPattern, type LbpOptions } from './localBinaryPattern.js';

interface Golden {
  image: number[];
  shape: [number, number];
  glcm: {
    levels: number;
    distances: number[];
    angles: number[];
    raw: number[];
    normal: number[];
    features: Record<keyof GlcmFeatures, number[]>;
  };
  lbp: (Required<LbpOptions> & { codes: number[] })[];
}
const fixture = golden('scores_texture') as Golden;
const image: Image = { data: Uint8Array.from(fixture.image), width: 19, height: 14, channels: 1 };
const { levels, distances, angles } = fixture.glcm;

// The 4x4 example of scikit-image's documentation, symmetric and normalised, distance 1.
const example: Image = {
  data: Uint8Array.from([0, 0, 1, 1, 0, 0, 1, 1, 0, 2, 2, 2, 2, 2, 3, 3]),
  width: 4,
  height: 4,
  channels: 1,
};
const exampleMatrix = glcm(example, { levels: 4, quantize: false });

describe('glcm', () => {
  test('equals scikit-image on 14x19, counts and probabilities, also at 30 degrees', () => {
    const raw = glcm(image, { levels, distances, angles, symmetric: false, normalized: false });
    expect(raw.shape).toEqual([3, 5, 8, 8]);
    expect([...raw.data]).toEqual(fixture.glcm.raw);
    expectClose(glcm(image, { levels, distances, angles }).data, fixture.glcm.normal, { rtol: 1e-14 });
  });

  test('a picture turned by 90 degrees swaps the angles', () => {
    const turned: Image = { data: new Uint8Array(14 * 19), width: 14, height: 19, channels: 1 };
    // Row y, column x goes to row x, column 13 - y: right becomes down, down becomes left.
    for (let y = 0; y < 14; y++) for (let x = 0; x < 19; x++) turned.data[x * 14 + 13 - y] = image.data[y * 19 + x]!;
    const before = glcm(image);
    const after = glcm(turned);
    const at = (m: typeof before, a: number): number[] => [...m.data.subarray(a * 256, (a + 1) * 256)];
    expect(at(after, 2)).toEqual(at(before, 0)); // 0 -> 90
    expect(at(after, 0)).toEqual(at(before, 2)); // 90 -> 0 (symmetric)
    expect(at(after, 3)).toEqual(at(before, 1)); // 45 -> 135
  });

  test('is the same for 8 bit, 16 bit, float and grey RGB', () => {
    const expected = [...glcm(image).data];
    const rgb: Image = { ...image, channels: 3, data: Uint8Array.from(fixture.image.flatMap((v) => [v, v, v])) };
    const wide: Image = { ...image, data: Uint16Array.from(fixture.image, (v) => v * 256) };
    const float: Image = { ...image, data: Float32Array.from(fixture.image, (v) => v / 256) };
    expect([...glcm(rgb).data]).toEqual(expected);
    expect([...glcm(wide).data]).toEqual(expected);
    expect([...glcm(float).data]).toEqual(expected);
    const bright: Image = { data: new Float32Array(6).fill(1), width: 3, height: 2, channels: 1 };
    expect(glcm(bright, { levels: 8 }).get(0, 0, 7, 7)).toBe(1);
  });

  test('no pairs gives zeros; bad values and options are refused', () => {
    expect(Math.max(...glcm(image, { distances: [40] }).data)).toBe(0);
    expect(() => glcm(image, { quantize: false })).toThrow('glcm: image must be of levels 0 to 15, got');
    const broken: Image = { data: new Float32Array([NaN]), width: 1, height: 1, channels: 1 };
    expect(() => glcm(broken)).toThrow(RangeError);
    expect(() => glcm(image, { levels: 1 })).toThrow('glcm: levels must be an integer in [2, 256], got 1.');
    expect(() => glcm(image, { distances: [] })).toThrow(TypeError);
    expect(() => glcm(image, { angle: 0 } as never)).toThrow('got angle');
  });
});

describe('glcmFeatures', () => {
  test('equals scikit-image', () => {
    const matrices = glcm(image, { levels, distances, angles });
    const rows = distances.flatMap((_, d) => angles.map((__, a) => glcmFeatures(matrices.pick(d, a))));
    for (const [name, expected] of Object.entries(fixture.glcm.features) as [keyof GlcmFeatures, number[]][]) {
      expectClose(
        rows.map((row) => row[name]),
        expected,
        { rtol: 1e-12 },
      );
    }
  });

  test('gives the known figures of the 4x4 example', () => {
    const known = [
      [0.5833333333, 0.1458333333, 0.8083333333, 0.7195325543],
      [1.7777777778, 0.1172839506, 0.5111111111, 0.1627906977],
      [1, 0.1388888889, 0.7, 0.4857142857],
      [0.4444444444, 0.1481481481, 0.7777777778, 0.7352941176],
    ];
    known.forEach((expected, a) => {
      const { contrast, asm, homogeneity, correlation } = glcmFeatures(exampleMatrix.pick(0, a));
      expectClose([contrast, asm, homogeneity, correlation], expected, { atol: 1e-10 });
    });
  });

  test('a flat picture: no contrast, correlation 1; zeros; refusals', () => {
    const flat = glcm({ ...image, data: new Uint8Array(14 * 19).fill(9) });
    expect(glcmFeatures(flat.pick(0, 0))).toMatchObject({ contrast: 0, asm: 1, correlation: 1, entropy: 0 });
    expect(glcmFeatures(ndarray(new Float64Array(9), [3, 3]))).toMatchObject({ asm: 0, correlation: 1 });
    expect(() => glcmFeatures(ndarray(new Float64Array(6), [2, 3]))).toThrow('glcmFeatures: matrix must be square');
    expect(() => glcmFeatures(ndarray(new Float64Array([1, NaN, 0, 0]), [2, 2]))).toThrow(RangeError);
  });
});

describe('haralickFeatures', () => {
  test('gives the known figures of the 4x4 example at 0 degrees', () => {
    const expected = [
      0.1458333333, 0.5833333333, 0.7195325543, 1.0399305556, 0.8083333333, 4.5833333333, 3.5763888889, 1.7045514453,
      2.0947290475, 0.4097222222, 0.8239592165, -0.4274787236, 0.824512451, 0.8648417851,
    ];
    expectClose(Object.values(haralickFeatures(exampleMatrix.pick(0, 0))) as number[], expected, { atol: 2e-10 });
  });

  test('independent levels have no correlation of any kind', () => {
    const p = Float64Array.from([0.1, 0.2, 0.3, 0.4].flatMap((a) => [0.4, 0.3, 0.2, 0.1].map((b) => a * b)));
    const f = haralickFeatures(ndarray(p, [4, 4]));
    expect(f.informationCorrelation1).toBeCloseTo(0, 12);
    expect(f.informationCorrelation2).toBeCloseTo(0, 6);
    expect(f.maximalCorrelation).toBeCloseTo(0, 6);
    expect(f.correlation).toBeCloseTo(0, 12);
  });

  test('one level only: finite figures', () => {
    const one = haralickFeatures(ndarray(new Float64Array([0, 0, 0, 5]), [2, 2]));
    expect(Object.values(one).every((v) => Number.isFinite(v))).toBe(true);
    expect(one).toMatchObject({ sumAverage: 4, informationCorrelation1: 0, maximalCorrelation: 0 });
  });
});

describe('localBinaryPattern', () => {
  test.each(fixture.lbp)('equals scikit-image: $points points, radius $radius, $method', ({ codes, ...options }) => {
    expect([...localBinaryPattern(image, options).data]).toEqual(codes);
  });

  test('the histogram sums to 1 and has points + 2 bins', () => {
    const histogram = lbpHistogram(image);
    expect(histogram.length).toBe(10);
    expect(histogram.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(lbpHistogram(image, { method: 'ror', points: 6 }).length).toBe(64);
  });

  test('does not change with brightness, away from the border', () => {
    const darker = { ...image, data: image.data.map((v) => v / 2) } as Image;
    const wide: Image = { ...image, data: Uint16Array.from(image.data, (v) => 3 * v + 100) };
    expect(darker.data).not.toEqual(image.data);
    const a = localBinaryPattern(image, { points: 4 });
    const b = localBinaryPattern(wide, { points: 4 });
    for (let y = 1; y < 13; y++) for (let x = 1; x < 18; x++) expect(b.get(y, x)).toBe(a.get(y, x));
  });

  test('refuses bad options', () => {
    expect(() => localBinaryPattern(image, { points: 25 })).toThrow('localBinaryPattern: points must be an integer');
    expect(() => lbpHistogram(image, { radius: 0 })).toThrow('lbpHistogram: radius must be a finite number');
    expect(() => lbpHistogram(image, { method: 'var' as never })).toThrow("got 'var'");
  });
});
