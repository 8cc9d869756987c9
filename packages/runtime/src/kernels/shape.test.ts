import * as tf from '@tensorflow/tfjs';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { shapeKernels } from './shape.js';

type Pads = [number, number][];
const shape = [2, 3, 5, 4];

/** Cases of one input of shape 2×3×5×4. */
function rank4(
  kernel: string,
  fns: Readonly<Record<string, KernelCase['fn']>>,
  rest: Partial<KernelCase> = {},
): KernelCase[] {
  return Object.entries(fns).map(([name, fn]) => ({ kernel, name, inputs: (d) => [d.normal(...shape)], fn, ...rest }));
}

const reshapes: KernelCase[] = [
  ...rank4('Reshape', {
    'to rank 2': (x: tf.Tensor) => tf.reshape(x, [6, 20]),
    'size left open': (x: tf.Tensor) => tf.reshape(x, [2, -1, 5]),
    'to rank 4': (x: tf.Tensor) => tf.reshape(x, [4, 5, 3, 2]),
    squeezed: (x: tf.Tensor) => tf.squeeze(tf.reshape(x, [1, 6, 1, 20])),
  }),
  ...rank4('ExpandDims', {
    'in front': (x: tf.Tensor) => tf.expandDims(x, 0),
    'at the end': (x: tf.Tensor) => tf.expandDims(x, -1),
    'in between': (x: tf.Tensor) => tf.expandDims(x, 2),
  }),
  ...rank4('Transpose', {
    'to channels-first': (x: tf.Tensor) => tf.transpose(x, [0, 3, 1, 2]),
    'to channels-last': (x: tf.Tensor) => tf.transpose(x, [0, 2, 3, 1]),
    'there and back': (x: tf.Tensor) => tf.transpose(tf.transpose(x, [0, 3, 1, 2]), [0, 2, 3, 1]),
    'there and back, numbers changed between': (x: tf.Tensor) =>
      tf.transpose(tf.mul(tf.transpose(x, [0, 3, 1, 2]), 2), [0, 2, 3, 1]),
    'height and width': (x: tf.Tensor) => tf.transpose(x, [0, 2, 1, 3]),
    reversed: (x: tf.Tensor) => tf.transpose(x),
    'batch and channels': (x: tf.Tensor) => tf.transpose(x, [3, 1, 2, 0]),
  }),
];

const slices: KernelCase[] = [
  ...rank4('Slice', {
    'each axis': (x: tf.Tensor) => tf.slice(x, [1, 0, 2, 1], [1, 2, 3, 2]),
    'to the end': (x: tf.Tensor) => tf.slice(x, [0, 1, 1, 0], [-1, -1, 2, -1]),
    channels: (x: tf.Tensor) => tf.slice(x, [0, 0, 0, 1], [2, 3, 5, 2]),
    everything: (x: tf.Tensor) => tf.slice(x, 0),
  }),
  ...rank4(
    'StridedSlice',
    {
      steps: (x: tf.Tensor) => tf.stridedSlice(x, [0, 0, 1, 0], [2, 3, 5, 4], [1, 2, 2, 3]),
      'steps backwards': (x: tf.Tensor) => tf.stridedSlice(x, [0, 2, 4, 3], [2, 0, 0, 0], [1, -1, -2, -3]),
      'steps backwards to the first': (x: tf.Tensor) =>
        tf.stridedSlice(x, [0, 2, 4, 3], [2, 0, 0, 0], [1, -1, -1, -1], 0, 0b1110),
      'ends left open': (x: tf.Tensor) => tf.stridedSlice(x, [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], 0b1001, 0b0110),
      'an axis dropped': (x: tf.Tensor) =>
        tf.stridedSlice(x, [0, 1, 0, 0], [2, 2, 5, 4], [1, 1, 1, 1], 0, 0, 0, 0, 0b0010),
      'an axis added': (x: tf.Tensor) => tf.stridedSlice(x, [0, 0, 1], [2, 1, 2], [1, 1, 1], 0, 0, 0, 0b0010),
      'negative places': (x: tf.Tensor) => tf.stridedSlice(x, [0, -2, -4, 0], [2, 3, -1, 4], [1, 1, 1, 1]),
    },
    { gradients: 'none' },
  ),
];

const joins: KernelCase[] = [
  ...[0, 1, 2, 3, -1].map((axis): KernelCase => ({
    kernel: 'Concat',
    name: `axis ${axis}`,
    inputs: (d) => [1, 2, 3].map((n) => d.normal(...shape.with(axis, n))),
    fn: (...all: tf.Tensor[]) => tf.concat(all, axis),
  })),
  {
    kernel: 'Concat',
    name: 'an empty part',
    inputs: (d) => [d.normal(2, 3), { shape: [0, 3], data: new Float32Array(0) }],
    fn: (...all: tf.Tensor[]) => tf.concat(all),
    gradients: 'none',
  },
  ...[0, 1, 2, 3].flatMap((axis) =>
    rank4('SplitV', {
      [`sizes, axis ${axis}`]: (x: tf.Tensor) => tf.split(x, [1, shape[axis]! - 1], axis),
    }),
  ),
  ...rank4('SplitV', { 'equal parts': (x: tf.Tensor) => tf.split(x, 2, 3), 'size left open': (x: tf.Tensor) => tf.split(x, [2, -1], 2) }), // prettier-ignore
  ...[0, 1, 2, -1].map((axis): KernelCase => ({
    kernel: 'Pack',
    name: `axis ${axis}`,
    inputs: (d) => [d.normal(3, 5, 4), d.normal(3, 5, 4)],
    fn: (...all: tf.Tensor[]) => tf.stack(all, axis),
  })),
  ...[0, 1, -1].flatMap((axis) => rank4('Unpack', { [`axis ${axis}`]: (x: tf.Tensor) => tf.unstack(x, axis) })),
  ...rank4('Tile', {
    'one axis': (x: tf.Tensor) => tf.tile(x, [1, 1, 3, 1]),
    'every axis': (x: tf.Tensor) => tf.tile(x, [2, 3, 1, 2]),
  }),
  {
    kernel: 'Tile',
    name: 'broadcastTo is made of it',
    inputs: (d) => [d.normal(5, 1)],
    fn: (x: tf.Tensor) => tf.broadcastTo(x, shape),
  },
];

const pads: KernelCase[] = [
  ...rank4('PadV2', {
    'height and width': (x: tf.Tensor) => tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]]), // prettier-ignore
    'every axis, with a number': (x: tf.Tensor) => tf.pad(x, [[1, 0], [0, 1], [2, 1], [1, 1]], 0.5), // prettier-ignore
    nothing: (x: tf.Tensor) => tf.pad(x, [[0, 0], [0, 0], [0, 0], [0, 0]]), // prettier-ignore
  }),
  {
    kernel: 'PadV2',
    name: 'integers',
    inputs: (d) => [d.integers(0, 9, 2, 3)],
    fn: (x: tf.Tensor) => tf.pad(x, [[1, 0], [0, 2]], 7), // prettier-ignore
    gradients: 'none',
  },
  ...(['reflect', 'symmetric'] as const).flatMap((mode) =>
    rank4(
      'MirrorPad',
      {
        [`${mode}, height and width (tfjs's gradient drops the mirrored part: ops/pad.test.ts)`]: (x: tf.Tensor4D) =>
          tf.mirrorPad(x, [[0, 0], [1, 2], [3, 1], [0, 0]], mode), // prettier-ignore
        [`${mode}, every axis`]: (x: tf.Tensor4D) => tf.mirrorPad(x, [[1, 0], [2, 1], [0, 4], [2, 3]] as Pads, mode), // prettier-ignore
      },
      { gradients: 'none' },
    ),
  ),
];

const moves: KernelCase[] = [
  ...[0, 1, 2, 3].flatMap((axis) => rank4('Reverse', { [`axis ${axis}`]: (x: tf.Tensor) => tf.reverse(x, axis) })),
  ...rank4('Reverse', { 'every axis': (x: tf.Tensor) => tf.reverse(x), 'two axes': (x: tf.Tensor) => tf.reverse(x, [1, -1]) }), // prettier-ignore
  {
    kernel: 'SpaceToBatchND',
    name: 'padded',
    inputs: (d) => [d.normal(2, 3, 5, 4)],
    fn: (x: tf.Tensor) => tf.spaceToBatchND(x, [2, 3], [[1, 0], [0, 1]]), // prettier-ignore
  },
  {
    kernel: 'BatchToSpaceND',
    name: 'cropped',
    inputs: (d) => [d.normal(12, 2, 2, 4)],
    fn: (x: tf.Tensor) => tf.batchToSpaceND(x, [2, 3], [[1, 0], [0, 1]]), // prettier-ignore
  },
  {
    kernel: 'DepthToSpace',
    name: 'blocks of 2',
    inputs: (d) => [d.normal(2, 3, 5, 8)],
    fn: (x: tf.Tensor4D) => tf.depthToSpace(x, 2, 'NHWC'),
    gradients: 'none',
  },
  ...rank4('Fill', { 'of the shape': (x: tf.Tensor) => [tf.mul(x, tf.fill(shape, 0.7)), tf.fill([2, 0], 1)] }),
  ...rank4('Range', {
    'floats and integers': (x: tf.Tensor) => [tf.mul(x, tf.range(0, 4)), tf.range(9, -2, -3, 'int32')],
  }),
  ...rank4('LinSpace', { 'of 4 and of 1': (x: tf.Tensor) => [tf.mul(x, tf.linspace(-1, 2, 4)), tf.linspace(3, 5, 1)] }),
];

checkKernels(shapeKernels, [...reshapes, ...slices, ...joins, ...pads, ...moves]);
