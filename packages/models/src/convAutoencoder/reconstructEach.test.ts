import { DisposedError, NotFittedError, type Image } from '@adlib/core';
import { squaredErrorMap, gaussianSmooth, meanScore } from '@adlib/scores';
import { tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { ConvAutoencoder } from './convAutoencoder.js';
import type { Reconstruction } from './reconstructEach.js';

const small = { size: [16, 24], widths: [8, 16], epochs: 2, batchSize: 4, sigma: 0.7 } as const;

async function all(pairs: AsyncIterable<Reconstruction>): Promise<Reconstruction[]> {
  const list: Reconstruction[] = [];
  for await (const pair of pairs) list.push(pair);
  return list;
}

describe('reconstruct', () => {
  test.each([
    ['colour', 3],
    ['grey', 1],
  ] as const)('%s: the score of the pair is the score of the detector', { timeout: 60_000 }, async (_, channels) => {
    const detector = new ConvAutoencoder({ ...small, channels });
    await detector.fit(tinyParts({ count: 4, seed: 1 }));
    // More than a batch, of the network's size and of others.
    const images: Image[] = [
      ...tinyParts({ count: 9, seed: 2, width: 31, height: 19 }),
      ...tinyParts({ count: 1, seed: 3, width: 24, height: 16 }),
    ];
    const seen: number[] = [];
    const pairs = await all(detector.reconstruct(images, { onProgress: ({ done }) => seen.push(done) }));
    const detections = await detector.score(images);
    expect(pairs).toHaveLength(10);
    pairs.forEach(({ image, reconstruction }, i) => {
      for (const picture of [image, reconstruction]) {
        expect([picture.height, picture.width, picture.channels]).toEqual([16, 24, channels]);
        expect(picture.data).toBeInstanceOf(Float32Array);
        expect(picture.data.length).toBe(16 * 24 * channels);
        expect(picture.data.every((v) => v >= 0 && v <= 1)).toBe(true);
      }
      const score = meanScore(gaussianSmooth(squaredErrorMap(image, reconstruction), { sigma: 0.7 }));
      expect(Math.abs(score - detections[i]!.score) / score).toBeLessThan(1e-4);
    });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    detector.dispose();
  });

  test('after a new fit it redraws with what was learned last; no tensor stays', { timeout: 60_000 }, async () => {
    const detector = new ConvAutoencoder(small);
    const images = tinyParts({ count: 4, seed: 1 });
    await detector.fit(images, { seed: 1 });
    const [first] = await all(detector.reconstruct(images.slice(0, 1)));
    await detector.fit(images, { seed: 2 });
    const before = tf.memory().numTensors;
    const [second] = await all(detector.reconstruct(images.slice(0, 1)));
    expect(tf.memory().numTensors).toBe(before);
    expect(second!.image.data).toEqual(first!.image.data);
    expect(second!.reconstruction.data).not.toEqual(first!.reconstruction.data);
    expect(await all(detector.reconstruct([]))).toEqual([]);
    detector.dispose();
  });

  test('refuses before fit, after dispose, unknown options, cancelled calls and broken images', async () => {
    const detector = new ConvAutoencoder(small);
    const images = tinyParts({ count: 2, seed: 1 });
    await expect(all(detector.reconstruct(images))).rejects.toThrow(NotFittedError);
    await detector.fit(images);
    await expect(all(detector.reconstruct(images, { maps: true } as object))).rejects.toThrow('got maps');
    await expect(all(detector.reconstruct(images, { signal: AbortSignal.abort() }))).rejects.toMatchObject({
      name: 'AbortError',
    });
    const broken = { ...images[1]!, width: 7 };
    await expect(all(detector.reconstruct([images[0]!, broken]))).rejects.toThrow('images[1]');
    detector.dispose();
    await expect(all(detector.reconstruct(images))).rejects.toThrow(DisposedError);
  });
});
