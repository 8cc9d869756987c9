import { describe, expect, test } from 'vitest';
import type { Image } from '@adlib/core';
import type { Sample } from './dataset.js';
import { imagesOf } from './images.js';

/** Samples that count how often and how many at a time they are read; picture `i` holds the value `i`. */
function counting(n: number): { samples: Sample[]; reads: number[]; most: () => number } {
  const reads: number[] = new Array<number>(n).fill(0);
  let running = 0;
  let most = 0;
  const samples = Array.from({ length: n }, (_, i): Sample => ({
    id: String(i),
    label: 'good',
    defect: 'good',
    split: undefined,
    hash: () => Promise.resolve(String(i)),
    image: async () => {
      reads[i]!++;
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      if (i === 13) throw new Error('sample 13 is broken');
      return { data: Uint8Array.of(i), width: 1, height: 1, channels: 1 } satisfies Image;
    },
  }));
  return { samples, reads, most: () => most };
}

describe('imagesOf', () => {
  test('in order: every picture read once, the next ones ahead, never more than concurrency at a time', async () => {
    const { samples, reads, most } = counting(12);
    const images = imagesOf(samples, { concurrency: 3, prefetch: 5 });
    for (let i = 0; i < 12; i++) expect((await images.get(i)).data[0]).toBe(i);
    expect(reads).toEqual(new Array<number>(12).fill(1));
    expect(most()).toBe(3);
  });

  test('what is read ahead is bounded', async () => {
    const { samples, reads } = counting(40);
    const images = imagesOf(samples, { concurrency: 2, prefetch: 4 });
    for (let i = 0; i < 5; i++) await images.get(i);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reads.lastIndexOf(1)).toBe(8);
  });

  test('in a shuffled order nothing is read in vain', async () => {
    const { samples, reads } = counting(12);
    const images = imagesOf(samples);
    for (const i of [3, 0, 7, 2, 9, 10, 1]) await images.get(i);
    expect(reads.reduce((a, b) => a + b)).toBe(7);
  });

  test('many at once are limited', async () => {
    const { samples, most } = counting(12);
    const images = imagesOf(samples, { concurrency: 2, prefetch: 0 });
    const got = await Promise.all([5, 1, 9, 0, 3].map(async (i) => images.get(i)));
    expect(got.map((image) => image.data[0])).toEqual([5, 1, 9, 0, 3]);
    expect(most()).toBe(2);
  });

  test('a broken picture rejects its own get alone, also when it was read ahead', async () => {
    const { samples } = counting(20);
    const images = imagesOf(samples, { prefetch: 8 });
    for (let i = 0; i < 20; i++) {
      if (i === 13) await expect(images.get(i)).rejects.toThrow('sample 13 is broken');
      else expect((await images.get(i)).data[0]).toBe(i);
    }
  });

  test('refuses wrong options and indices', () => {
    const { samples } = counting(2);
    expect(() => imagesOf(samples, { concurrency: 0 })).toThrow('concurrency must be an integer >= 1');
    expect(() => imagesOf(samples, { ahead: 1 } as object)).toThrow('got ahead');
    expect(() => imagesOf(samples).get(2)).toThrow('index must be an integer in [0, 1], got 2');
  });
});
