import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkGolden } from '../testing/goldenOps.js';
import { resizeBilinear } from './resizeBilinear.js';

checkGolden('resizeBilinear', (name, shape) => (x: tf.Tensor4D) => {
  const align = name.endsWith('align');
  return resizeBilinear(x, [shape[1]!, shape[2]!], { alignCorners: align, halfPixelCenters: !align });
});

test('refuses unknown options', () => {
  expect(() => resizeBilinear(tf.ones([1, 2, 3, 1]), [2, 2], { align: true } as object)).toThrow('align');
});
