import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aupimo, aupro, auroc, averagePrecision, confusion, f1Max } from './index.js';
import { pixelAuroc, pixelAveragePrecision, pixelF1Max } from './index.js';

interface Figures {
  name: string;
  auroc: number;
  aupr: number;
  f1Max: number;
  f1MaxThreshold: number;
  f1AdaptiveThreshold: number;
}
interface ImageCase extends Figures {
  scores: number[];
  labels: number[];
}
interface PixelCase extends Figures {
  shape: [number, number];
  maps: number[][];
  masks: string[];
  aupro: Record<string, number>;
  aupimo: { bounds: [number, number]; thresholds: number; points: number; perImage: (number | null)[]; mean: number };
}

const url = new URL('../../../fixtures/metrics_anomalib.json', import.meta.url);
const golden = JSON.parse(readFileSync(url, 'utf8')) as {
  image: ImageCase[];
  saturated: ImageCase;
  pixel: PixelCase[];
};

/** anomalib computes all figures but AUPIMO in float32, whose steps near 1 are 6e-8; ours are float64. */
function closeAsFloat32(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThan(2e-7);
}

/** anomalib's limit is the lowest score flagged (`score >= limit`), ours lies below it (`score > limit`). */
function flagsTheSame(scores: readonly number[], ours: number, theirs: number): void {
  expect(ours).toBeLessThan(theirs);
  expect(scores.filter((s) => s > ours)).toHaveLength(scores.filter((s) => s >= theirs).length);
}

describe.each(golden.image)('image figures of anomalib: $name', (g) => {
  test('AUROC and AUPR, equal to float32 rounding', () => {
    closeAsFloat32(auroc(g.scores, g.labels), g.auroc);
    closeAsFloat32(averagePrecision(g.scores, g.labels), g.aupr);
  });

  test('F1Max, and its limit and that of F1AdaptiveThreshold flag the same images with >= as ours with >', () => {
    const best = f1Max(g.scores, g.labels);
    closeAsFloat32(best.f1, g.f1Max);
    flagsTheSame(g.scores, best.threshold, g.f1MaxThreshold);
    flagsTheSame(g.scores, best.threshold, g.f1AdaptiveThreshold);
    expect(confusion(g.scores, g.labels, g.f1AdaptiveThreshold).f1).toBeLessThan(best.f1);
  });
});

test('scores around 40: its sigmoid makes them all 1 and AUROC 0.5, AUPR the share of defects; ours ranks them', () => {
  const { scores, labels, ...theirs } = golden.saturated;
  expect(theirs.auroc).toBe(0.5);
  closeAsFloat32(theirs.aupr, labels.filter((l) => l === 1).length / labels.length);
  const shifted = scores.map((s) => (s - 40) / 100);
  expect(auroc(scores, labels)).toBe(auroc(shifted, labels));
  expect(auroc(scores, labels)).toBeGreaterThan(0.9);
  closeAsFloat32(f1Max(scores, labels).f1, theirs.f1Max); // its F1Max has no sigmoid
});

describe.each(golden.pixel)('pixel figures of anomalib: $name', (g) => {
  const [height, width] = g.shape;
  const maps = g.maps.map((scores, i) => ({
    map: { data: Float32Array.from(scores), width, height },
    mask: { data: Uint8Array.from(g.masks[i]!, Number), width, height },
  }));

  test('AUROC and AUPR, equal to float32 rounding', async () => {
    closeAsFloat32(await pixelAuroc(maps), g.auroc);
    closeAsFloat32(await pixelAveragePrecision(maps), g.aupr);
  });

  test('F1Max, and its limit flags the same pixels with >= as ours with >', async () => {
    const best = await pixelF1Max(maps);
    closeAsFloat32(best.f1, g.f1Max);
    flagsTheSame(g.maps.flat(), best.threshold, g.f1MaxThreshold);
    flagsTheSame(g.maps.flat(), best.threshold, g.f1AdaptiveThreshold);
  });

  test.each(Object.entries(g.aupro))('AUPRO up to %s, equal to float32 rounding', async (limit, value) => {
    closeAsFloat32(await aupro(maps, { fprLimit: Number(limit) }), value);
  });

  test('AUPIMO, equal to 1e-12: it is float64 there too', async () => {
    const { bounds, thresholds, points, perImage, mean } = g.aupimo;
    const ours = await aupimo(maps, { fprBounds: bounds, thresholds });
    expect(ours.points).toBe(points);
    expect(ours.mean).toBeCloseTo(mean, 12);
    perImage.forEach((value, i) => {
      if (value === null) expect(ours.perImage[i]).toBeNaN();
      else expect(ours.perImage[i]).toBeCloseTo(value, 12);
    });
  });
});
