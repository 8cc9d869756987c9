import { DisposedError } from '@adlib/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from './compile.js';
import { UnsupportedOpError } from './errors.js';
import { hostTensor, type HostTensor } from './session/tensor.js';

beforeAll(() => tf.setBackend('cpu'));

const numbers = (t: HostTensor) => [...t.data];

describe.each(['cpu', 'tfjs'] as const)('device %s', (device) => {
  test('several in and out, in records and arrays', async () => {
    const f = compile(
      (pair: tf.Tensor[], { scale }: { scale: { by: tf.Tensor } }) => ({
        sum: tf.add(pair[0]!, pair[1]!),
        nested: [tf.mul(pair[0]!, scale.by), { again: tf.neg(pair[1]!) }],
      }),
      { device },
    );
    const out = await f([hostTensor([1, 2]), hostTensor([3, 4])], { scale: { by: hostTensor([10], []) } });
    expect(numbers(out.sum)).toEqual([4, 6]);
    expect(numbers(out.nested[0] as HostTensor)).toEqual([10, 20]);
    expect(numbers((out.nested[1] as { again: HostTensor }).again)).toEqual([-3, -4]);
    expect(f.device).toBe(device);
    await f.dispose();
  });

  test('integers, truth values, scalars and empty tensors, in and out', async () => {
    const f = compile(
      (i: tf.Tensor, b: tf.Tensor, s: tf.Tensor, e: tf.Tensor) => ({
        i: tf.add(i, tf.scalar(1, 'int32')),
        b: tf.logicalNot(b),
        s: tf.add(s, 1),
        e: tf.relu(e),
        concat: tf.concat([e, tf.ones([1, 3])]),
        float: tf.cast(i, 'float32'),
        reshaped: tf.reshape(e, [3, 0]),
      }),
      { device },
    );
    const out = await f(
      { data: Int32Array.of(1, 2), shape: [2] },
      { data: Uint8Array.of(1, 0), shape: [2] },
      hostTensor([5], []),
      hostTensor([], [0, 3]),
    );
    expect(out.i).toEqual({ data: Int32Array.of(2, 3), shape: [2] });
    expect(out.b).toEqual({ data: Uint8Array.of(0, 1), shape: [2] });
    expect(out.s).toEqual({ data: Float32Array.of(6), shape: [] });
    expect(out.e).toEqual({ data: new Float32Array(0), shape: [0, 3] });
    expect(out.concat).toEqual({ data: Float32Array.of(1, 1, 1), shape: [1, 3] });
    expect(out.float).toEqual({ data: Float32Array.of(1, 2), shape: [2] });
    expect(out.reshaped).toEqual({ data: new Float32Array(0), shape: [3, 0] });
    await f.dispose();
  });

  test('an input handed back, one tensor twice: arrays of their own', async () => {
    const f = compile((x: tf.Tensor) => [x, x, tf.reshape(x, [1, 2])], { device });
    const x = hostTensor([1, 2]);
    const out = await f(x);
    out.forEach(({ data }, i) => data.fill(10 + i));
    expect(numbers(x)).toEqual([1, 2]);
    expect(out.map(numbers)).toEqual([[10, 10], [11, 11], [12, 12]]); // prettier-ignore
    expect((await f(x)).map(numbers)).toEqual([[1, 2], [1, 2], [1, 2]]); // prettier-ignore
    await f.dispose();
  });

  test('captured tensors stay the caller’s', async () => {
    const captured = tf.tensor1d([1, 2]);
    const f = compile((x: tf.Tensor) => [tf.add(x, captured), captured], { device });
    const before = tf.memory().numTensors;
    expect((await f(hostTensor([1, 1]))).map(numbers)).toEqual([[2, 3], [1, 2]]); // prettier-ignore
    expect(tf.memory().numTensors).toBe(before);
    expect([...captured.dataSync()]).toEqual([1, 2]);
    captured.dispose();
    await f.dispose();
  });

  test('a function that throws: its error, the backend as it was, no tensors left', async () => {
    const before = tf.memory().numTensors;
    const f = compile(
      (x: tf.Tensor) => {
        tf.add(x, tf.scalar(1));
        throw new Error('mine');
      },
      { device },
    );
    await expect(f(hostTensor([1]))).rejects.toThrow('mine');
    await expect(f(hostTensor([1]))).rejects.toThrow('mine');
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory().numTensors).toBe(before);
    expect(f.graphs).toBe(0);
    await f.dispose();
  });

  test('results that are no tensors', async () => {
    const run = (fn: () => unknown) => compile(fn as () => tf.Tensor, { device })();
    await expect(run(() => 3)).rejects.toThrow('the value must be a tensor, or tensors in arrays and records, got');
    await expect(run(() => Promise.resolve(tf.scalar(1)))).rejects.toThrow('the value must be a tensor');
    await expect(run(() => ({ a: tf.scalar(1), b: null }))).rejects.toThrow('b must be a tensor');
    await expect(run(() => [])).rejects.toThrow('must return a tensor');
  });

  test('wrong arguments', async () => {
    const f = compile((x: tf.Tensor) => tf.relu(x), { device });
    await expect(f(3 as never)).rejects.toThrow('compile: argument 0 must be a tensor');
    await expect(f({ a: [null] } as never)).rejects.toThrow('compile: argument 0.a.0 must be a tensor');
    await expect(f(tf.tensor1d([1]) as never)).rejects.toThrow('Make tensors with hostTensor()');
    await expect(f({ data: new Float32Array(3), shape: [2] })).rejects.toThrow(
      'argument 0.data must have 2 values (2), got 3',
    );
    await expect(f({ data: new Float64Array(2), shape: [2] } as never)).rejects.toThrow('compile: argument 0 must be');
    await f.dispose();
    await f.dispose();
    await expect(f(hostTensor([1]))).rejects.toThrow(DisposedError);
  });

  test('compiled inside a compiled function: says to call the plain one', async () => {
    const inner = compile((x: tf.Tensor) => tf.relu(x), { device });
    let failure: Promise<unknown> = Promise.resolve();
    const outer = compile(
      (x: tf.Tensor) => {
        failure = inner(x as never);
        failure.catch(() => undefined);
        return x;
      },
      { device },
    );
    await outer(hostTensor([1]));
    await expect(failure).rejects.toThrow('inside another compiled function call the plain function');
    await Promise.all([inner.dispose(), outer.dispose()]);
  });
});

test('one graph per combination of shapes, as many as asked for', async () => {
  let traces = 0;
  const f = compile((x: tf.Tensor, y: tf.Tensor) => (traces++, tf.add(x, y)), { device: 'cpu', cacheSize: 2 });
  const call = (n: number, m: number) =>
    f(hostTensor(new Array<number>(n).fill(1), [n, 1]), hostTensor(new Array<number>(m).fill(1)));
  await call(1, 2);
  await call(1, 2);
  expect([traces, f.graphs]).toEqual([1, 1]);
  await call(2, 1);
  await call(1, 2);
  await call(3, 1);
  expect([traces, f.graphs]).toEqual([3, 2]);
  await call(1, 2);
  expect(traces).toBe(3);
  await call(2, 1);
  expect(traces).toBe(4);
  await f.dispose();
  expect(f.graphs).toBe(0);
});

test('many calls of many shapes at once, with a small cache', async () => {
  const f = compile((x: tf.Tensor) => tf.sum(tf.square(x)), { device: 'cpu', cacheSize: 1, threads: 1 });
  const sizes = Array.from({ length: 24 }, (_, i) => 1 + (i % 4));
  const results = await Promise.all(sizes.map((n) => f(hostTensor(new Array<number>(n).fill(2)))));
  expect(results.map(({ data }) => data[0])).toEqual(sizes.map((n) => 4 * n));
  await f.dispose();
});

test('disposed of while it runs: the calls under way finish, later ones are refused', async () => {
  const f = compile((x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D), { device: 'cpu' });
  const big = hostTensor(new Float32Array(300 * 300).fill(1), [300, 300]);
  await f(big);
  const running = f(big);
  await new Promise((resolve) => setImmediate(resolve));
  const gone = f.dispose();
  expect((await running).data[0]).toBe(300);
  await gone;
  await expect(f(big)).rejects.toThrow(DisposedError);
});

test('shapes given beforehand are compiled before the first call', async () => {
  let traces = 0;
  const f = compile((x: tf.Tensor) => (traces++, tf.relu(x)), {
    device: 'cpu',
    inputs: [{ shape: [2, 3], dtype: 'float32' }],
  });
  while (f.graphs === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await f(hostTensor([-1, 2, 3, 4, 5, 6], [2, 3]))).data[0]).toBe(0);
  expect(traces).toBe(1);
  await f.dispose();
});

test('values passed change the result, values captured do not', async () => {
  let factor = 2;
  const captured = compile((x: tf.Tensor) => tf.mul(x, factor), { device: 'cpu' });
  const passed = compile((x: tf.Tensor, by: tf.Tensor) => tf.mul(x, by), { device: 'cpu' });
  const x = hostTensor([1, 2]);
  await captured(x);
  factor = 3;
  expect(numbers(await captured(x))).toEqual([2, 4]);
  expect(numbers(await passed(x, hostTensor([2], [])))).toEqual([2, 4]);
  expect(numbers(await passed(x, hostTensor([3], [])))).toEqual([3, 6]);
  await Promise.all([captured.dispose(), passed.dispose()]);
});

describe('what cannot be compiled', () => {
  const failureOf = async (fn: (x: tf.Tensor) => tf.Tensor) => {
    const f = compile(fn, { device: 'cpu' });
    return f(hostTensor([1, 2, 3, 4], [2, 2])).then(
      () => undefined,
      (error: unknown) => error as UnsupportedOpError,
    );
  };

  test('an op without a graph form: its name and the line that called it', async () => {
    const error = await failureOf((x) => tf.unique(x).values);
    expect(error).toBeInstanceOf(UnsupportedOpError);
    expect(error!.op).toBe('Unique');
    expect(error!.message).toMatch(/the tfjs op Unique cannot be compiled at .*compile\.test\.ts:\d+\. /);
    const line = Number(/compile\.test\.ts:(\d+)/.exec(error!.message)![1]);
    const own = Number(/compile\.test\.ts:(\d+)/.exec(new Error().stack!)![1]);
    expect(own - line).toBe(5);
  });

  test('an op inside a gradient: the line that asked for the gradient', async () => {
    const error = await failureOf((x) =>
      tf.grad((v: tf.Tensor) => tf.sum(tf.localResponseNormalization(tf.reshape<tf.Rank.R4>(v, [1, 2, 2, 1]))))(x),
    );
    expect(error!.op).toBe('LRNGrad');
    expect(error!.message).toMatch(/compile\.test\.ts:\d+/);
  });

  test('control flow on values', async () => {
    const error = await failureOf((x) => (tf.sum(x).dataSync()[0]! > 0 ? x : tf.neg(x)));
    expect(error!.message).toMatch(/the value of a traced tensor was read .* at .*compile\.test\.ts:\d+/);
  });

  test('a type without a graph form; a captured tensor that is gone', async () => {
    const words = tf.tensor1d(['a', 'b']);
    expect((await failureOf((x) => tf.concat([tf.cast(words, 'string'), x])))!.message).toMatch(
      /float32, int32 or bool|string/,
    );
    const gone = tf.tensor1d([1, 2]);
    gone.dispose();
    expect((await failureOf((x) => tf.add(x, gone)))!.message).toMatch(/disposed/);
    words.dispose();
  });
});
