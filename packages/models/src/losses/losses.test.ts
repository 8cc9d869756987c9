import { readFileSync } from 'node:fs';
import { createRandom, type Image } from '@adlib/core';
import { compile, hostTensor, type HostTensor } from '@adlib/runtime';
import { msSsim, ssim } from '@adlib/scores';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { msSsimLoss, type MsSsimLossOptions } from './msSsimLoss.js';
import { ssimLoss } from './ssimLoss.js';

type Loss = (x: tf.Tensor4D, y: tf.Tensor4D, options?: MsSsimLossOptions) => tf.Scalar;
interface Case {
  name: 'ssim' | 'msSsim';
  shape: [number, number, number, number];
  windowSize: number;
  sigma: number;
  dataRange: number;
  loss: number;
  gradient: number[];
}
const { cases } = JSON.parse(
  readFileSync(new URL('../../../../fixtures/models_losses.json', import.meta.url), 'utf8'),
) as { cases: Case[] };
const losses: Record<Case['name'], Loss> = { ssim: ssimLoss, msSsim: msSsimLoss };

/** The pictures of `pair(shape)` in `fixtures/generate_models_losses.py`. */
function pair(shape: readonly number[]): [HostTensor, HostTensor] {
  const length = shape.reduce((a, b) => a * b, 1);
  const x = Float32Array.from({ length }, (_, i) => ((i * i * 31 + i * 17) % 256) / 256);
  const y = x.map((v, i) => (3 * 256 * v + ((i * i * 7 + i * 101) % 256)) / 1024);
  return [hostTensor(x, shape), hostTensor(y, shape)];
}

const eager = ({ data, shape }: HostTensor) => tf.tensor4d(data, [...shape] as [number, number, number, number]);

/** Loss and gradient with respect to y, on tfjs's backend, nothing left behind. */
function runEagerly(fn: (x: tf.Tensor4D, y: tf.Tensor4D) => tf.Scalar, [x, y]: [HostTensor, HostTensor]) {
  return tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads((b) => fn(eager(x), b as tf.Tensor4D))([eager(y)]);
    return { loss: value.dataSync()[0]!, gradient: grads[0]!.dataSync() as Float32Array };
  });
}

/** The same as one compiled graph. */
async function runCompiled(fn: (x: tf.Tensor4D, y: tf.Tensor4D) => tf.Scalar, [x, y]: [HostTensor, HostTensor]) {
  const both = compile(
    (a: tf.Tensor4D, b: tf.Tensor4D) => {
      const { value, grads } = tf.valueAndGrads((z) => fn(a, z as tf.Tensor4D))([b]);
      return { loss: value, gradient: grads[0]! };
    },
    { device: 'cpu' },
  );
  try {
    const { loss, gradient } = await both(x, y);
    return { loss: loss.data[0]!, gradient: gradient.data as Float32Array };
  } finally {
    await both.dispose();
  }
}

/** Largest difference, as a share of the largest expected value. */
function worst(actual: Float32Array, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return actual.reduce((a, v, i) => Math.max(a, Math.abs(v - expected[i]!)), 0) / largest;
}

beforeAll(() => tf.setBackend('cpu'));

describe.each(cases)('$name $shape', ({ name, shape, windowSize, sigma, dataRange, loss, gradient }) => {
  const fn = (x: tf.Tensor4D, y: tf.Tensor4D) => losses[name](x, y, { windowSize, sigma, dataRange });

  test('loss and gradient equal pytorch-msssim', () => {
    const result = runEagerly(fn, pair(shape));
    expect(Math.abs(result.loss - loss)).toBeLessThan(1e-6);
    expect(worst(result.gradient, gradient)).toBeLessThan(1e-4);
  });

  test('compiled equals eager, gradient included', async () => {
    const [result, compiled] = [runEagerly(fn, pair(shape)), await runCompiled(fn, pair(shape))];
    expect(Math.abs(compiled.loss - result.loss)).toBeLessThan(1e-6);
    expect(worst(compiled.gradient, result.gradient)).toBeLessThan(1e-4);
    expect(worst(compiled.gradient, gradient)).toBeLessThan(1e-4);
  });
});

/** Smooth pictures with noise, and what an autoencoder might make of them. */
function pictures(shape: readonly [number, number, number, number], seed = 1): [HostTensor, HostTensor] {
  const random = createRandom(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  const x = Float32Array.from({ length }, (_, i) => 0.5 + 0.3 * Math.sin(i / 37) + 0.2 * (random.uniform() - 0.5));
  return [
    hostTensor(x, shape),
    hostTensor(
      x.map((v) => 0.2 + 0.7 * v + 0.05 * random.normal()),
      shape,
    ),
  ];
}

function imagesOf({ data, shape }: HostTensor): Image[] {
  const [batch, height, width, channels] = shape as [number, number, number, 1 | 3];
  const size = height * width * channels;
  return Array.from({ length: batch }, (_, i) => ({
    data: (data as Float32Array).slice(i * size, (i + 1) * size),
    height,
    width,
    channels,
  }));
}

describe('1 - loss is the similarity of @adlib/scores', () => {
  const shape = [2, 23, 31, 3] as const;
  test.each([
    {},
    { windowSize: 7, sigma: 2 },
    { window: 'uniform', sampleCovariance: true },
    { dataRange: 0.4, k1: 0.05, k2: 0.01 },
  ] as const)('SSIM %o', (options) => {
    const [x, y] = pictures(shape);
    const expected = imagesOf(x).map((image, i) => ssim(image, imagesOf(y)[i]!, options).similarity);
    const { loss } = runEagerly((a, b) => ssimLoss(a, b, options), [x, y]);
    expect(Math.abs(1 - loss - (expected[0]! + expected[1]!) / 2)).toBeLessThan(1e-6);
  });

  test('SSIM with uniform window and sample covariance is the variant skimage', () => {
    const [x, y] = pictures([1, 20, 15, 1]);
    const { loss } = runEagerly((a, b) => ssimLoss(a, b, { window: 'uniform', sampleCovariance: true }), [x, y]);
    const { score } = ssim(imagesOf(x)[0]!, imagesOf(y)[0]!, { variant: 'skimage' });
    expect(Math.abs(loss - score)).toBeLessThan(1e-6);
  });

  test.each([
    { shape: [1, 176, 177, 1], options: {} },
    { shape: [2, 51, 49, 3], options: { windowSize: 3, sigma: 1 } },
    { shape: [1, 33, 50, 3], options: { small: 'shrink' } },
    { shape: [1, 12, 14, 1], options: { small: 'shrink' } },
  ] as const)('MS-SSIM $shape $options', ({ shape, options }) => {
    const [x, y] = pictures(shape);
    const all = imagesOf(x).map((image, i) => msSsim(image, imagesOf(y)[i]!, options).similarity);
    const { loss } = runEagerly((a, b) => msSsimLoss(a, b, options), [x, y]);
    expect(Math.abs(1 - loss - all.reduce((a, b) => a + b) / all.length)).toBeLessThan(1e-6);
  });
});

describe.each(Object.entries(losses))('%s', (_name, fn) => {
  const options: MsSsimLossOptions = { windowSize: 3, sigma: 0.8 };

  test('the gradient equals finite differences', () => {
    const [x, y] = pictures([1, 50, 49, 1], 3);
    const { gradient } = runEagerly((a, b) => fn(a, b, options), [x, y]);
    const step = 0.01;
    const random = createRandom(5);
    // Along random directions, where the difference is far above float32's noise.
    for (let trial = 0; trial < 4; trial++) {
      const direction = Float32Array.from(
        { length: y.data.length },
        (_, i) => Math.sign(random.normal()) * gradient[i]!,
      );
      const scale = Math.max(...direction.map(Math.abs));
      const at = (sign: number) => {
        const moved = (y.data as Float32Array).map((v, i) => v + (sign * step * direction[i]!) / scale);
        return runEagerly((a, b) => fn(a, b, options), [x, hostTensor(moved, y.shape)]).loss;
      };
      const difference = (at(1) - at(-1)) / (2 * step);
      const expected = gradient.reduce((sum, g, i) => sum + (g * direction[i]!) / scale, 0);
      expect(Math.abs(difference - expected)).toBeLessThan(2e-3 * Math.max(Math.abs(expected), 1e-2));
    }
  });

  test('is 0 with gradient 0 for equal pictures, the same either way round', () => {
    const [x, y] = pictures([2, 48, 52, 1]);
    const same = runEagerly((a, b) => fn(a, b, options), [x, x]);
    expect(Math.abs(same.loss)).toBeLessThan(1e-6);
    expect(Math.max(...same.gradient.map(Math.abs))).toBeLessThan(1e-5);
    const turned = runEagerly((a, b) => fn(b, a, options), [x, y]);
    expect(turned.loss).toBeCloseTo(runEagerly((a, b) => fn(a, b, options), [x, y]).loss, 6);
  });

  test('leaves no tensors behind, also when it throws', () => {
    const [x, y] = pictures([1, 48, 48, 3]).map(eager) as [tf.Tensor4D, tf.Tensor4D];
    const before = tf.memory().numTensors;
    fn(x, y, options).dispose();
    tf.dispose(tf.grad((b) => fn(x, b as tf.Tensor4D, options))(y));
    expect(() => fn(x, y, { windowSize: 49 })).toThrow('pictures must be at least');
    expect(tf.memory().numTensors).toBe(before);
    expect(x.isDisposed || y.isDisposed).toBe(false);
    tf.dispose([x, y]);
  });

  test('NaN gives NaN', () => {
    const [x, y] = pictures([1, 48, 48, 1]);
    y.data[5] = NaN;
    expect(runEagerly((a, b) => fn(a, b, options), [x, y]).loss).toBeNaN();
  });

  test('refuses what it cannot compare', () => {
    const [x, y] = pictures([1, 48, 48, 1]).map(eager) as [tf.Tensor4D, tf.Tensor4D];
    const flat = tf.zeros([48, 48]) as never;
    expect(() => fn(flat, y)).toThrow(TypeError);
    expect(() => fn(x, tf.reshape(y, [1, 24, 96, 1]))).toThrow(
      'y must be of the shape of x, 1×48×48×1, got 1×24×96×1.',
    );
    expect(() => fn(x, y, { windowSize: 4 })).toThrow('windowSize must be odd, got 4');
    expect(() => fn(x, y, { dataRange: 0 })).toThrow(RangeError);
    expect(() => fn(x, y, { window: 'box' as never })).toThrow("got 'box'");
    expect(() => fn(x, y, { nope: 1 } as never)).toThrow('options must only have');
    tf.dispose([x, y, flat]);
  });
});

test('a channel that does not correlate at some scale has MS-SSIM loss 1 and no gradient, never NaN', async () => {
  const [x] = pair([1, 48, 48, 1]);
  const inverse = hostTensor(
    (x.data as Float32Array).map((v) => 1 - v),
    x.shape,
  );
  const fn = (a: tf.Tensor4D, b: tf.Tensor4D) => msSsimLoss(a, b, { windowSize: 3, sigma: 0.8 });
  for (const { loss, gradient } of [runEagerly(fn, [x, inverse]), await runCompiled(fn, [x, inverse])]) {
    expect(loss).toBe(1);
    expect(gradient.every((v) => v === 0)).toBe(true);
  }
});

test('following the gradient makes two pictures alike', () => {
  const [x, y] = pictures([1, 24, 28, 1], 7);
  const values = y.data as Float32Array;
  let first: number | undefined;
  let last = 0;
  for (let step = 0; step < 60; step++) {
    const { loss, gradient } = runEagerly((a, b) => ssimLoss(a, b), [x, y]);
    first ??= loss;
    last = loss;
    gradient.forEach((v, i) => (values[i]! -= 5 * v));
  }
  expect(last).toBeLessThan(first! / 2);
});
