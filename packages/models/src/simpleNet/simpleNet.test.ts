import { checkDetector, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import { marginLoss } from './network.js';
import type { SimpleNetOptions } from './options.js';
import { SimpleNet } from './simpleNet.js';
import { track, trackerWarnings, type TrackerEntry } from './tracker.js';

const small: SimpleNetOptions = {
  backbone: 'filter-bank',
  size: [32, 48],
  metaEpochs: 12,
  ganEpochs: 2,
  learningRate: 2e-3,
  adapterLearningRate: 1e-3,
  noise: 0.05,
  sigma: 1,
};

interface Facts {
  tracker: TrackerEntry[];
  warnings: string[];
}

describe('SimpleNet', () => {
  test.each(['baseline', 'refined'] as const)(
    'keeps the contract of every detector: %s',
    { timeout: 300_000 },
    async (recipe) => {
      const passed = await checkDetector(() => new SimpleNet({ ...small, recipe }), {
        numTensors: () => tf.memory().numTensors,
        checkOnnx: assertOnnxAgrees,
      });
      expect(passed.length).toBeGreaterThan(15);
    },
  );

  test(
    'noise far too large, gradients not clipped, 20 pictures: saturation is seen and said',
    { timeout: 120_000 },
    async () => {
      const detector = new SimpleNet({ ...small, recipe: 'baseline', noise: 5, learningRate: 2e-2 });
      await detector.fit(tinyParts({ count: 20, seed: 1 }));
      const { tracker, warnings } = detector.save().facts as unknown as Facts;
      expect(tracker).toHaveLength(12);
      expect(tracker.at(-1)!.saturated).toBe(true);
      expect(warnings.join()).toContain('The discriminator was saturated at meta-epoch');
      detector.dispose();
    },
  );

  test('noise that is hard to tell does not saturate', { timeout: 120_000 }, async () => {
    const detector = new SimpleNet({ ...small, noise: 0.01, metaEpochs: 4 });
    await detector.fit(tinyParts({ count: 20, seed: 1 }));
    const { tracker, warnings } = detector.save().facts as unknown as Facts;
    expect(tracker.some(({ saturated }) => saturated)).toBe(false);
    expect(warnings).toEqual([]);
    expect(tracker[0]!.realSd).toBeGreaterThan(0);
    detector.dispose();
  });

  test('pictures that change with each pass are computed anew, the same for a seed', { timeout: 120_000 }, async () => {
    const good = tinyParts({ count: 8, seed: 1 });
    const other = tinyParts({ count: 8, seed: 9 });
    const seen = new Set<number>();
    const changing = {
      length: 8,
      get: (i: number) => good[i]!,
      epoch: (n: number) => {
        seen.add(n);
        return { length: 8, get: (i: number) => (n % 2 === 0 ? good : other)[i]! };
      },
    };
    const options = { ...small, metaEpochs: 2 };
    const runs = [];
    for (const images of [changing, changing, good]) {
      const detector = new SimpleNet(options);
      await detector.fit(images, { seed: 3 });
      runs.push((await detector.score(other)).map(({ score }) => score));
      detector.dispose();
    }
    expect([...seen]).toEqual([0, 1, 2, 3]);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).not.toEqual(runs[0]);
  });

  test('options that cannot be are named', () => {
    expect(() => new SimpleNet({ ...small, margin: 0 })).toThrow('margin');
    expect(() => new SimpleNet({ ...small, recipe: 'best' as 'refined' })).toThrow('recipe');
    expect(() => new SimpleNet({ ...small, patchSize: 2 })).toThrow('patchSize must be odd');
    expect(() => new SimpleNet({ ...small, epochs: 3 } as never)).toThrow('epochs');
    expect(new SimpleNet({ ...small, recipe: 'baseline' }).options).toMatchObject({
      clipNorm: null,
      imageScore: 'patches',
    });
    expect(new SimpleNet({ backbone: 'wide_resnet50_2' }).options).toMatchObject({ dimension: 1536, hidden: 1024 });
  });
});

test('the margin loss of the worked example', () => {
  const loss = tf.tidy(
    () => marginLoss(tf.tensor1d([0.8, 0.2, -0.1]), tf.tensor1d([-0.9, 0.1, -0.4]), 0.5).dataSync()[0],
  );
  expect(loss).toBeCloseTo(0.5333333333, 6);
  // Equal inputs lose at least twice the margin.
  const s = [0.3, -2, 7, 0.5];
  const equal = tf.tidy(() => marginLoss(tf.tensor1d(s), tf.tensor1d(s), 0.5).dataSync()[0]);
  expect(equal).toBeGreaterThanOrEqual(1);
});

describe('tracker', () => {
  test('figures by hand', () => {
    const entry = track(1, 0.7, [1, 0, 2], [-1, 1], 0.5);
    expect(entry).toMatchObject({ realMean: 1, pTrue: 2 / 3, pFake: 0.5, fakeMean: 0, fakeSd: 1, saturated: false });
    expect(entry.realSd).toBeCloseTo(Math.sqrt(2 / 3), 12);
    expect(entry.loss).toBeCloseTo(0.5 / 3 + 1.5 / 2, 12);
  });

  test('a regime that was left again is told as such', () => {
    const saturated = track(1, 0, [2, 3], [-2, -3], 0.5);
    const sound = track(2, 0.3, [0.2, 1], [-0.3, -1], 0.5);
    expect(saturated.saturated).toBe(true);
    expect(trackerWarnings([saturated, sound])[0]).toContain('recovered later');
    expect(trackerWarnings([sound])).toEqual([]);
  });
});
