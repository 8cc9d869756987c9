import * as tf from '@tensorflow/tfjs';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { resizeKernels } from './resize.js';

const sizes: readonly (readonly [string, [number, number]])[] = [
  ['larger', [7, 13]],
  ['twice', [6, 10]],
  ['smaller', [2, 4]],
  ['one way each', [5, 3]],
  ['to one pixel', [1, 1]],
  ['same size', [3, 5]],
];
const geometries: readonly (readonly [string, boolean, boolean])[] = [
  ['corners', false, false],
  ['corners aligned', true, false],
  ['pixel centres', false, true],
];

const cases = (['Bilinear', 'NearestNeighbor'] as const).flatMap((mode) =>
  ['', 'Grad'].flatMap((suffix) =>
    geometries.flatMap(([geometry, align, half]) =>
      sizes.map(([name, size]): KernelCase => {
        const resize = mode === 'Bilinear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
        return {
          kernel: `Resize${mode}${suffix}`,
          // tfjs's gradient ignores the pixel centres, and swaps height and width in its cpu kernel.
          name: `${name}, ${geometry}${suffix && ' (tfjs is wrong for pixel centres and non-square pictures)'}`,
          inputs: (d) => [d.normal(2, 3, 5, 2)],
          fn: (x: tf.Tensor4D) => resize(x, size, align, half),
          gradients: suffix === '' ? 'none' : 'differences',
        };
      }),
    ),
  ),
);

checkKernels(resizeKernels, cases);
