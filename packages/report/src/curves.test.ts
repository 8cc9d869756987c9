import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { Html } from './html.js';
import { points, proPlot, rocPlot, upTo } from './curves.js';

const parse = (markup: Html) => parseHTML(`<body>${String(markup)}</body>`).document.documentElement;

describe('upTo', () => {
  test('interpolates the last point at the limit', () => {
    expect(upTo([[0, 0], [0.2, 0.5], [0.4, 0.9], [1, 1]], 0.3)).toEqual([[0, 0], [0.2, 0.5], [0.3, expect.closeTo(0.7)]]); // prettier-ignore
  });

  test('adds nothing when a point lies on the limit or the curve ends before it', () => {
    expect(upTo([[0, 0], [0.3, 0.5], [1, 1]], 0.3)).toEqual([[0, 0], [0.3, 0.5]]); // prettier-ignore
    expect(upTo([[0, 0], [0.1, 0.5]], 0.3)).toEqual([[0, 0], [0.1, 0.5]]); // prettier-ignore
    expect(upTo([], 0.3)).toEqual([]);
  });

  test('keeps vertical steps', () => {
    expect(upTo([[0, 0], [0, 0.4], [1, 1]], 0.5)).toEqual([[0, 0], [0, 0.4], [0.5, expect.closeTo(0.7)]]); // prettier-ignore
  });
});

test('points drops what is not finite and what has no partner', () => {
  expect(points([0, NaN, 0.5, 1], [0, 1, 0.5])).toEqual([[0, 0], [0.5, 0.5]]); // prettier-ignore
});

describe('rocPlot', () => {
  test('draws the curve from corner to corner and the operating point on its place', () => {
    const svg = parse(rocPlot({ curve: [[0, 0], [0, 0.8], [1, 1]], auroc: 0.9, operating: [0.25, 0.5] })); // prettier-ignore
    expect(svg.querySelector('path.curve')!.getAttribute('d')).toBe('M64,340L64,80.8L464,16');
    const circle = svg.querySelector('circle.operating')!;
    expect([circle.getAttribute('cx'), circle.getAttribute('cy')]).toEqual(['164', '178']);
    expect(svg.querySelector('desc')!.textContent).toContain('0.900. At the threshold, 25.0 % of good');
  });

  test('has no operating point where there is none', () => {
    const svg = parse(rocPlot({ curve: [[0, 0], [1, 1]], auroc: null })); // prettier-ignore
    expect(svg.querySelector('circle')).toBeNull();
    expect(svg.textContent).toContain('AUROC –');
  });
});

test('proPlot shades the area up to the limit and closes it on the axis', () => {
  const svg = parse(proPlot({ curve: [[0, 0], [0.5, 1], [1, 1]], aupro: 0.3, fprLimit: 0.25 })); // prettier-ignore
  expect(svg.querySelector('path.shade')!.getAttribute('d')).toBe('M64,340L164,178L164,340L64,340Z');
  expect(svg.querySelector('line.limit')!.getAttribute('x1')).toBe('164');
  expect(svg.textContent).toContain('limit 0.25');
});
