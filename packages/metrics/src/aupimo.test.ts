import { readFileSync } from 'node:fs';
import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { aupimo } from './aupimo.js';

interface Golden {
  aupimo: {
    name: string;
    bounds: [number, number];
    thresholds: number;
    points: number;
    scores: (number | null)[];
    images: { shape: [number, number]; scores: number[]; mask: number[] }[];
  }[];
}
const url = new URL('../../../fixtures/metrics_regions.json', import.meta.url);
const golden = (JSON.parse(readFileSync(url, 'utf8')) as Golden).aupimo;

function mapsOf(images: Golden['aupimo'][0]['images']) {
  return images.map(({ shape: [height, width], scores, mask }) => ({
    map: { data: Float32Array.from(scores), width, height },
    mask: { data: mask, width, height },
  }));
}

test.each(golden)('equals the published procedure: $name', async ({ bounds, thresholds, points, scores, images }) => {
  const result = await aupimo(mapsOf(images), { fprBounds: bounds, thresholds });
  expect(result.points).toBe(points);
  scores.forEach((value, i) => {
    if (value === null) expect(result.perImage[i]).toBeNaN();
    else expect(result.perImage[i]).toBeCloseTo(value, 9);
  });
  const own = scores.filter((v) => v !== null);
  expect(result.mean).toBeCloseTo(own.reduce((a, b) => a + b) / own.length, 9);
  expect(result.median).toBeGreaterThan(0);
});

test('the worked example', async () => {
  const { images } = golden[0]!;
  const { perImage, points, warnings } = await aupimo(mapsOf(images), { fprBounds: [0.05, 0.5], thresholds: 101 });
  expect(points).toBe(44);
  expect(perImage[2]).toBeCloseTo(0.8951302609, 9);
  expect(warnings[0]).toMatch(/Only 44 thresholds/);
});

describe('edges', () => {
  const ramp = { data: Float32Array.from({ length: 2000 }, (_, i) => (i * 37) % 2000), width: 50, height: 40 };
  const mask = { data: ramp.data.map((_, i) => (i < 9 ? 1 : 0)), width: 50, height: 40 };
  const shifted = (by: number) => ({ ...ramp, data: ramp.data.map((v, i) => (i < 9 ? by : v)) });
  const options = { fprBounds: [0.01, 0.2] as const, thresholds: 4000 };

  test('a perfect image scores 1, a blind one 0, chance what is stated', async () => {
    const maps = [{ map: ramp }, { map: shifted(5000), mask }, { map: shifted(-1), mask }];
    const { perImage, chance } = await aupimo(maps, options);
    expect(perImage[1]).toBeCloseTo(1, 2);
    expect(perImage[2]).toBe(0);
    expect(chance).toBeCloseTo(0.19 / Math.log(20), 14);
  });

  test('good pixels of defective images do not count', async () => {
    const hot = shifted(1990);
    const other = { ...hot, data: hot.data.map((v, i) => (i < 9 ? v : 9999)) };
    const [a, b] = [
      await aupimo([{ map: ramp }, { map: hot, mask }], options),
      await aupimo([{ map: ramp }, { map: other, mask }], options),
    ];
    expect(a.perImage[1]).toBe(b.perImage[1]);
  });

  test('refuses what it cannot compute', async () => {
    const maps = [{ map: ramp }, { map: shifted(5000), mask }];
    await expect(aupimo(maps)).rejects.toThrow(
      /fprBounds must be at least 0\.0005, the lowest rate .* got 0\.00001|got 0\.0001/,
    );
    await expect(aupimo(maps, { ...options, thresholds: 50 })).rejects.toThrow(/31 thresholds or more/);
    await expect(aupimo([{ map: ramp }])).rejects.toThrow(/no defective image/);
    await expect(aupimo([{ map: ramp, mask }])).rejects.toThrow(/no good image/);
    await expect(aupimo([])).rejects.toThrow(RangeError);
    await expect(aupimo(maps, { fprBounds: [0.2, 0.1] })).rejects.toThrow(/\[lower, upper\]/);
    await expect(aupimo([{ map: shifted(Infinity) }, ...maps], options)).rejects.toThrow(/finite/);
  });
});

test.each([25, 40, 400, 4000])(
  'an outlier that makes %i thresholds coarse: equal to every threshold tried',
  async (thresholds) => {
    const random = createRandom(8);
    const noise = () => Float32Array.from({ length: 2000 }, () => random.normal());
    const good = [noise(), noise(), noise()];
    good[1]![77] = 50;
    const own = noise();
    const mask = own.map((_, i) => (i % 90 === 0 ? 1 : 0));
    const levels = Array.from({ length: thresholds }, (_, i) => {
      const low = Math.min(...good.map((g) => g.reduce((a, b) => Math.min(a, b))));
      return Math.fround(i === thresholds - 1 ? 50 : low + (i * (50 - low)) / (thresholds - 1));
    });
    const share = (g: Float32Array, t: number) => g.filter((v) => v >= t).length / g.length;
    const fpr = levels.map((t) => good.reduce((sum, g) => sum + share(g, t), 0) / 3);
    const bounds = [0.0002, 0.05] as const;
    const [last, first] = bounds.map((b) => {
      const gaps = fpr.map((rate) => Math.abs(rate - b));
      return gaps.indexOf(Math.min(...gaps));
    }) as [number, number];
    const marked = own.map((v, i) => (mask[i] === 1 ? v + 2 : v));
    const defect = marked.filter((_, i) => mask[i] === 1);
    let area = 0;
    for (let i = first + 1; i <= last; i++) {
      area += (Math.log(fpr[i - 1]! / fpr[i]!) * (share(defect, levels[i - 1]!) + share(defect, levels[i]!))) / 2;
    }
    const of = (data: Float32Array) => ({ data, width: 50, height: 40 });
    const maps = [{ map: of(marked), mask: of(mask) }, ...good.map((g) => ({ map: of(g) }))];
    const ours = await aupimo(maps, { fprBounds: bounds, thresholds, minPoints: 2 });
    expect(ours.points).toBe(last - first + 1);
    expect(ours.perImage[0]).toBeCloseTo(area / Math.log(bounds[1] / bounds[0]), 12);
  },
);
