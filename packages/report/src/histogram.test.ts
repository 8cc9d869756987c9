import type { ImageResult } from '@adlib/pipeline';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { histogram } from './histogram.js';

const image = (score: number, label: 'good' | 'defective'): ImageResult => ({
  id: `${label}/${score}`,
  label,
  defect: label,
  score,
  decision: label,
});
const threshold = (value: number, lower?: number) => ({
  rule: 'fixed',
  value,
  ...(lower !== undefined && { lower }),
  fittedOn: { n: 0, good: 0, defective: 0 },
  parameters: {},
  warnings: [],
});
const draw = (good: number[], defective: number[], value: number, lower?: number) => {
  const images = [...good.map((s) => image(s, 'good')), ...defective.map((s) => image(s, 'defective'))];
  return parseHTML(`<body>${String(histogram({ images, threshold: threshold(value, lower) }))}</body>`).document
    .documentElement;
};
const bars = (svg: Element, name: string) =>
  [...svg.querySelectorAll(`.bars-${name} rect`)].map((r) => ({
    x: Number(r.getAttribute('x')),
    width: Number(r.getAttribute('width')),
    height: Number(r.getAttribute('height')),
  }));

describe('histogram', () => {
  test('every image is in one bar: heights add up to the counts', () => {
    const good = Array.from({ length: 100 }, (_, i) => i / 100);
    const drawn = bars(draw(good, [0.5, 1, 1, 1], 0.8), 'defective');
    expect(drawn.map((b) => b.height)).toEqual([40, 120]);
    const total = bars(draw(good, [1], 0.8), 'good').reduce((sum, b) => sum + b.height, 0);
    expect(total / 120).toBeCloseTo(100 / 3, 1);
  });

  test('bars lie left or right of the threshold line as their scores do', () => {
    const svg = draw([0, 0.1, 0.2], [0.9, 1], 0.5);
    const line = Number(svg.querySelector('line.threshold')!.getAttribute('x1'));
    for (const b of bars(svg, 'good')) expect(b.x + b.width).toBeLessThan(line);
    for (const b of bars(svg, 'defective')) expect(b.x).toBeGreaterThan(line);
  });

  test('one class, one image, and equal scores are drawn', () => {
    expect(bars(draw([0.3], [], 0.5), 'good')).toHaveLength(1);
    expect(bars(draw([0.3, 0.3, 0.3], [0.3], 0.3), 'defective')).toHaveLength(1);
    expect(bars(draw([0], [], 0), 'good')).toHaveLength(1);
    expect(draw([], [1], 0.5).querySelector('desc')!.textContent).toContain('no good image; 1 defective image');
  });

  test('scores over orders of magnitude get a logarithmic axis', () => {
    const svg = draw([0.001, 0.0012, 0.0011, 0.0013], [0.5, 10], 0.002);
    expect(svg.textContent).toContain('logarithmic axis');
    expect(draw([1, 2], [3], 2).textContent).not.toContain('logarithmic');
    expect(draw([-0.001, 0.001, 0.002], [10], 2).textContent).not.toContain('logarithmic');
  });

  test('a threshold far away does not squeeze the scores; it is named', () => {
    const svg = draw([1, 1.1], [1.5], 1000);
    expect(svg.querySelector('line.threshold')).toBeNull();
    expect(svg.textContent).toContain('threshold 1000, right of this axis');
    expect(draw([1, 1.1], [1.5], -1000).textContent).toContain('left of this axis');
  });

  test('the review band lies between its limits', () => {
    const svg = draw([0, 1], [2], 1.5, 0.5);
    const band = svg.querySelector('rect.band')!;
    const right = Number(band.getAttribute('x')) + Number(band.getAttribute('width'));
    expect(right).toBeCloseTo(Number(svg.querySelector('line.threshold')!.getAttribute('x1')), 1);
    expect(draw([0, 1], [2], 1.5).querySelector('rect.band')).toBeNull();
  });

  test('scores that are not finite are left out; none at all gives the reason', () => {
    expect(bars(draw([NaN, 0.5], [Infinity], 0.5), 'defective')).toHaveLength(0);
    expect(String(histogram({ images: [image(NaN, 'good')], threshold: threshold(1) }))).toBe(
      'No histogram: no test image has a finite score.',
    );
    expect(draw([0.1], [0.2], NaN).querySelector('line.threshold')).toBeNull();
    expect(draw([0.1], [0.2], Infinity).querySelector('line.threshold')).toBeNull();
  });
});
