import { MeanImage, tinySamples } from '@adlib/testing';
import type { FitOptions, Images } from '@adlib/core';
import { toCollection } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { setHash } from './contentHash.js';
import { train } from './train.js';

const all = tinySamples({ good: 12, defective: 2 });
const roles = {
  train: all.slice(0, 6),
  validation: all.slice(6, 8),
  calibration: all.slice(8, 10),
  test: all.slice(10),
};

describe('train', () => {
  test('fits to train, hands validation over, and records what was used', async () => {
    let seen: { images: number; options: FitOptions } | undefined;
    const detector = new (class extends MeanImage {
      override fit(images: Images, options: FitOptions = {}) {
        seen = { images: toCollection(images).length, options };
        return super.fit(images, options);
      }
    })();
    const record = await train(detector, roles, { name: 'tiny', seed: 3 });
    expect(detector.fitted).toBe(true);
    expect(seen!.images).toBe(6);
    expect(toCollection(seen!.options.validation!).length).toBe(2);
    expect(seen!.options.seed).toBe(3);
    const hashes = await Promise.all(all.slice(0, 10).map((sample) => sample.hash()));
    expect(record).toMatchObject({
      data: 'tiny',
      trainHash: await setHash(hashes.slice(0, 6)),
      images: { train: 6, validation: 2 },
      seen: hashes,
      seed: 3,
      device: 'auto',
    });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    expect(Date.parse(record.created)).not.toBeNaN();
  });

  test('refuses defective training images, an empty role, and a picture with two roles', async () => {
    const detector = new MeanImage();
    await expect(train(detector, { ...roles, validation: all.slice(12) })).rejects.toThrow('tiny/dots/012');
    await expect(train(detector, { train: [] })).rejects.toThrow(RangeError);
    const copy = { ...all[0]!, id: 'copy' };
    await expect(train(detector, { ...roles, test: [copy] })).rejects.toThrow(
      "roles must be disjoint, got 'tiny/good/000 (train) and copy (test)'",
    );
    await expect(train(detector, { ...roles, train: [...roles.train, copy] })).resolves.toMatchObject({
      images: { train: 7 },
    });
  });

  test('refuses unknown options and bad seeds', async () => {
    await expect(train(new MeanImage(), roles, { epochs: 3 } as never)).rejects.toThrow(TypeError);
    await expect(train(new MeanImage(), roles, { seed: -1 })).rejects.toThrow(RangeError);
  });

  test('a cancelled training keeps what was learned before', async () => {
    const detector = new MeanImage();
    await train(detector, roles);
    const before = detector.save();
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const call = train(detector, { train: roles.test.slice(0, 2) }, { signal: controller.signal, onProgress });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(detector.save()).toEqual(before);
  });
});
