import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compile } from '../compile.js';
import { createDraw } from '../testing/draw.js';
import { checkGolden } from '../testing/goldenOps.js';
import { expectClose } from '../testing/kernelCases.js';
import { trace } from '../trace/trace.js';
import { batchNormTraining } from './batchNorm.js';

checkGolden(
  'batchNormTraining',
  () => (x: tf.Tensor4D, s: tf.Tensor1D, o: tf.Tensor1D) => batchNormTraining(x, s, o, 1e-3).y,
);

test('two layers that share scale and offset, statistics used inside only: nothing is overwritten', async () => {
  const draw = createDraw('shared');
  const inputs = [draw.normal(2, 3, 5, 4), draw.uniform(0.5, 2, 4), draw.normal(4)];
  const fn = (x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D) => {
    const first = batchNormTraining(x, scale, offset);
    const second = batchNormTraining(tf.relu(first.y), scale, offset);
    const blend = [first, second].flatMap(({ mean, variance }) => [tf.mul(mean, 0.1), tf.mul(variance, 0.1)]);
    return [second.y, ...blend, tf.sub(scale, 1), tf.sub(offset, 1)];
  };
  const expected = await compile(fn, { device: 'tfjs' })(...inputs);
  const passed = inputs.map(({ data, shape }) => ({ data: data.slice(), shape }));
  const compiled = compile(fn, { device: 'cpu' });
  for (let call = 0; call < 2; call++) {
    (await compiled(...passed)).forEach((value, i) => expectClose(value, expected[i]!, `output ${i}`));
    passed.forEach((after, i) => expectClose(after, inputs[i]!, `input ${i}`, 0));
  }
  await compiled.dispose();
});

test('for devices other than the CPU no operator has a training mode', () => {
  const specs = { x: [2, 3, 5, 4], s: [4], o: [4] };
  const inputs = Object.fromEntries(
    Object.entries(specs).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]),
  );
  const ops = (target: 'cpu' | 'any') =>
    trace(({ x, s, o }) => ({ ...batchNormTraining(x as tf.Tensor4D, s as tf.Tensor1D, o as tf.Tensor1D) }), inputs, {
      target,
    }).model.graph.nodes.map(({ opType }) => opType);
  expect(ops('cpu')).toContain('BatchNormalization');
  expect(ops('any')).not.toContain('BatchNormalization');
});
