import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkGolden } from '../testing/goldenOps.js';
import { pad } from './pad.js';

const reflected = { both: [[0, 0], [1, 2], [3, 1], [0, 0]], one: [[0, 0], [0, 0], [0, 4], [0, 0]] } as const; // prettier-ignore

checkGolden('padReflect', (name) => (x: tf.Tensor) => pad(x, reflected[name as 'one'], { mode: 'reflect' }));
checkGolden('padSymmetric', () => (x: tf.Tensor) => pad(x, [[0, 0], [1, 3], [5, 2], [0, 0]], { mode: 'symmetric' })); // prettier-ignore

test('a number', () => {
  expect([...pad(tf.tensor1d([1, 2]), [[1, 2]], { value: 7 }).dataSync()]).toEqual([7, 1, 2, 7, 7]);
});

test('the gradient of a row counts each number as often as it appears', () => {
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(pad(x, [[2, 1]], { mode: 'reflect' })));
  // 3 2 | 1 2 3 | 2
  expect([...gradient(tf.tensor1d([1, 2, 3])).dataSync()]).toEqual([1, 3, 2]);
});

test('refuses unknown modes and options', () => {
  expect(() => pad(tf.tensor1d([1]), [[1, 1]], { mode: 'wrap' as 'reflect' })).toThrow('pad: mode must be');
  expect(() => pad(tf.tensor1d([1]), [[1, 1]], { values: 1 } as object)).toThrow('values');
});
