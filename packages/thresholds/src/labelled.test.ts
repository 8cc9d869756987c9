import { describe, expect, test } from 'vitest';
import type { Candidate } from './labelled.js';
import { bestCandidate, between, eachCandidate, justBelow } from './labelled.js';

const sorted = (...values: number[]): Float64Array => Float64Array.from(values).sort();

test('candidates lie below all scores, between distinct ones, and at the largest', () => {
  const list: Candidate[] = [];
  eachCandidate(sorted(1, 2, 2, 6), sorted(2, 8), (candidate) => list.push({ ...candidate }));
  expect(list.map(({ value }) => value)).toEqual([justBelow(1), 1.5, 4, 7, 8]);
  expect(list.map(({ falseAlarms, found }) => [falseAlarms, found])).toEqual([
    [4, 2],
    [3, 2],
    [1, 1],
    [0, 1],
    [0, 0],
  ]);
});

describe('between', () => {
  test('never reaches the upper score, even for neighbouring numbers', () => {
    const low = 0.1;
    const high = 0.1 + 2 ** -56;
    expect(between(low, high)).toBeLessThan(high);
    expect(between(1.7e308, 1.79e308)).toBeCloseTo(1.745e308, -300);
    expect(between(-4, 8)).toBe(2);
  });
});

test.each([0, 1, -1, 1e-320, 5e307])('justBelow(%d) is below', (x) => {
  expect(justBelow(x)).toBeLessThan(x);
});

test('ties: between scores before the ends, then the widest gap, then the lowest', () => {
  const constant = (): number => 1;
  expect(bestCandidate(sorted(0, 1), sorted(5, 6), constant).value).toBe(3);
  expect(bestCandidate(sorted(0, 2), sorted(4), constant).value).toBe(1);
  expect(bestCandidate(sorted(3), sorted(3), constant).value).toBe(justBelow(3));
});
