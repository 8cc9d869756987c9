import { DisposedError } from '@adlib/core';
import { fromOnnx } from '@adlib/runtime';
import { checkDetector, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import { ConvAutoencoder } from './convAutoencoder.js';
import type { ConvAutoencoderOptions } from './options.js';

const small: ConvAutoencoderOptions = {
  size: [16, 24],
  widths: [8, 16],
  epochs: 40,
  batchSize: 4,
  learningRate: 5e-3,
  sigma: 0.7,
};

interface Facts {
  validationLoss: number[];
  epochs: number;
  bestEpoch: number;
}

describe('ConvAutoencoder', () => {
  test('keeps the contract of every detector', { timeout: 300_000 }, async () => {
    const passed = await checkDetector(() => new ConvAutoencoder(small), {
      numTensors: () => tf.memory().numTensors,
      checkOnnx: assertOnnxAgrees,
    });
    expect(passed.length).toBeGreaterThan(15);
  });

  test.each(['stretch', 'crop', 'letterbox'] as const)(
    'the exported graph gives the same scores as score(): %s, on tall, wide and odd pictures',
    { timeout: 120_000 },
    async (mode) => {
      const detector = new ConvAutoencoder({ ...small, mode, epochs: 2 });
      await detector.fit(tinyParts({ count: 4, seed: 1 }));
      const images = [
        ...tinyParts({ count: 1, seed: 2, width: 61, height: 37 }),
        ...tinyParts({ count: 1, seed: 3, width: 19, height: 53 }),
        ...tinyParts({ count: 1, seed: 4, width: 12, height: 9 }),
        ...tinyParts({ count: 1, seed: 5, width: 24, height: 16 }),
      ];
      const file = await detector.toOnnx({ threshold: 0.5 });
      await assertOnnxAgrees(file, images, await detector.score(images));
      const changed = await fromOnnx(file, { device: 'cpu' });
      const { data, width, height } = images[0]!;
      const image = { data, shape: [1, height, width, 3] } as const;
      const { defective } = await changed.run({ image, threshold: { data: Float32Array.of(-1), shape: [] } });
      expect(defective!.data[0]).toBeTruthy();
      await changed.dispose();
      detector.dispose();
    },
  );

  test(
    'learns: the loss on held-out pictures falls to a fraction, and the best epoch is kept',
    { timeout: 120_000 },
    async () => {
      const detector = new ConvAutoencoder({ ...small, epochs: 60, patience: 60 });
      await detector.fit(tinyParts({ count: 8, seed: 1 }), { validation: tinyParts({ count: 3, seed: 7 }) });
      const facts = detector.save().facts as unknown as Facts;
      expect(facts.epochs).toBe(60);
      expect(Math.min(...facts.validationLoss)).toBeLessThan(0.5 * facts.validationLoss[0]!);
      expect(facts.validationLoss[facts.bestEpoch - 1]).toBe(Math.min(...facts.validationLoss));
      detector.dispose();
    },
  );

  test('stops when the held-out loss has not improved for `patience` epochs', { timeout: 120_000 }, async () => {
    const detector = new ConvAutoencoder({ ...small, epochs: 200, patience: 2, learningRate: 0.05 });
    await detector.fit(tinyParts({ count: 8, seed: 1 }), { validation: tinyParts({ count: 3, seed: 7 }) });
    const facts = detector.save().facts as unknown as Facts;
    expect(facts.epochs).toBeLessThan(200);
    expect(facts.epochs - facts.bestEpoch).toBe(2);
    detector.dispose();
  });

  test('cpu and eager tfjs give the same scores', { timeout: 120_000 }, async () => {
    const detector = new ConvAutoencoder({ ...small, epochs: 2, aggregation: 'topKMean', topK: 10 });
    const images = tinyParts({ count: 3, seed: 1 });
    await detector.fit(images, { device: 'cpu' });
    const native = await detector.score(images, { device: 'cpu' });
    const eager = await detector.score(images, { device: 'tfjs' });
    native.forEach(({ score }, i) => expect(Math.abs(score - eager[i]!.score) / score).toBeLessThan(1e-4));
    detector.dispose();
    await expect(detector.score(images)).rejects.toThrow(DisposedError);
  });

  test('refuses options that cannot be, naming them', () => {
    expect(() => new ConvAutoencoder({ size: [100, 256] })).toThrow(
      'size[0] must be divisible by 32 (5 halvings), got 100. Use 96.',
    );
    expect(() => new ConvAutoencoder({ widths: [] })).toThrow('widths must be a list of channel counts');
    expect(() => new ConvAutoencoder({ epoch: 3 } as object)).toThrow('got epoch. Check its spelling.');
    expect(() => new ConvAutoencoder({ aggregation: 'median' as 'mean' })).toThrow("'mean', 'max', or 'topKMean'");
    expect(() => new ConvAutoencoder({ channels: 2 as 1 })).toThrow('channels must be 1 or 3, got 2');
  });

  test('one picture is too few', async () => {
    await expect(new ConvAutoencoder(small).fit(tinyParts({ count: 1 }))).rejects.toThrow(
      'images must be 2 or more images of good parts, got 1',
    );
  });
});
