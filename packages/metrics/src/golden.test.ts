import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aupro, auroc, averagePrecision, confusion, connectedRegions, f1Max, iouMax, pixelAuroc } from './index.js';
import { PixelAccumulator, pixelAveragePrecision, pixelF1Max, proCurve, rocCurve } from './index.js';

interface Golden {
  image: {
    name: string;
    scores: number[];
    labels: number[];
    threshold: number;
    auroc: number;
    averagePrecision: number;
    f1Max: number;
    roc: { fpr: number[]; tpr: number[] };
    confusion: Record<'accuracy' | 'balancedAccuracy' | 'precision' | 'recall' | 'f1' | 'mcc', number> & {
      matrix: number[][];
    };
  }[];
  pixel: {
    name: string;
    maps: { shape: [number, number]; scores: number[]; mask: number[] }[];
    regions: number;
    regions4: number;
    labels: number[][];
    auroc: number;
    averagePrecision: number;
    f1Max: number;
    iouMax: number;
    aupro: Record<string, number>;
    aupro4: number;
  }[];
}

const golden = JSON.parse(readFileSync(new URL('../../../fixtures/metrics.json', import.meta.url), 'utf8')) as Golden;
const exactly = 12; // decimals: figures made of counts agree to rounding

describe.each(golden.image)('image metrics equal scikit-learn: $name', (g) => {
  test('areas', () => {
    expect(auroc(g.scores, g.labels)).toBeCloseTo(g.auroc, exactly);
    expect(averagePrecision(g.scores, g.labels)).toBeCloseTo(g.averagePrecision, exactly);
  });

  test('ROC curve, point for point', () => {
    const { fpr, tpr } = rocCurve(g.scores, g.labels);
    expect([...fpr]).toEqual(g.roc.fpr);
    expect([...tpr]).toEqual(g.roc.tpr);
  });

  test('best F1, and its threshold reaches it', () => {
    const best = f1Max(g.scores, g.labels);
    expect(best.f1).toBeCloseTo(g.f1Max, exactly);
    expect(confusion(g.scores, g.labels, best.threshold)).toMatchObject({
      f1: best.f1,
      precision: best.precision,
      recall: best.recall,
    });
  });

  test('confusion matrix and its rates', () => {
    const ours = confusion(g.scores, g.labels, g.threshold);
    const { matrix, ...rates } = g.confusion;
    expect([
      [ours.tn, ours.fp],
      [ours.fn, ours.tp],
    ]).toEqual(matrix);
    for (const [name, value] of Object.entries(rates))
      expect(ours[name as keyof typeof ours]).toBeCloseTo(value, exactly);
  });
});

describe.each(golden.pixel)(
  'pixel metrics equal scikit-learn, scikit-image and the published procedure: $name',
  (g) => {
    const maps = g.maps.map(({ shape: [height, width], scores, mask }) => ({
      map: { data: Float32Array.from(scores), width, height },
      mask: { data: Uint8Array.from(mask), width, height },
    }));

    test('flat functions', async () => {
      expect(await pixelAuroc(maps)).toBeCloseTo(g.auroc, exactly);
      expect(await pixelAveragePrecision(maps)).toBeCloseTo(g.averagePrecision, exactly);
      expect((await pixelF1Max(maps)).f1).toBeCloseTo(g.f1Max, exactly);
      expect((await iouMax(maps)).iou).toBeCloseTo(g.iouMax, exactly);
    });

    test.each(Object.entries(g.aupro))('AUPRO up to %s', async (limit, value) => {
      expect(await aupro(maps, { fprLimit: Number(limit) })).toBeCloseTo(value, exactly);
    });

    test('AUPRO with 4-connected regions', async () => {
      expect(await aupro(maps, { connectivity: 4 })).toBeCloseTo(g.aupro4, exactly);
    });

    test('regions', () => {
      const found = maps.map(({ mask }) => connectedRegions(mask));
      expect(found.reduce((sum, { regions }) => sum + regions.length, 0)).toBe(g.regions);
      expect(found.map(({ labels }) => [...labels])).toEqual(g.labels);
      const found4 = maps.map(({ mask }) => connectedRegions(mask, { connectivity: 4 }));
      expect(found4.reduce((sum, { regions }) => sum + regions.length, 0)).toBe(g.regions4);
    });

    test('20-bit bins stay within the stated error', () => {
      const pixels = new PixelAccumulator({ bits: 20 });
      for (const { map, mask } of maps) pixels.add(map, mask);
      expect(Math.abs(pixels.auroc() - g.auroc)).toBeLessThanOrEqual(pixels.aurocError() + 1e-12);
      expect(pixels.aupro()).toBeCloseTo(g.aupro['0.3']!, 2);
    });

    test('every threshold of the PRO curve gives its point', async () => {
      const { fpr, pro, thresholds } = await proCurve(maps);
      const regions = maps.map(({ mask }) => connectedRegions(mask));
      thresholds.forEach((t, k) => {
        let fp = 0;
        let good = 0;
        let overlap = 0;
        maps.forEach(({ map }, i) => {
          const { labels, regions: list } = regions[i]!;
          map.data.forEach((score, at) => {
            const label = labels[at]!;
            if (label === 0) good++;
            if (score > t) {
              if (label === 0) fp++;
              else overlap += 1 / list[label - 1]!.area;
            }
          });
        });
        expect(fpr[k]).toBeCloseTo(fp / good, exactly);
        expect(pro[k]).toBeCloseTo(overlap / g.regions, exactly);
      });
    });
  },
);

test('the worked example of the definition', async () => {
  const spec = golden.pixel.find(({ name }) => name === 'specification')!;
  const maps = spec.maps.map(({ shape: [height, width], scores, mask }) => ({
    map: { data: scores, width, height },
    mask: { data: mask, width, height },
  }));
  expect(await aupro(maps, { fprLimit: 0.05 })).toBeCloseTo(0.55, 10);
  expect(await aupro(maps)).toBeCloseTo(0.6824074074, 10);
  expect(await aupro(maps, { fprLimit: 1 })).toBeCloseTo(0.8857142857, 10);
  expect(await aupro(maps, { connectivity: 4 })).toBeCloseTo(0.7605820106, 10);
  expect(await pixelAuroc(maps)).toBeCloseTo(0.8835978836, 10);
  expect(await pixelAveragePrecision(maps)).toBeCloseTo(0.7153955349, 10);
  const best = await pixelF1Max(maps);
  expect(best.f1).toBeCloseTo(0.7142857143, 10);
  expect(best.threshold).toBeCloseTo(1.05, 6);
});
