import { expect, test } from 'vitest';
import { createRandom } from '@adlib/core';
import { growForest, growTree, treeData, treeShare } from './randomForest.js';

const line = treeData(
  [0, 1, 2, 3, 4, 5].map((x) => Float64Array.of(x)),
  Int8Array.of(-1, -1, 1, -1, 1, 1),
  new Float64Array(6).fill(1),
);
const all = Uint32Array.from(line.rows.keys());

test('takes the first of two equally good splits, at the midpoint', () => {
  const tree = growTree(line, all, { maxFeatures: 1, minLeaf: 1 }, createRandom(0));
  expect(tree.threshold[0]).toBe(1.5); // weighted Gini .25, as at 3.5
  line.rows.forEach((row, i) => expect(treeShare(tree, row)).toBe(line.labels[i]! > 0 ? 1 : 0));
});

test('keeps leaves from getting too small', () => {
  const tree = growTree(line, all, { maxFeatures: 1, minLeaf: 3 }, createRandom(0));
  expect(tree.threshold[0]).toBe(2.5);
  expect(treeShare(tree, [0])).toBeCloseTo(1 / 3, 12);
});

test('equal rows of both kinds share a leaf; useless features are passed over', () => {
  const rows = [
    [7, 1],
    [7, 1],
    [7, 2],
  ].map((row) => Float64Array.from(row));
  const data = treeData(rows, Int8Array.of(-1, 1, 1), Float64Array.of(3, 1, 1));
  const tree = growTree(data, Uint32Array.of(0, 1, 2), { maxFeatures: 1, minLeaf: 1 }, createRandom(0));
  expect(tree.feature).toEqual([1, -1, -1]);
  expect(treeShare(tree, [7, 1])).toBe(0.25);
  expect(treeShare(tree, [7, 2])).toBe(1);
});

test('trees of a forest differ, and the seed repeats them', () => {
  const options = { maxFeatures: 1, minLeaf: 1 };
  const forest = growForest(line, 8, options, createRandom(1));
  expect(new Set(forest.map((tree) => JSON.stringify(tree))).size).toBeGreaterThan(1);
  expect(growForest(line, 8, options, createRandom(1))).toEqual(forest);
});
