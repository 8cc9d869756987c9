import { allClose } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile, type TensorFunction } from '../compile.js';
import type { KernelTable } from '../kernels/kernel.js';
import type { HostTensor } from '../session/tensor.js';
import { TRACE_BACKEND } from '../trace/backend.js';
import { trace } from '../trace/trace.js';
import { createDraw, type Draw } from './draw.js';
import { channelsFirst, identityConv, type MemoryOrder } from './memoryOrder.js';

/** One way to call a kernel, compared with tfjs's own `cpu` backend. */
export interface KernelCase {
  /** Name of the kernel in tfjs; the case fails if it does not run. */
  kernel: string;
  /** What is special about the case. */
  name: string;
  /** Makes the inputs. */
  inputs: (draw: Draw) => readonly HostTensor[];
  /** Calls the kernel. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- ranks are the case's own
  fn: (...inputs: any[]) => tf.Tensor | tf.Tensor[];
  /** The same in other words, where tfjs's kernel is wrong; the right result and gradients come from this. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- ranks are the case's own
  reference?: (...inputs: any[]) => tf.Tensor | tf.Tensor[];
  /**
   * Where the right gradients come from: tfjs (the default), central differences of tfjs's result with a step of 0.5 (exact
   * for functions that are linear in each input; for those whose gradient tfjs has wrong), or there are none.
   */
  gradients?: 'tfjs' | 'differences' | 'none';
  /** Inputs that get gradients. The default is every float32 input. */
  wrt?: readonly number[];
  /** Memory orders in which rank-4 values come; special values cannot pass the convolution that changes the order. */
  orders?: readonly MemoryOrder[];
}

const ORDERS: readonly MemoryOrder[] = ['channels-last', 'channels-first', 'mixed'];
const ran = new Set<string>();

/**
 * Makes the tests of one kernel table: each case on the device `cpu` against tfjs's own `cpu` backend, values and
 * gradients, and that every kernel of the table has a case. Floats agree when
 * `|actual - expected| <= 1e-4 (|expected| + rms(expected))`; integers and truth values exactly.
 *
 * @param table - the kernels
 * @param cases - at least one for each kernel
 */
export function checkKernels(table: KernelTable, cases: readonly KernelCase[]): void {
  beforeAll(async () => {
    await tf.setBackend('cpu');
    recordKernels();
  });

  test('every kernel of the table has a case', () => {
    const covered = new Set(cases.map(({ kernel }) => kernel));
    expect(Object.keys(table).filter((name) => !covered.has(name))).toEqual([]);
    expect([...covered].filter((name) => !(name in table))).toEqual([]);
  });

  for (const kernel of new Set(cases.map((c) => c.kernel))) {
    describe(kernel, () => {
      for (const one of cases.filter((c) => c.kernel === kernel)) {
        const inputs = one.inputs(createDraw(`${kernel} ${one.name}`));
        const rank4 = inputs.filter(({ shape }) => shape.length === 4).length;
        const orders = (one.orders ?? ORDERS).filter((order) => order !== 'mixed' || rank4 > 1);
        const source = one.gradients === 'none' ? '' : `, gradients by ${one.gradients ?? 'tfjs'}`;
        test(`${one.name} (${orders.join(', ')}${source})`, () => checkCase(one, inputs, orders));
      }
    });
  }
}

async function checkCase(one: KernelCase, inputs: readonly HostTensor[], orders: readonly MemoryOrder[]) {
  const wrt = one.gradients === 'none' ? [] : (one.wrt ?? floatsOf(inputs));
  const expected = await expectedOf(one, inputs, wrt);
  ran.clear();
  for (const order of orders) await checkAgainst(expected, one.fn, inputs, wrt, order);
  expect([...ran]).toContain(one.kernel);
}

/**
 * Fails unless a function gives the expected results and gradients.
 *
 * @param expected - results, and gradients of their sum weighted by `sin(1 + 1.7 i)`
 * @param fn - the function
 * @param inputs - what it is given; it must leave them alone
 * @param wrt - which inputs the gradients belong to
 * @param order - how rank-4 values come, or `tfjs` for a run on tfjs's `cpu` backend
 */
export async function checkAgainst(
  expected: Numbers,
  fn: KernelCase['fn'],
  inputs: readonly HostTensor[],
  wrt: readonly number[],
  order: MemoryOrder | 'tfjs',
): Promise<void> {
  const eager = order === 'tfjs';
  const compiled = compile(withGradients(fn, wrt, eager ? 'channels-last' : order), {
    device: eager ? 'tfjs' : 'cpu',
    threads: 1,
  });
  const passed = inputs.map(({ data, shape }) => ({ data: data.slice(), shape }));
  const actual = (await compiled(...passed)) as unknown as Numbers;
  await compiled.dispose();
  passed.forEach((after, i) => expectClose(after, inputs[i]!, `${order} input ${i} after the call`, 0));
  for (const part of ['y', 'gradients'] as const) {
    expected[part].forEach((value, i) => expectClose(actual[part][i], value, `${order} ${part} ${i}`));
  }
  expect(actual.y.length).toBe(expected.y.length);
}

/** Results and gradients. */
export interface Numbers {
  /** What the function returned, in order. */
  y: HostTensor[];
  /** Gradients of a weighted sum of the results, in the order of the inputs asked for. */
  gradients: HostTensor[];
}

async function expectedOf(one: KernelCase, inputs: readonly HostTensor[], wrt: readonly number[]): Promise<Numbers> {
  const differences = one.gradients === 'differences';
  const eager = compile(withGradients(one.reference ?? one.fn, differences ? [] : wrt, 'channels-last'), {
    device: 'tfjs',
  });
  const expected = (await eager(...inputs)) as unknown as Numbers;
  if (!differences) return expected;
  const loss = async (changed: readonly HostTensor[]) => {
    const { y } = (await eager(...changed)) as unknown as Numbers;
    return y.reduce((sum, { data }) => sum + weights(data.length).reduce((s, w, i) => s + w * data[i]!, 0), 0);
  };
  const gradients: HostTensor[] = [];
  for (const index of wrt) {
    const { data, shape } = inputs[index]!;
    const gradient = new Float32Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const moved = (by: number) =>
        inputs.map((t, at) =>
          at === index ? { shape, data: Float32Array.from(data, (v, j) => (j === i ? v + by : v)) } : t,
        );
      gradient[i] = (await loss(moved(0.5))) - (await loss(moved(-0.5)));
    }
    gradients.push({ data: gradient, shape });
  }
  return { y: expected.y, gradients };
}

/** `fn` and the gradients of a weighted sum of its results, with rank-4 values in the memory order asked for. */
function withGradients(fn: KernelCase['fn'], wrt: readonly number[], order: MemoryOrder): TensorFunction {
  return (...inputs: tf.Tensor[]) => {
    const run = (args: readonly tf.Tensor[]) => {
      const ordered = args.map((x, i) =>
        order === 'channels-last' || (order === 'mixed' && i > 0) ? x : channelsFirst(x),
      );
      return [fn(...ordered)].flat();
    };
    const loss = (...moving: tf.Tensor[]) => {
      const args = [...inputs];
      wrt.forEach((index, i) => (args[index] = moving[i]!));
      const terms = run(args)
        .filter(({ dtype }) => dtype === 'float32')
        .map((y) => {
          const last = order === 'channels-last' || y.rank !== 4 ? y : identityConv(y as tf.Tensor4D);
          return tf.sum(tf.mul(last, tf.tensor(weights(y.size), y.shape)));
        });
      return tf.addN(terms) as tf.Scalar;
    };
    const gradients = wrt.length === 0 ? [] : tf.grads(loss)(wrt.map((index) => inputs[index]!));
    // A copy: an input that is handed back is an output of its own.
    return { y: run(inputs).map((y) => tf.clone(y)), gradients };
  };
}

/** Weights of the sum whose gradients are compared: no two neighbours alike. */
function weights(length: number): number[] {
  return Array.from({ length }, (_, i) => Math.sin(1 + 1.7 * i));
}

function floatsOf(inputs: readonly HostTensor[]): number[] {
  return inputs.flatMap(({ data }, i) => (data instanceof Float32Array ? [i] : []));
}

/**
 * Fails unless two tensors agree in type, shape and values: floats when `|actual - expected| <= rtol (|expected| + rms(expected))`,
 * integers and truth values exactly.
 *
 * @param actual - what was computed
 * @param expected - what it should be
 * @param what - for the message
 * @param rtol - relative tolerance
 */
export function expectClose(actual: HostTensor | undefined, expected: HostTensor, what: string, rtol = 1e-4): void {
  expect(actual, what).toBeDefined();
  expect([...actual!.shape], `shape of ${what}`).toEqual([...expected.shape]);
  expect(actual!.data.constructor.name, `type of ${what}`).toBe(expected.data.constructor.name);
  const exact = !(expected.data instanceof Float32Array);
  const finite = Array.from(expected.data).filter((v) => Number.isFinite(v));
  const rms = Math.sqrt(finite.reduce((sum, v) => sum + v * v, 0) / Math.max(1, finite.length));
  const options = exact ? { rtol: 0 } : { rtol, atol: rtol * rms };
  const { pass, message } = allClose(actual!.data, expected.data, options);
  expect(pass, `${what}: ${message}`).toBe(true);
}

/** Notes which kernels a trace runs. */
function recordKernels(): void {
  trace(({ x }) => ({ y: tf.abs(x!) }), { x: { shape: [1], dtype: 'float32' } });
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend(TRACE_BACKEND)) {
    tf.unregisterKernel(kernelName, TRACE_BACKEND);
    tf.registerKernel({
      kernelName,
      backendName: TRACE_BACKEND,
      kernelFunc: (context) => {
        ran.add(kernelName);
        return kernelFunc(context);
      },
    });
  }
}
