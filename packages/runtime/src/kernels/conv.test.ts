import * as tf from '@tensorflow/tfjs';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { convKernels } from './conv.js';

type Pad = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
type Rounding = 'floor' | 'round' | 'ceil' | undefined;
type Pair = [number, number];

interface Geometry {
  name: string;
  x: [number, number, number, number];
  filter: Pair;
  strides: number | Pair;
  pad: Pad;
  rounding?: Rounding;
}

const geometries: readonly Geometry[] = [
  { name: '3×3 same', x: [2, 5, 7, 3], filter: [3, 3], strides: 1, pad: 'same' },
  { name: '3×3 valid', x: [2, 5, 7, 3], filter: [3, 3], strides: 1, pad: 'valid' },
  { name: '3×3 stride 2 same, odd sizes', x: [2, 5, 7, 3], filter: [3, 3], strides: 2, pad: 'same' },
  { name: '3×3 stride 2 same, even sizes', x: [1, 6, 8, 3], filter: [3, 3], strides: 2, pad: 'same' },
  { name: '2×5 strides 1 and 3', x: [2, 6, 11, 3], filter: [2, 5], strides: [1, 3], pad: 'same' },
  { name: '3×2 stride 2, padded by 1', x: [2, 6, 7, 3], filter: [3, 2], strides: 2, pad: 1, rounding: 'floor' },
  { name: '3×3 explicit padding', x: [2, 5, 7, 3], filter: [3, 3], strides: 2, pad: [[0, 0], [2, 1], [0, 3], [0, 0]], rounding: 'floor' }, // prettier-ignore
  { name: '1×1', x: [2, 5, 7, 3], filter: [1, 1], strides: 1, pad: 'valid' },
  { name: '1×1 stride 2', x: [2, 5, 7, 3], filter: [1, 1], strides: 2, pad: 'valid' },
  { name: 'a filter as large as the picture', x: [2, 4, 6, 3], filter: [4, 6], strides: 1, pad: 'valid' },
  { name: 'rows and columns left over', x: [2, 8, 9, 3], filter: [3, 3], strides: 3, pad: 'valid' },
];

/** Channels in and out: the filter's gradient takes another way from 8 channels on, and another where pixels are few. */
const channels: readonly (readonly [string, number, number])[] = [
  ['3 channels', 3, 4],
  ['9 channels', 9, 2],
];

function pairs(kernel: string): KernelCase[] {
  return geometries.flatMap(({ name, x, filter, strides, pad, rounding }) =>
    channels.map(([width, inputs, outputs]): KernelCase => ({
      kernel,
      name: `${name}, ${width}`,
      inputs: (d) => [d.normal(x[0], x[1], x[2], inputs), d.normal(...filter, inputs, outputs)],
      fn: (image: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(image, w, strides, pad, 'NHWC', 1, rounding),
    })),
  );
}

const forward = pairs('Conv2D');
// The same calls run the two gradient kernels; a few name them, so that the test sees that they do.
const backward = ['Conv2DBackpropInput', 'Conv2DBackpropFilter'].flatMap((kernel) =>
  pairs(kernel).filter(({ name }) => name.startsWith('3×3 stride 2 same, odd')),
);

const depthwise = [
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
].flatMap((kernel) =>
  geometries
    .filter(
      ({ strides, name }) =>
        typeof strides === 'number' && (kernel === 'DepthwiseConv2dNative' || name === '3×3 stride 2 same, odd sizes'),
    )
    .flatMap(({ name, x, filter, strides, pad, rounding }) =>
      [1, 2].map((multiplier): KernelCase => ({
        kernel,
        name: `${name}, ${multiplier === 1 ? 'one filter' : `${multiplier} filters`} per channel`,
        inputs: (d) => [d.normal(...x), d.normal(...filter, x[3], multiplier)],
        fn: (image: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(image, w, strides, pad, 'NHWC', 1, rounding),
      })),
    ),
);

const transposed = (
  [
    ['stride 2 same', [2, 3, 4, 3], [3, 3], [2, 6, 8, 4], 2, 'same'],
    ['stride 2 same, odd sizes', [2, 3, 4, 3], [3, 3], [2, 5, 7, 4], 2, 'same'],
    ['stride 1 valid', [2, 3, 4, 3], [3, 2], [2, 5, 5, 4], 1, 'valid'],
    ['stride 3, gaps between the windows', [2, 3, 4, 3], [2, 2], [2, 8, 11, 4], 3, 'valid'],
  ] as const
).map(([name, x, filter, out, stride, pad]): KernelCase => ({
  kernel: 'Conv2DBackpropInput',
  name: `transposed convolution, ${name}`,
  inputs: (d) => [d.normal(...x), d.normal(...filter, out[3], x[3])],
  fn: (image: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2dTranspose(image, w, [...out], stride, pad),
}));

const dilated: KernelCase[] = [
  {
    kernel: 'Conv2D',
    name: 'dilated (gradients: ops/dilatedConv2d.test.ts)',
    inputs: (d) => [d.normal(2, 7, 9, 3), d.normal(3, 2, 3, 4)],
    fn: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, 'same', 'NHWC', [2, 3]),
    gradients: 'none',
  },
  {
    kernel: 'DepthwiseConv2dNative',
    name: 'dilated (gradients: ops/dilatedConv2d.test.ts)',
    inputs: (d) => [d.normal(2, 7, 9, 3), d.normal(3, 2, 3, 2)],
    fn: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, 1, 'same', 'NHWC', [2, 3]),
    gradients: 'none',
  },
];

const made: KernelCase[] = [
  {
    kernel: 'Conv2D',
    name: 'rounded up: the last window hangs over (tfjs has no gradient for it)',
    inputs: (d) => [d.normal(2, 6, 8, 3), d.normal(3, 3, 3, 4)],
    fn: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 2, 0, 'NHWC', 1, 'ceil'),
    gradients: 'none',
  },
  {
    kernel: 'Conv2D',
    name: 'separableConv2d is made of it',
    inputs: (d) => [d.normal(2, 5, 7, 3), d.normal(3, 3, 3, 2), d.normal(1, 1, 6, 4)],
    fn: (x: tf.Tensor4D, a: tf.Tensor4D, b: tf.Tensor4D) => tf.separableConv2d(x, a, b, 1, 'same'),
  },
  {
    kernel: 'Conv2D',
    name: 'conv1d is made of it',
    inputs: (d) => [d.normal(2, 9, 3), d.normal(3, 3, 4)],
    fn: (x: tf.Tensor3D, w: tf.Tensor3D) => tf.conv1d(x, w, 2, 'same'),
  },
];

checkKernels(convKernels, [...forward, ...backward, ...depthwise, ...transposed, ...dilated, ...made]);
