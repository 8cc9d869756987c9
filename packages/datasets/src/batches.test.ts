import { createRandom, prepareImage, type Image, type ImageCollection } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { batchesOf, type Batch, type BatchesOptions } from './batches.js';

const picture = (i: number, channels: 1 | 3 = 3): Image => ({
  data: Uint8Array.from({ length: 6 * 4 * channels }, (_, k) => (i * 31 + k * 7) % 256),
  width: 6,
  height: 4,
  channels,
});
const pictures = (n: number): Image[] => Array.from({ length: n }, (_, i) => picture(i, i % 2 === 0 ? 3 : 1));
const options: BatchesOptions = { size: [3, 5], mean: 0.5, std: 0.25, batchSize: 4 };
async function all(images: readonly Image[] | ImageCollection, more: Partial<BatchesOptions> = {}): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of batchesOf(images, { ...options, ...more })) batches.push(batch);
  return batches;
}
const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('batchesOf', () => {
  test('each picture as prepareImage gives it, in order, the last batch short', async () => {
    const images = pictures(10);
    const batches = await all(images);
    expect(batches.map(({ shape }) => shape)).toEqual([
      [4, 3, 5, 3],
      [4, 3, 5, 3],
      [2, 3, 5, 3],
    ]);
    expect(batches.flatMap(({ indices }) => indices)).toEqual([...images.keys()]);
    images.forEach((image, i) => {
      const { data } = prepareImage(image, { size: [3, 5], channels: 3, mean: 0.5, std: 0.25 });
      expect(batches[i >> 2]!.data.slice((i % 4) * 45, (i % 4) * 45 + 45)).toEqual(data);
    });
    expect((await all(images, { dropLast: true })).length).toBe(2);
    expect(await all([])).toEqual([]);
    expect((await all(images, { channels: 1, mode: 'letterbox', pad: 0 }))[0]!.shape).toEqual([4, 3, 5, 1]);
  });

  test('shuffles by seed: every picture once, the same order again, another with another seed', async () => {
    const images = pictures(50);
    const order = async (shuffle: number) => (await all(images, { shuffle })).flatMap(({ indices }) => indices);
    const first = await order(3);
    expect([...first].sort((a, b) => a - b)).toEqual([...images.keys()]);
    expect(await order(3)).toEqual(first);
    expect(await order(4)).not.toEqual(first);
    expect(first).toEqual([...createRandom(3).split('batches').permutation(50)]);
    const [batch] = await all(images, { shuffle: 3 });
    const { data } = prepareImage(images[first[1]!]!, { size: [3, 5], channels: 3, mean: 0.5, std: 0.25 });
    expect(batch!.data.slice(45, 90)).toEqual(data);
  });

  test('reads ahead, several at a time, and never more than prefetch', async () => {
    let [open, most, asked] = [0, 0, 0];
    const slow: ImageCollection = {
      length: 60,
      async get(i) {
        asked++;
        most = Math.max(most, ++open);
        await tick(1 + (i % 3));
        open--;
        return picture(i);
      },
    };
    const stream = batchesOf(slow, { ...options, prefetch: 6 });
    await stream.next();
    expect(asked).toBe(4 + 6);
    await tick(30);
    // The caller does nothing, and nothing more is read.
    expect([asked, open]).toEqual([10, 0]);
    await stream.next();
    expect(asked).toBe(14);
    await stream.return();
    await tick(10);
    expect(asked).toBe(14);
    expect(most).toBe(7);
    asked = most = 0;
    for await (const { indices } of batchesOf(slow, { ...options, prefetch: 0 })) expect(indices.length).toBe(4);
    expect([asked, most]).toEqual([60, 1]);
  });

  test('reuse: the same values in memory that is used again', async () => {
    const images = pictures(23);
    const whole = await all(images);
    const memory = new Set<ArrayBufferLike>();
    let i = 0;
    for await (const { data } of batchesOf(images, { ...options, reuse: true, prefetch: 4 })) {
      expect(data).toEqual(whole[i++]!.data);
      memory.add(data.buffer);
    }
    expect(i).toBe(6);
    expect(memory.size).toBeLessThan(6);
    expect(new Set(whole.map(({ data }) => data.buffer)).size).toBe(6);
  });

  test('a picture that cannot be read is told in place of its batch; a signal ends the stream', async () => {
    const broken: ImageCollection = {
      length: 12,
      get: (i) => (i === 6 ? Promise.reject(new Error('6 is damaged')) : picture(i)),
    };
    const seen: number[] = [];
    await expect(
      (async () => {
        for await (const { indices } of batchesOf(broken, options)) seen.push(...indices);
      })(),
    ).rejects.toThrow('6 is damaged');
    expect(seen).toEqual([0, 1, 2, 3]);
    const control = new AbortController();
    const stream = batchesOf(pictures(12), { ...options, signal: control.signal });
    await stream.next();
    control.abort(new Error('enough'));
    await expect(stream.next()).rejects.toThrow('enough');
  });

  test('refuses wrong options at once', () => {
    const images = pictures(2);
    expect(() => batchesOf(images, { ...options, batchSize: 0 })).toThrow('batchSize must be an integer >= 1');
    expect(() => batchesOf(images, { ...options, batch: 2 } as BatchesOptions)).toThrow('got batch');
    expect(() => batchesOf(images, { size: [0, 4] })).toThrow('size[0] must be an integer >= 1');
    expect(() => batchesOf(images, { size: [4, 4], mean: [1, 2] })).toThrow('mean must have 3 values');
    expect(() => batchesOf(images, { ...options, dropLast: 1 as unknown as boolean })).toThrow('dropLast must be true');
    expect(() => batchesOf(images, { ...options, signal: {} as AbortSignal })).toThrow('signal must be an AbortSignal');
    expect(() => batchesOf(images, { ...options, reuse: 1 as unknown as boolean })).toThrow('reuse must be true');
    expect(() => batchesOf(images, { ...options, shuffle: -1 })).toThrow(RangeError);
  });
});
