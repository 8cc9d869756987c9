import { ndarray } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { allClose } from './allClose.js';
import { matchers } from './matchers.js';

expect.extend(matchers);

describe('allClose', () => {
  test('tolerance is atol + rtol * |expected|, inclusive', () => {
    expect(allClose(1.5, 1, { rtol: 0.5 }).pass).toBe(true);
    expect(allClose(1.51, 1, { rtol: 0.5 }).pass).toBe(false);
    expect(allClose(0.25, 0, { atol: 0.25 }).pass).toBe(true);
    expect(allClose(1e-30, 0).pass).toBe(false); // relative to an expected zero nothing but zero passes
    expect(allClose(-0, 0).pass).toBe(true);
  });

  test('NaN and infinities equal only themselves', () => {
    expect(allClose([NaN, Infinity, -Infinity], [NaN, Infinity, -Infinity]).pass).toBe(true);
    for (const [a, e] of [
      [NaN, 0],
      [0, NaN],
      [NaN, Infinity],
      [Infinity, -Infinity],
      [Infinity, 1e300],
      [1e300, Infinity],
    ] as const) {
      expect(allClose([a], [e], { rtol: 1, atol: 1e9 }).pass, `${a} against ${e}`).toBe(false);
    }
  });

  test('shapes are strict: [6] is not [2, 3] is not [3, 2]', () => {
    const flat = [1, 2, 3, 4, 5, 6];
    const view = ndarray(new Float32Array(flat), [2, 3]);
    expect(
      allClose(view, [
        [1, 2, 3],
        [4, 5, 6],
      ]).pass,
    ).toBe(true);
    expect(allClose(view, flat).message).toBe('shapes differ: got [2, 3], expected [6]');
    expect(
      allClose(view.transpose(1, 0), [
        [1, 4],
        [2, 5],
        [3, 6],
      ]).pass,
    ).toBe(true);
    expect(allClose(new Float32Array(flat), flat).pass).toBe(true);
    expect(allClose([], []).pass).toBe(true);
    expect(allClose([1], []).pass).toBe(false);
  });

  test('the message names the worst value, not the first', () => {
    const result = allClose(
      [
        [1, 2, 3.1],
        [4, 9, 6],
      ],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { rtol: 1e-3 },
    );
    expect(result.message).toContain('worst at [1, 1]: got 9, expected 5');
    expect(result.message).toContain('2 of 6 values outside rtol 0.001');
  });

  test('NaN is worse than any difference', () => {
    expect(allClose([5, NaN], [1, 1]).message).toContain('worst at [1]: got NaN');
  });

  test('refuses what is not numbers, and ragged rows', () => {
    expect(() => allClose(['1'] as never, [1])).toThrow(TypeError);
    expect(() => allClose(undefined as never, [1])).toThrow(TypeError);
    expect(() => allClose([[1, 2], [3]], [[1, 2], [3]])).toThrow(RangeError);
  });
});

describe('toBeAllClose', () => {
  test('passes, fails and negates', () => {
    expect(new Float32Array([0.1])).toBeAllClose([0.1]);
    expect([1]).not.toBeAllClose([2]);
    expect(() => expect([1]).toBeAllClose([2])).toThrow('worst at [0]: got 1, expected 2');
    expect(() => expect([1]).not.toBeAllClose([1])).toThrow('expected values to differ');
  });
});
