import { assertInteger, assertKnownOptions, type Image, type ImageCollection } from '@adlib/core';
import type { Sample } from './dataset.js';
import { limiter } from './limiter.js';

/** Options of {@link imagesOf}. */
export interface ImagesOfOptions {
  /** Most pictures decoded at the same time. @defaultValue 4 */
  concurrency?: number;
  /** Most pictures decoded ahead while they are asked for in order; 0 turns it off. @defaultValue 8 */
  prefetch?: number;
}

/**
 * The pictures of samples as a collection that detectors take. Pictures are read when they are asked for, several at a
 * time; while indices are asked for in rising order, the next ones are decoded ahead. In memory are at most `prefetch`
 * pictures waiting to be asked for and those the caller has asked for.
 *
 * @param samples - the samples, in the order wanted
 * @param options - how much at a time
 * @returns the collection; each picture it gives belongs to the caller
 * @throws RangeError if an option is out of range; a picture that cannot be read rejects its own `get` alone
 * @example
 * ```ts
 * import { imagesOf, synthetic } from '@adlib/datasets';
 * const { samples } = synthetic('screw', { seed: 1, good: 4, size: 128 });
 * const images = imagesOf(samples.slice(0, 3), { concurrency: 2 });
 * console.log(images.length, (await images.get(2)).width); // 3 128
 * ```
 */
export function imagesOf(samples: readonly Pick<Sample, 'image'>[], options: ImagesOfOptions = {}): ImageCollection {
  const { concurrency = 4, prefetch = 8 } = options;
  assertKnownOptions('imagesOf', options, ['concurrency', 'prefetch']);
  assertInteger('imagesOf', 'concurrency', concurrency, 1);
  assertInteger('imagesOf', 'prefetch', prefetch, 0);
  const limited = limiter(concurrency);
  const ahead = new Map<number, Promise<Image>>();
  let last = -1;
  let steps = 0;
  const read = (index: number): Promise<Image> => limited(() => samples[index]!.image());
  return {
    length: samples.length,
    get(index: number): Promise<Image> {
      assertInteger('imagesOf.get', 'index', index, 0, samples.length - 1);
      steps = index === last + 1 ? steps + 1 : 0;
      last = index;
      if (steps === 0) ahead.clear();
      const image = ahead.get(index) ?? read(index);
      ahead.delete(index);
      // One step up happens by chance in a shuffled order; two in a row are taken for going through in order.
      for (let next = index + 1; steps >= 2 && next <= index + prefetch && next < samples.length; next++) {
        if (ahead.has(next)) continue;
        const promise = read(next);
        // Asked for later, or never: a failure is told to whoever asks for it.
        promise.catch(() => undefined);
        ahead.set(next, promise);
      }
      return image;
    },
  };
}
