import { ndarray } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { gaussianKernel } from './gaussianKernel.js';
import { gaussianSmooth, type GaussianSmoothOptions } from './gaussianSmooth.js';

interface Golden {
  plane: number[];
  shape: [number, number];
  smooth: (Required<GaussianSmoothOptions> & { map: number[] })[];
  kernels: { sigma: number; truncate: number; kernel: number[] }[];
}
const fixture = golden('scores_maps') as Golden;
const plane = ndarray(Float32Array.from(fixture.plane), fixture.shape);

describe('gaussianKernel', () => {
  test.each(fixture.kernels)('is the kernel of scipy for sigma $sigma, truncate $truncate', ({ kernel, ...rest }) => {
    expectClose(gaussianKernel(rest.sigma, { truncate: rest.truncate }), kernel, { rtol: 1e-12 });
  });

  test('has the size anomalib computes, 2 int(4 sigma + 0.5) + 1, and sum 1', () => {
    for (const sigma of [0, 0.1, 1, 2, 3.3, 4]) {
      const kernel = gaussianKernel(sigma);
      expect(kernel.length).toBe(2 * Math.trunc(4 * sigma + 0.5) + 1);
      expect(kernel.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    }
  });

  test('refuses what is no standard deviation', () => {
    expect(() => gaussianKernel(-1)).toThrow('gaussianKernel: sigma must be a finite number in [0, 1000000], got -1.');
    expect(() => gaussianKernel(NaN)).toThrow(RangeError);
    expect(() => gaussianKernel('4' as unknown as number)).toThrow(TypeError);
    expect(() => gaussianKernel(4, { trunc: 3 } as object)).toThrow('got trunc');
  });
});

describe('gaussianSmooth', () => {
  test.each(fixture.smooth)(
    'equals scipy.ndimage.gaussian_filter on 9x13: sigma $sigma, truncate $truncate, $border',
    ({ map, ...options }) => {
      const out = gaussianSmooth(plane, options);
      expect(out.shape).toEqual([9, 13]);
      expectClose(out.data, map, { rtol: 2e-7, atol: 1e-7 });
    },
  );

  test('keeps a constant map constant, for every border that repeats the map', () => {
    for (const border of ['reflect', 'mirror', 'nearest', 'wrap'] as const) {
      for (const v of gaussianSmooth(ndarray(new Float32Array(6).fill(3), [2, 3]), { border }).data) {
        expect(v).toBeCloseTo(3, 5);
      }
    }
  });

  test('reads strided views and leaves its input alone', () => {
    const before = plane.data.slice();
    const turned = gaussianSmooth(plane.transpose(1, 0), { sigma: 2 });
    const straight = gaussianSmooth(plane, { sigma: 2 });
    expect(turned.shape).toEqual([13, 9]);
    expect(turned.get(4, 2)).toBeCloseTo(straight.get(2, 4), 6);
    expect(plane.data).toEqual(before);
  });

  test('spreads a NaN over the reach of the kernel only', () => {
    const map = ndarray(new Float32Array(20), [1, 20]);
    map.set(0, 0, NaN);
    const out = gaussianSmooth(map, { sigma: 1, border: 'nearest' });
    expect([...out.data].map(Number.isNaN).lastIndexOf(true)).toBe(4);
  });

  test('refuses what is no map', () => {
    expect(() => gaussianSmooth(ndarray(new Float32Array(8), [2, 2, 2]))).toThrow(
      'gaussianSmooth: map must be of shape [height, width], got [2, 2, 2].',
    );
    expect(() => gaussianSmooth(ndarray(new Float32Array(0), [0, 3]))).toThrow(RangeError);
    expect(() => gaussianSmooth([1, 2] as never)).toThrow(TypeError);
    expect(() => gaussianSmooth(plane, { border: 'edge' as never })).toThrow("got 'edge'");
    expect(() => gaussianSmooth(plane, { sigma: Infinity })).toThrow(RangeError);
  });
});
