import { expect, test } from 'vitest';
import { pickSamples } from './pickSamples.js';
import type { ImageResult } from './results.js';

const rows = (entries: ['good' | 'defective', number][]): ImageResult[] =>
  entries.map(([label, score], i) => ({
    id: String(i),
    label,
    defect: label === 'good' ? 'good' : 'dent',
    score,
    decision: score > 5 ? 'defective' : 'good',
  }));

test('worst = furthest on the wrong side, borderline = nearest, best = furthest on the right side of each class', () => {
  const images = rows([
    ['good', 9], // false alarm by 4
    ['defective', 2], // missed by 3
    ['good', 1],
    ['good', 4.9],
    ['defective', 50],
    ['defective', 8],
    ['good', 3],
  ]);
  const picks = pickSamples(images, 5, { worst: 2, borderline: 1, best: 2 });
  expect(picks).toEqual([
    { kind: 'worst', index: 0 },
    { kind: 'worst', index: 1 },
    { kind: 'borderline', index: 3 },
    { kind: 'best', index: 4 },
    { kind: 'best', index: 2 },
  ]);
});

test('nothing is picked twice, and few images give few picks', () => {
  const images = rows([
    ['good', 1],
    ['defective', 9],
    ['good', 2],
  ]);
  const picks = pickSamples(images, 5);
  expect(picks.map((pick) => pick.index).sort()).toEqual([0, 1, 2]);
  expect(pickSamples([], 5)).toEqual([]);
});

test('best fills up with the class that is there', () => {
  const images = rows([1, 2, 3, 4].map((score) => ['good', score]));
  const picks = pickSamples(images, 5, { worst: 0, borderline: 0, best: 3 });
  expect(picks.map((pick) => pick.index)).toEqual([0, 1, 2]);
});

test('a missed defect is not among the best', () => {
  const picks = pickSamples(rows([['defective', 1]]), 5, { worst: 0, borderline: 0, best: 4 });
  expect(picks).toEqual([]);
});
