import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkGolden } from '../testing/goldenOps.js';
import { adaptiveMaxPool2d } from './adaptiveMaxPool2d.js';

checkGolden('adaptiveMaxPool2d', (_name, shape) => (x: tf.Tensor4D) => adaptiveMaxPool2d(x, [shape[1]!, shape[2]!]));

test('refuses sizes that are no positive integers', () => {
  expect(() => adaptiveMaxPool2d(tf.ones([1, 2, 2, 1]), [0, 1])).toThrow('size[0] must be');
});
