import { checkDetector } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import type { PatchCoreOptions } from './options.js';
import { PatchCore } from './patchCore.js';

const small: PatchCoreOptions = { backbone: 'filter-bank', size: [32, 48], coresetRatio: 0.25, neighbors: 3, sigma: 1 };

describe('PatchCore', () => {
  test.each(['anomalib', 'amazon'] as const)(
    'keeps the contract of every detector: %s',
    { timeout: 300_000 },
    async (variant) => {
      const options = variant === 'amazon' ? { ...small, variant, dimension: 20, neighbors: 2 } : { ...small, variant };
      const passed = await checkDetector(() => new PatchCore(options), {
        numTensors: () => tf.memory().numTensors,
        checkOnnx: assertOnnxAgrees,
      });
      expect(passed.length).toBeGreaterThan(15);
    },
  );
});
