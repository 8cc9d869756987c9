import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkGolden } from '../testing/goldenOps.js';
import { dilatedConv2d, type DilatedConvOptions } from './dilatedConv2d.js';

/** Cases are named by stride, padding and dilations. */
function optionsOf(name: string): DilatedConvOptions {
  const [strides, pad, dilations] = name.split(' ') as [string, string, string];
  return {
    strides: Number(strides),
    pad: Number(pad),
    dilations: dilations.split(',').map(Number) as [number, number],
  };
}

checkGolden('dilatedConv2d', (name) => (x: tf.Tensor4D, w: tf.Tensor4D) => dilatedConv2d(x, w, optionsOf(name)));
checkGolden(
  'dilatedConv2d depthwise',
  (name) => (x: tf.Tensor4D, w: tf.Tensor4D) => dilatedConv2d(x, w, { ...optionsOf(name), depthwise: true }),
);

test('"same" keeps the size', () => {
  expect(dilatedConv2d(tf.ones([1, 5, 9, 2]), tf.ones([3, 3, 2, 4]), { dilations: 3 }).shape).toEqual([1, 5, 9, 4]);
});

test('refuses unknown options', () => {
  expect(() => dilatedConv2d(tf.ones([1, 2, 3, 1]), tf.ones([1, 1, 1, 1]), { dilation: 2 } as object)).toThrow(
    'dilation',
  );
});
