import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, test } from 'vitest';
import type { HostTensor } from '../session/tensor.js';
import { checkAgainst, type KernelCase } from './kernelCases.js';

interface Pack {
  shape: number[];
  data: number[];
}

const golden = JSON.parse(readFileSync(new URL('../../../../fixtures/runtime_ops.json', import.meta.url), 'utf8')) as {
  cases: { op: string; name: string; inputs: Pack[]; y: Pack; gradients: Pack[] }[];
};

const unpack = ({ shape, data }: Pack): HostTensor => ({ shape, data: Float32Array.from(data) });

/**
 * Makes the tests of an operation against PyTorch's values and gradients (fixtures/generate_runtime_ops.py): compiled for the
 * CPU in each memory order, and eagerly.
 *
 * @param op - its name in the fixture
 * @param fnOf - the function for a case, from the case's name and the shape of PyTorch's result
 */
export function checkGolden(op: string, fnOf: (name: string, shape: readonly number[]) => KernelCase['fn']): void {
  beforeAll(() => tf.setBackend('cpu'));
  const cases = golden.cases.filter((c) => c.op === op);
  if (cases.length === 0) throw new Error(`no golden values of ${op}`);
  describe(`${op} as PyTorch`, () => {
    for (const { name, inputs, y, gradients } of cases) {
      for (const order of ['tfjs', 'channels-last', 'channels-first'] as const) {
        test(`${name} (${order})`, async () => {
          const expected = { y: [unpack(y)], gradients: gradients.map(unpack) };
          await checkAgainst(expected, fnOf(name, y.shape), inputs.map(unpack), [...inputs.keys()], order);
        });
      }
    }
  });
}
