import { describe, expect, test } from 'vitest';
import { wilsonInterval } from './wilson.js';

describe('wilsonInterval', () => {
  // SciPy 1.17.1: binomtest(k, n).proportion_ci(method='wilson')
  test.each([
    [0, 20, 0, 0.16112515805281935],
    [3, 41, 0.025197830633909915, 0.19427448537719044],
    [65, 81, 0.7029560930488834, 0.8745917318129888],
    [20, 20, 0.8388748419471808, 1],
    [1, 1, 0.20654931437723745, 1],
  ])('%i of %i agrees with SciPy', (k, n, low, high) => {
    const [a, b] = wilsonInterval(k, n);
    expect(a).toBeCloseTo(low, 12);
    expect(b).toBeCloseTo(high, 12);
  });

  test('successes and failures mirror each other', () => {
    const [low, high] = wilsonInterval(3, 17);
    const [mirroredLow, mirroredHigh] = wilsonInterval(14, 17);
    expect(1 - mirroredHigh).toBeCloseTo(low, 14);
    expect(1 - mirroredLow).toBeCloseTo(high, 14);
  });
});
