import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { Cusum, Ewma, OnlineMoments } from './index.js';

describe('OnlineMoments', () => {
  test('equals two passes, also far from zero', () => {
    const moments = new OnlineMoments();
    for (const x of [1, 2, 3, 4, 10]) moments.add(1e9 + x);
    expect(moments.n).toBe(5);
    expect(moments.mean).toBe(1e9 + 4);
    expect(moments.variance).toBeCloseTo(12.5, 5);
    expect(moments.sd).toBeCloseTo(3.5355339, 5);
  });

  test('undefined before enough values; refuses what is not finite', () => {
    const moments = new OnlineMoments();
    expect([moments.mean, moments.variance]).toEqual([NaN, NaN]);
    expect([moments.add(3).mean, moments.sd]).toEqual([3, NaN]);
    expect(() => moments.add(NaN)).toThrow(RangeError);
    expect(moments.n).toBe(1);
  });
});

describe('Cusum', () => {
  test("Montgomery's recursion by hand", () => {
    const chart = new Cusum({ mean: 10, sd: 2, slack: 0.5, limit: 2 });
    expect(chart.add(12)).toEqual({ up: 0.5, down: 0, alarm: 'none' });
    expect(chart.add(14)).toEqual({ up: 2, down: 0, alarm: 'none' });
    expect(chart.add(13)).toEqual({ up: 3, down: 0, alarm: 'up' });
    chart.reset();
    expect(chart.add(4)).toEqual({ up: 0, down: 2.5, alarm: 'down' });
  });

  test('false alarms are about as rare as stated, a shift is found', () => {
    const random = createRandom(4);
    let total = 0;
    for (let run = 0; run < 200; run++) {
      const chart = new Cusum({ mean: 0, sd: 1 });
      while (chart.add(random.normal()).alarm === 'none') total++;
    }
    expect(total / 200).toBeGreaterThan(350);
    expect(total / 200).toBeLessThan(600);
    let delay = 0;
    for (let run = 0; run < 200; run++) {
      const chart = new Cusum({ mean: 0, sd: 1 });
      while (chart.add(random.normal(1)).alarm !== 'up') delay++;
    }
    expect(delay / 200).toBeLessThan(13);
  });

  test('refuses bad options', () => {
    expect(() => new Cusum({ mean: 0, sd: 0 })).toThrow(RangeError);
    expect(() => new Cusum({ mean: 0, sd: 1, h: 4 } as never)).toThrow(TypeError);
    expect(() => new Cusum({ mean: 0, sd: 1 }).add(Infinity)).toThrow(RangeError);
  });
});

describe('Ewma', () => {
  test('average and limits by hand', () => {
    const chart = new Ewma({ mean: 10, sd: 2, weight: 0.5, width: 3 });
    const first = chart.add(14);
    expect(first.average).toBe(12);
    expect(first.upper).toBeCloseTo(10 + 3 * 2 * 0.5, 12);
    const second = chart.add(18);
    expect(second.average).toBe(15);
    expect(second.upper).toBeCloseTo(10 + 6 * Math.sqrt((0.5 / 1.5) * (1 - 0.0625)), 12);
    expect(second.alarm).toBe('up');
    chart.reset();
    expect(chart.add(0).alarm).toBe('down');
  });

  test('weight 1 is a Shewhart chart', () => {
    const chart = new Ewma({ mean: 0, sd: 1, weight: 1 });
    expect([2.9, 3.1, -3.1].map((v) => chart.add(v).alarm)).toEqual(['none', 'up', 'down']);
    expect(() => new Ewma({ mean: 0, sd: 1, weight: 0 })).toThrow(RangeError);
  });
});
