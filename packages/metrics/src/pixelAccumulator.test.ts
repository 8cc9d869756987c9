import { createRandom, ndarray } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { auroc, averagePrecision, aupro, f1Max, PixelAccumulator, pixelAuroc, proCurve } from './index.js';
import type { MapWithMask } from './index.js';

/** Maps of many sizes, ties within and between them, regions on borders and in corners. */
function example(seed: number, count = 6): MapWithMask[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, k) => {
    const [width, height] = [5 + random.integer(30), 3 + random.integer(20)];
    const mask = new Uint8Array(width * height);
    if (k % 3 !== 2) {
      for (let b = 0; b < 3; b++) {
        const [x0, y0] = [random.integer(width), random.integer(height)];
        for (let y = y0; y < Math.min(y0 + 3, height); y++)
          for (let x = x0; x < Math.min(x0 + 4, width); x++) mask[y * width + x] = 1;
      }
    }
    const data = Float32Array.from(mask, (m) => Math.round(random.normal(m) * 8) / 8);
    return {
      map: { data, width, height },
      mask: { data: mask, width, height },
      group: k % 3 === 2 ? 'good' : `type ${k % 2}`,
    };
  });
}

function pooled(maps: readonly MapWithMask[]): { scores: number[]; labels: number[] } {
  const values = (key: 'map' | 'mask') => maps.flatMap((m) => Array.from(m[key]!.data as ArrayLike<number>));
  return { scores: values('map'), labels: values('mask') };
}

function filled(maps: readonly MapWithMask[], options = {}): PixelAccumulator {
  const pixels = new PixelAccumulator(options);
  for (const { map, mask, group } of maps) pixels.add(map, mask, group);
  return pixels;
}

describe('one pass', () => {
  test('pixels are pooled: figures equal the image metrics on the flat arrays', () => {
    const maps = example(1);
    const { scores, labels } = pooled(maps);
    const pixels = filled(maps);
    expect(pixels.auroc()).toBeCloseTo(auroc(scores, labels), 13);
    expect(pixels.averagePrecision()).toBeCloseTo(averagePrecision(scores, labels), 13);
    const best = f1Max(scores, labels);
    expect(pixels.f1Max()).toMatchObject({ f1: best.f1, precision: best.precision, recall: best.recall });
    expect(pixels.counts()).toMatchObject({ maps: 6, defective: labels.filter((l) => l === 1).length });
  });

  test('groups select images; asking in any order, and adding more later, changes nothing', async () => {
    const maps = example(2, 9);
    const pixels = filled(maps.slice(0, 5));
    pixels.auroc();
    for (const { map, mask, group } of maps.slice(5)) pixels.add(map, mask, group);
    const chosen = maps.filter(({ group }) => group !== 'type 0');
    const groups = ['good', 'type 1'];
    expect(pixels.aupro({ groups })).toBe(await aupro(chosen));
    expect(pixels.auroc({ groups: [...groups, 'good'].reverse() })).toBe(await pixelAuroc(chosen));
    expect(pixels.auroc()).toBe(await pixelAuroc(maps));
    expect(pixels.groups).toEqual(['type 0', 'type 1', 'good']);
    expect(pixels.counts({ groups: ['good'] }).defective).toBe(0);
  });

  test('async iterators, views and plain arrays give the same', async () => {
    const maps = example(3);
    async function* slowly(): AsyncGenerator<MapWithMask> {
      for (const item of maps) {
        await Promise.resolve();
        yield item;
      }
    }
    const views = maps.map(({ map, mask }) => {
      const { data, width, height } = map as { data: Float32Array; width: number; height: number };
      const turned = Float32Array.from(data, (_, i) => data[(i % height) * width + Math.floor(i / height)]!);
      return {
        map: ndarray(turned, [width, height]).transpose(1, 0),
        mask: ndarray(mask!.data as Uint8Array, [height, width]),
      };
    });
    const value = await aupro(maps);
    expect(await aupro(slowly())).toBe(value);
    expect(await aupro(views)).toBe(value);
    expect(
      await aupro(maps.map(({ map, mask }) => ({ map, mask: { ...mask!, data: [...(mask!.data as Uint8Array)] } }))),
    ).toBe(value);
  });

  test('properties: order of maps, monotone transform, duplication, mirrored scores', () => {
    const maps = example(4, 7);
    const change = (f: (s: number) => number): MapWithMask[] =>
      maps.map(({ map, ...rest }) => ({
        ...rest,
        map: { ...map, data: Float32Array.from(map.data, f) },
      }));
    const pixels = filled(maps);
    const figures = (p: PixelAccumulator) => [p.auroc(), p.averagePrecision(), p.aupro(), p.f1Max().f1, p.iouMax().iou];
    const same = (p: PixelAccumulator) => {
      figures(p).forEach((v, i) => expect(v).toBeCloseTo(figures(pixels)[i]!, 12));
    };
    same(filled([...maps].reverse()));
    same(filled(change((s) => 2 ** s)));
    same(filled([...maps, ...maps]));
    expect(filled(change((s) => -s)).auroc()).toBeCloseTo(1 - pixels.auroc(), 12);
  });

  test('more good pixels than one sorted run holds', () => {
    const side = 1500;
    const big = Float32Array.from({ length: side * side }, (_, i) => (i * 2654435761) % 4294967296);
    const mask = new Uint8Array(side * side);
    mask.fill(1, 3_000, 3_400);
    const pixels = new PixelAccumulator();
    for (let k = 0; k < 3; k++)
      pixels.add({ data: big, width: side, height: side }, { data: mask, width: side, height: side });
    expect(pixels.auroc()).toBeCloseTo(auroc(big, mask), 12);
    expect(pixels.counts()).toEqual({ maps: 3, good: 3 * (side * side - 400), defective: 1200, regions: 3 });
  });

  test('best thresholds flag exactly what they claim', () => {
    const maps = example(5);
    const { scores, labels } = pooled(maps);
    const { f1, threshold } = filled(maps).f1Max();
    const flagged = scores.map((s) => s > threshold);
    const tp = flagged.filter((f, i) => f && labels[i] === 1).length;
    expect((2 * tp) / (flagged.filter(Boolean).length + labels.filter((l) => l === 1).length)).toBeCloseTo(f1, 14);
    const { iou, threshold: at } = filled(maps).iouMax();
    const union = scores.filter((s, i) => s > at || labels[i] === 1).length;
    expect(scores.filter((s, i) => s > at && labels[i] === 1).length / union).toBeCloseTo(iou, 14);
  });
});

describe('edges', () => {
  const pixel = (score: number) => ({ data: [score], width: 1, height: 1 });
  const on = { data: [1], width: 1, height: 1 };

  test('single pixels and 1 x N maps', async () => {
    expect(await pixelAuroc([{ map: pixel(1) }, { map: pixel(2), mask: on }])).toBe(1);
    expect(await aupro([{ map: pixel(1) }, { map: pixel(2), mask: on }])).toBe(1);
    expect(await aupro([{ map: pixel(2) }, { map: pixel(1), mask: on }])).toBe(0);
    const row = { data: [0, 3, 1, 2], width: 4, height: 1 };
    expect(await pixelAuroc([{ map: row, mask: { data: [0, 1, 0, 1], width: 4, height: 1 } }])).toBe(1);
  });

  test('constant scores: the diagonal', async () => {
    const flat = { data: new Float32Array(6), width: 3, height: 2 };
    const maps = [{ map: flat, mask: { data: [1, 0, 0, 0, 0, 1], width: 3, height: 2 } }];
    expect(await pixelAuroc(maps)).toBe(0.5);
    expect(await aupro(maps)).toBeCloseTo(0.15, 14);
    expect(await aupro(maps, { fprLimit: 1 })).toBeCloseTo(0.5, 14);
    expect(await proCurve(maps)).toMatchObject({ fpr: Float64Array.of(0, 1, 1), pro: Float64Array.of(0, 1, 1) });
  });

  test('infinite scores are ordered, -0 ties with 0', async () => {
    const map = { data: [-Infinity, 0, Infinity], width: 3, height: 1 };
    expect(await pixelAuroc([{ map, mask: { data: [0, 1, 1], width: 3, height: 1 } }])).toBe(1);
    const zeros = { data: Float32Array.of(-0, 0), width: 2, height: 1 };
    expect(await pixelAuroc([{ map: zeros, mask: { data: [1, 0], width: 2, height: 1 } }])).toBe(0.5);
  });

  test('undefined figures are NaN: no defect, nothing good, nothing at all', () => {
    const good = new PixelAccumulator().add(pixel(1));
    const bad = new PixelAccumulator().add(pixel(1), on);
    for (const pixels of [good, bad, new PixelAccumulator()]) {
      expect(pixels.auroc()).toBeNaN();
      expect(pixels.aupro()).toBeNaN();
    }
    expect(good.averagePrecision()).toBeNaN();
    expect(good.f1Max().f1).toBeNaN();
    expect(good.iouMax()).toEqual({ iou: NaN, threshold: NaN });
    expect(bad.averagePrecision()).toBe(1);
    expect(bad.f1Max().f1).toBe(1);
    expect([...good.proCurve().pro].every(Number.isNaN)).toBe(true);
  });

  test('AUPRO never exceeds 1, whatever the mask', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const maps = example(seed, 3);
      for (const fprLimit of [0.001, 0.3, 1]) {
        const value = await aupro(maps, { fprLimit });
        expect(value >= 0 && value <= 1).toBe(true);
      }
    }
  });

  test('refused input leaves nothing behind', () => {
    const pixels = new PixelAccumulator().add(pixel(1));
    const map = { data: [1, 2, NaN, 4], width: 2, height: 2 };
    expect(() => pixels.add(map)).toThrow("map must be free of NaN, got 'NaN at row 1, column 0'.");
    expect(() => pixels.add(pixel(1), { data: [1, 0], width: 2, height: 1 })).toThrow(
      /mask must be 1×1 pixels like its map, got 1×2/,
    );
    expect(() => pixels.add(pixel(1), { data: [255], width: 1, height: 1 })).toThrow(/got 255/);
    expect(() => pixels.add({ data: [1, 2], width: 2, height: 2 })).toThrow(/must have 4 values/);
    expect(pixels.counts()).toEqual({ maps: 1, good: 1, defective: 0, regions: 0 });
    expect(() => pixels.auroc({ groups: ['scratch'] })).toThrow("groups must be among '', got 'scratch'.");
    expect(() => pixels.aupro({ fprLimit: 2 })).toThrow(/fprLimit must be in \(0, 1\], got 2/);
    expect(() => pixels.aupro({ limit: 2 } as object)).toThrow(TypeError);
    expect(() => new PixelAccumulator({ bits: 8 })).toThrow(RangeError);
  });
});

describe('binned', () => {
  test('equal to the exact figures when scores differ in the leading bits', () => {
    const maps = example(6, 6);
    const [binned, exact] = [filled(maps, { bits: 20 }), filled(maps)];
    expect(binned.auroc()).toBe(exact.auroc());
    expect(binned.aupro()).toBeCloseTo(exact.aupro(), 12);
    expect(binned.aupro({ groups: ['good', 'type 1'] })).toBeCloseTo(exact.aupro({ groups: ['good', 'type 1'] }), 12);
    expect(binned.counts()).toEqual(exact.counts());
    expect(exact.aurocError()).toBe(0);
  });

  test('within the stated error when they do not', () => {
    const random = createRandom(9);
    const data = Float32Array.from({ length: 2000 }, () => random.uniform(1, 1.02));
    const mask = data.map((v) => (v + random.normal(0, 0.01) > 1.015 ? 1 : 0));
    const maps = [{ map: { data, width: 50, height: 40 }, mask: { data: mask, width: 50, height: 40 } }];
    const [binned, exact] = [filled(maps, { bits: 16 }), filled(maps)];
    expect(binned.auroc()).not.toBe(exact.auroc());
    expect(Math.abs(binned.auroc() - exact.auroc())).toBeLessThanOrEqual(binned.aurocError());
    const { threshold, recall } = binned.f1Max();
    const flagged = data.filter((v, i) => v > threshold && mask[i] === 1).length;
    expect(flagged / mask.filter((m) => m === 1).length).toBeCloseTo(recall, 14);
  });
});
