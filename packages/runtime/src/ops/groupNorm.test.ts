import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkGolden } from '../testing/goldenOps.js';
import { groupNorm } from './groupNorm.js';

checkGolden(
  'groupNorm',
  (groups) => (x: tf.Tensor4D, s: tf.Tensor1D, o: tf.Tensor1D) => groupNorm(x, Number(groups), s, o, 1e-3),
);

test('refuses groups that do not divide the channels', () => {
  const run = (groups: number) => groupNorm(tf.ones([1, 2, 3, 4]), groups, tf.ones([4]), tf.zeros([4]));
  expect(() => run(3)).toThrow('groupNorm: groups must divide the 4 channels, got 3');
  expect(() => run(0)).toThrow(RangeError);
});
