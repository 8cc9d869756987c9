import type { Image, Images, ProgressEvent } from '@adlib/core';
import { checkDetector, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import { sameTensors } from '../testing/sameTensors.js';
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
      const passed = await checkDetector(
        () => new SimpleNet({ ...small, layers: ['layer1', 'layer2'], noise: 0.3, recipe }),
        {
          numTensors: () => tf.memory().numTensors,
          checkOnnx: assertOnnxAgrees,
        },
      );
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

  test('one picture, two, fewer than a batch, and held-out ones of the caller', { timeout: 120_000 }, async () => {
    const options = { ...small, metaEpochs: 2, ganEpochs: 1, batchSize: 16 };
    const runs = [
      { count: 1, facts: { images: 1, heldOut: 0 } },
      { count: 2, facts: { images: 2, heldOut: 0 } },
      { count: 6, facts: { images: 5, heldOut: 1 } },
      { count: 6, validation: 3, facts: { images: 6, heldOut: 3 } },
      { count: 6, validation: 0, facts: { images: 5, heldOut: 1 } },
    ];
    for (const { count, validation, facts } of runs) {
      const detector = new SimpleNet(options);
      const train: ProgressEvent[] = [];
      await detector.fit(tinyParts({ count, seed: 1 }), {
        device: 'cpu',
        ...(validation !== undefined && { validation: tinyParts({ count: 3, seed: 2 }).slice(0, validation) }),
        onProgress: (event) => event.stage === 'train' && train.push(event),
      });
      expect(detector.facts).toMatchObject(facts);
      expect((detector.facts as unknown as Facts).tracker).toHaveLength(2);
      // One step a pass, to the last.
      expect(train.map(({ done, total }) => [done, total])).toEqual([
        [1, 2],
        [2, 2],
      ]);
      const [{ score }] = (await detector.score(tinyParts({ count: 1 }), { device: 'cpu' })) as [{ score: number }];
      expect(Number.isFinite(score)).toBe(true);
      detector.dispose();
    }
  });

  test('held-out pictures are the only thing that the tracker looks at', { timeout: 60_000 }, async () => {
    const run = async (validation: Image[]) => {
      const detector = new SimpleNet({ ...small, metaEpochs: 2 });
      await detector.fit(tinyParts({ count: 5, seed: 1 }), { device: 'cpu', validation });
      const { tensors, facts } = detector.save();
      detector.dispose();
      return { tensors, tracker: (facts as unknown as Facts).tracker };
    };
    const [one, other] = [await run(tinyParts({ count: 2, seed: 2 })), await run(tinyParts({ count: 2, seed: 3 }))];
    expect(sameTensors(one.tensors, other.tensors)).toBe(true);
    one.tracker.forEach(({ trainLoss, realMean }, i) => {
      expect(trainLoss).toBe(other.tracker[i]!.trainLoss);
      expect(realMean).not.toBe(other.tracker[i]!.realMean);
    });
  });

  test('pictures that are none, and passes of another length, are named', async () => {
    const images = tinyParts({ count: 3, seed: 1 });
    const fit = (given: Images, validation?: Images) =>
      new SimpleNet({ ...small, metaEpochs: 1 }).fit(given, { device: 'cpu', ...(validation && { validation }) });
    const broken = [...images.slice(0, 2), { width: 3 } as Image];
    await expect(fit(broken)).rejects.toThrow('SimpleNet.fit: images[2]');
    await expect(fit(images, broken)).rejects.toThrow('SimpleNet.fit: validation[2]');
    const get = (i: number) => images[i]!;
    const passes = (length: number, other = get) => ({ length: 3, get, epoch: () => ({ length, get: other }) });
    await expect(fit(passes(2))).rejects.toThrow('SimpleNet.fit: images.epoch(0) must be 3 images, got 2');
    await expect(fit(passes(3, (i) => broken[i]!))).rejects.toThrow('SimpleNet.fit: images.epoch(0)[2]');
    await expect(fit([])).rejects.toThrow('1 or more images');
  });

  test('what a crop cuts off is as normal as the most normal of what is seen', { timeout: 60_000 }, async () => {
    const images = tinyParts({ count: 4, seed: 1 });
    const detector = new SimpleNet({ ...small, mode: 'crop', shorterSide: 48, metaEpochs: 1 });
    await detector.fit(images, { device: 'cpu' });
    const [detection] = await detector.score([images[0]!], { device: 'cpu' });
    const { data } = detection!.map!;
    const least = data.reduce((a, b) => Math.min(a, b));
    expect(least).not.toBe(0);
    expect(data[0]).toBe(least);
    detector.dispose();
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

  test('an output at the margin counts as real, one at minus the margin not as fake', () => {
    expect(track(1, 0, [0.5, 0.499], [-0.5, -0.501], 0.5)).toMatchObject({ pTrue: 0.5, pFake: 0.5 });
    // Both shares at 1 but the loss not near 0 cannot be; shares just below 99 % are not enough.
    const nearly = [...new Array<number>(97).fill(2), 0.4, 0.4, 0.4];
    expect(track(1, 0, nearly, [-2], 0.5).saturated).toBe(false);
    expect(track(1, 0, [...new Array<number>(99).fill(2), 0.4], [-2], 0.5)).toMatchObject({
      pTrue: 0.99,
      saturated: true,
    });
    expect(track(1, 0, [...new Array<number>(99).fill(2), -1], [-2], 0.5)).toMatchObject({
      pTrue: 0.99,
      saturated: false,
    });
  });

  test('a regime that was left again is told as such', () => {
    const saturated = track(1, 0, [2, 3], [-2, -3], 0.5);
    const sound = track(2, 0.3, [0.2, 1], [-0.3, -1], 0.5);
    expect(saturated.saturated).toBe(true);
    expect(trackerWarnings([saturated, sound])[0]).toContain('recovered later');
    expect(trackerWarnings([sound])).toEqual([]);
  });
});
