import { checkDetector, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import type { SPADEOptions } from './options.js';
import { SPADE } from './spade.js';

const small: SPADEOptions = { backbone: 'filter-bank', size: [32, 48], neighbors: 2, sigma: 1 };

describe('SPADE', () => {
  test('keeps the contract of every detector', { timeout: 300_000 }, async () => {
    const passed = await checkDetector(() => new SPADE(small), {
      numTensors: () => tf.memory().numTensors,
      checkOnnx: assertOnnxAgrees,
    });
    expect(passed.length).toBeGreaterThan(15);
  });

  test('a picture that was learned has distance 0 to itself, in the score and all over the map', async () => {
    const images = tinyParts({ count: 5, seed: 1 });
    const detector = new SPADE({ ...small, neighbors: 1 });
    await detector.fit(images);
    for (const { score, map } of await detector.score(images)) {
      expect(score).toBeLessThan(1e-5);
      expect(Math.max(...map!.data)).toBeLessThan(0.01);
    }
    detector.dispose();
  });

  test('options that cannot be are named', () => {
    expect(() => new SPADE({ ...small, neighbors: 0 })).toThrow('neighbors');
    expect(() => new SPADE({ ...small, imageLayer: 'layer9' })).toThrow('layer9');
    expect(new SPADE({ backbone: 'resnet18' }).options.imageLayer).toBe('avgpool');
  });
});
