import * as tf from '@tensorflow/tfjs';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { matmulKernels } from './matmul.js';

/** Shapes before transposing: `[.., rows, inner]` and `[.., inner, columns]`. */
const shapes: readonly (readonly [name: string, a: number[], b: number[]])[] = [
  ['dense', [3, 5], [5, 4]],
  ['one row', [1, 5], [5, 4]],
  ['batched', [2, 3, 5], [2, 5, 4]],
  ['one matrix for the batch', [2, 3, 5], [1, 5, 4]],
  ['two batch axes', [2, 3, 4, 5], [2, 3, 5, 6]],
  [
    'two batch axes, one stretched (tfjs takes the wrong matrices: checked against a tiled operand)',
    [2, 3, 4, 5],
    [2, 1, 5, 6],
  ],
];
const turned = (shape: readonly number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];

const products = shapes.flatMap(([name, a, b]) =>
  [false, true].flatMap((left) =>
    [false, true].map((right): KernelCase => ({
      kernel: 'BatchMatMul',
      name: `${name}${left ? ', a transposed' : ''}${right ? ', b transposed' : ''}`,
      inputs: (d) => [d.normal(...(left ? turned(a) : a)), d.normal(...(right ? turned(b) : b))],
      fn: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, left, right),
      ...(name.startsWith('two batch axes, one')
        ? { reference: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, tf.tile(y, [1, 3, 1, 1]), left, right) }
        : {}),
      // tfjs does not add up the gradient over a stretched batch axis.
      ...(name === 'dense' || name === 'one row' || name === 'batched' || name === 'two batch axes'
        ? {}
        : { gradients: 'none' }),
    })),
  ),
);

const sums = ['ij,jk->ik', 'bij,bjk->bik', 'bhid,bhjd->bhij', 'ij->ji', 'bi,bi->b', 'i,j->ij', 'ij, jk -> ik'].map(
  (equation): KernelCase => ({
    kernel: 'Einsum',
    name: equation,
    inputs: (d) => {
      const size: Record<string, number> = { b: 2, h: 3, i: 4, j: 5, k: 6, d: 3 };
      const terms = equation.split('->')[0]!.split(',');
      return terms.map((term) => d.normal(...Array.from(term.trim(), (letter) => size[letter]!)));
    },
    fn: (...all: tf.Tensor[]) => tf.einsum(equation, ...all),
    gradients: 'none',
  }),
);

checkKernels(matmulKernels, [...products, ...sums]);
