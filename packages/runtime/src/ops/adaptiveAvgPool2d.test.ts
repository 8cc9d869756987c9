import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkGolden } from '../testing/goldenOps.js';
import { adaptiveAvgPool2d } from './adaptiveAvgPool2d.js';

checkGolden('adaptiveAvgPool2d', (_name, shape) => (x: tf.Tensor4D) => adaptiveAvgPool2d(x, [shape[1]!, shape[2]!]));

test('refuses sizes that are no positive integers', () => {
  expect(() => adaptiveAvgPool2d(tf.ones([1, 2, 2, 1]), [0, 1])).toThrow('size[0] must be');
  expect(() => adaptiveAvgPool2d(tf.ones([1, 2, 2, 1]), [1, 1.5])).toThrow('size[1] must be');
});
