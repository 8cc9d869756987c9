import { aupro, auroc, pixelAuroc } from '@adlib/metrics';
import { MeanImage, tinyParts, tinySamples } from '@adlib/testing';
import type { Detection, Images } from '@adlib/core';
import type { Threshold } from '@adlib/thresholds';
import { beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.js';

const fixed = (value: number, extra: Partial<Threshold> = {}): Threshold => ({
  rule: 'fixed',
  value,
  fittedOn: { n: 0, good: 0, defective: 0 },
  parameters: {},
  warnings: [],
  ...extra,
});

const detector = new MeanImage({ size: 20 });
beforeAll(async () => {
  await detector.fit(tinyParts({ count: 8 }));
});

/** Gives scores and maps that are written down. */
class Scripted extends MeanImage {
  readonly #detections: readonly Detection[];
  constructor(detections: readonly Detection[]) {
    super();
    this.#detections = detections;
  }
  override async *scoreEach(): AsyncGenerator<Detection, void, void> {
    await Promise.resolve();
    yield* this.#detections;
  }
  override score(images: Images) {
    return Promise.resolve(this.#detections.slice(0, (images as readonly unknown[]).length));
  }
}
const scripted = (...scores: number[]) => new Scripted(scores.map((score) => ({ score })));

const mixedSizes = [
  ...tinySamples({ good: 6, defective: 4, seed: 3, prefix: 'a' }),
  ...tinySamples({ good: 4, defective: 4, seed: 4, prefix: 'b', width: 23, height: 50, channels: 1, kind: 'uint16' }),
];

describe('figures', () => {
  test('image figures at the threshold, by hand', async () => {
    // good 1 2 6, defective 4 5 9 at 4.5: fp 1 (6), fn 1 (4), pairs won 3 + 2 * 2 of 9 = 7.
    const samples = tinySamples({ good: 3, defective: 3 });
    const { results } = await evaluate(scripted(1, 2, 6, 4, 5, 9), fixed(4.5), samples);
    expect(results.image).toMatchObject({
      auroc: 7 / 9,
      confusion: { tp: 2, fp: 1, tn: 2, fn: 1 },
      precision: 2 / 3,
      recall: 2 / 3,
      specificity: 2 / 3,
      accuracy: 4 / 6,
      balancedAccuracy: 2 / 3,
      f1: 2 / 3,
    });
    expect(results.image.f1Max).toBeCloseTo(6 / 7, 12); // at 2 < t < 4: tp 3, fp 1
    expect(results.perDefect.map((row) => [row.defect, row.count, row.meanScore, row.detectionRate])).toEqual([
      ['good', 3, 3, 1 / 3],
      ['dots', 2, 6.5, 1 / 2],
      ['spots', 1, 5, 1],
    ]);
    expect(results.perDefect.map((row) => row.separationRatio)).toEqual([1, 6.5 / 3, 5 / 3]);
    expect(results.perDefect[1]!.auroc).toBe(auroc([1, 2, 6, 4, 9], [0, 0, 0, 1, 1]));
    expect(results.images.map((row) => row.decision)).toEqual([
      'good',
      'good',
      'defective',
      'good',
      'defective',
      'defective',
    ]);
    expect(results.curves.roc.fpr.at(-1)).toBe(1);
    expect(results.pixel).toBeNull();
  });

  test('disputed images are scored apart and change no figure', async () => {
    const plain = await evaluate(detector, fixed(20), mixedSizes);
    const extra = tinySamples({ good: 2, defective: 1, seed: 9, prefix: 'c' }).map((sample, i) => ({
      ...sample,
      disputed: `reason ${i}`,
    }));
    const tested = [extra[2]!, ...mixedSizes.slice(0, 5), extra[0]!, ...mixedSizes.slice(5), extra[1]!];
    const { results, samples } = await evaluate(detector, fixed(20), tested);
    const { disputed, warnings } = results;
    const { warnings: before, seconds } = plain.results;
    expect({ ...results, warnings: before, seconds, disputed: undefined }).toEqual({ ...plain.results, disputed: undefined }); // prettier-ignore
    expect(warnings).toEqual([
      ...before,
      '3 test images are disputed and left out of all figures; they are listed apart.',
    ]);
    expect(samples.map(({ result }) => result.id)).toEqual(plain.samples.map(({ result }) => result.id));
    const scores = await Promise.all([extra[2]!, extra[0]!, extra[1]!].map(async (s) => (await detector.score([await s.image()]))[0]!.score)); // prettier-ignore
    expect(disputed).toEqual(
      [extra[2]!, extra[0]!, extra[1]!].map(({ id, label, defect, disputed: reason }, i) => ({
        ...{ id, label, defect, reason, score: scores[i]! },
        decision: scores[i]! > 20 ? 'defective' : 'good',
      })),
    );
    expect('disputed' in plain.results).toBe(false);
    await expect(evaluate(detector, fixed(20), extra)).rejects.toThrow('samples must be 1 or more test images');
    await expect(evaluate(scripted(NaN), fixed(20), [mixedSizes[0]!, extra[0]!])).rejects.toThrow('finite');
  });

  test('pixel figures equal the metrics over all maps, on images of several sizes', async () => {
    const { results } = await evaluate(detector, fixed(20), mixedSizes);
    const detections = await detector.score(await Promise.all(mixedSizes.map((sample) => sample.image())));
    const maps = await Promise.all(
      mixedSizes.map(async (sample, i) => ({ map: detections[i]!.map!, mask: (await sample.mask?.())! })),
    );
    const all = maps.map(({ map, mask }) => (mask === undefined ? { map } : { map, mask }));
    expect(results.pixel).toEqual({ auroc: await pixelAuroc(all), aupro: await aupro(all), fprLimit: 0.3, images: 18 });
    expect(results.pixel!.auroc).toBeGreaterThan(0.9);
    const dots = all.filter((_, i) => ['good', 'dots'].includes(mixedSizes[i]!.defect));
    expect(results.perDefect.find((row) => row.defect === 'dots')).toMatchObject({
      pixelAuroc: await pixelAuroc(dots),
      aupro: await aupro(dots),
    });
    expect(results.images.map((row) => row.score)).toEqual(detections.map((d) => d.score));
  });

  test('binned pixels stay close to exact ones', async () => {
    const exact = (await evaluate(detector, fixed(20), mixedSizes)).results.pixel!;
    const binned = (await evaluate(detector, fixed(20), mixedSizes, { pixelBits: 18 })).results.pixel!;
    expect(Math.abs(exact.auroc! - binned.auroc!)).toBeLessThan(1e-3);
    expect(Math.abs(exact.aupro! - binned.aupro!)).toBeLessThan(1e-2);
  });

  test('results are JSON: they survive the round trip', async () => {
    const { results } = await evaluate(detector, fixed(20), mixedSizes, { name: 'tiny', provenance: { seed: 7 } });
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
    expect(results).toMatchObject({
      schema: 'adlib.evaluation/1',
      detector: { kind: 'mean-image', options: { size: 20 } },
      counts: { images: 18, good: 10, defective: 8, withMask: 8 },
      provenance: { seed: 7, device: 'auto', node: process.version },
    });
    expect(results.data.testHash).toMatch(/^[0-9a-f]{64}$/);
    expect(results.seconds.perImage).toBeCloseTo(results.seconds.scoring / 18, 12);
  });

  test('the hash of the test images depends on content, not on order', async () => {
    const hash = async (samples: typeof mixedSizes) =>
      (await evaluate(detector, fixed(20), samples)).results.data.testHash;
    const some = tinySamples({ good: 3, defective: 1 });
    expect(await hash([...some].reverse())).toBe(await hash(some));
    expect(await hash(some.slice(1))).not.toBe(await hash(some));
  });

  test('figures that one class leaves undefined are null', async () => {
    const good = (await evaluate(scripted(1, 2), fixed(5), tinySamples({ good: 2 }))).results;
    expect(good.image).toMatchObject({
      auroc: null,
      ap: null,
      f1: null,
      recall: null,
      precision: null,
      specificity: 1,
      accuracy: 1,
    });
    expect(good.curves).toEqual({ roc: { fpr: [], tpr: [] }, pro: null });
    expect(good.perDefect).toHaveLength(1);
    const bad = (await evaluate(scripted(1, 9), fixed(5), tinySamples({ good: 0, defective: 2 }))).results;
    expect(bad.image).toMatchObject({ auroc: null, ap: null, specificity: null, recall: 0.5 });
    expect(bad.perDefect[0]).toMatchObject({ defect: 'dots', separationRatio: null, auroc: null });
    for (const results of [good, bad]) expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });

  test('there is no separation ratio for scores that can be negative', async () => {
    const { results } = await evaluate(scripted(-1, 2, 3), fixed(2), tinySamples({ good: 2, defective: 1 }));
    expect(results.perDefect.map((row) => row.separationRatio)).toEqual([null, null]);
  });

  test('the review band is told as such and counts as passed', async () => {
    const { results } = await evaluate(
      scripted(1, 3, 4, 9),
      fixed(5, { lower: 2 }),
      tinySamples({ good: 2, defective: 2 }),
    );
    expect(results.images.map((row) => row.decision)).toEqual(['good', 'review', 'review', 'defective']);
    expect(results.image.confusion).toEqual({ tp: 1, fp: 0, tn: 2, fn: 1 });
  });
});

describe('warnings', () => {
  const warningsOf = async (samples: ReturnType<typeof tinySamples>, threshold = fixed(20), options = {}) =>
    (await evaluate(detector, threshold, samples, options)).results.warnings;

  test('few images', async () => {
    const warnings = await warningsOf(tinySamples({ good: 29, defective: 59 }));
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('Only 29 good test images (30 or more are advised)');
    expect(warnings[1]).toContain('Only 59 defective test images (60 or more are advised)');
  });

  test('enough images: nothing to say', async () => {
    expect(await warningsOf(tinySamples({ good: 30, defective: 60 }))).toEqual([]);
  });

  test('one class, oracle, rule warnings, images seen in training, repeated images', async () => {
    const samples = tinySamples({ good: 30 });
    const seen = new Set([await samples[4]!.hash()]);
    const oracle = fixed(20, { oracle: true, warnings: ['made up'] });
    const warnings = await warningsOf([...samples, { ...samples[0]!, id: 'again' }], oracle, { seen });
    expect(warnings).toEqual([
      expect.stringContaining('1 test image (tiny/good/004) is also used for training'),
      expect.stringContaining('oracle'),
      expect.stringContaining('No defective test images'),
      expect.stringContaining('1 test image (again) is in the test set more than once'),
      'Threshold: made up',
    ]);
  });

  test('missing masks', async () => {
    const enough = tinySamples({ good: 30, defective: 60 });
    const none = tinySamples({ good: 30, defective: 60, masks: false });
    expect(await warningsOf(none)).toEqual(['No defective test image has a mask: there are no pixel figures.']);
    const some = enough.map((sample, i) => (i === 40 ? none[i]! : sample));
    expect(await warningsOf(some)).toEqual([
      '1 of 60 defective test images have no mask and are left out of the pixel figures.',
    ]);
    const empty = enough.map((sample, i) =>
      i === 40
        ? { ...sample, mask: async () => ({ ...(await sample.mask!()), data: new Uint8Array(40 * 28) }) }
        : sample,
    );
    expect(await warningsOf(empty)).toEqual([expect.stringContaining('a mask that marks no pixel')]);
  });

  test('a detector without maps', async () => {
    const samples = tinySamples({ good: 30, defective: 60 });
    const { results } = await evaluate(scripted(...samples.map((_, i) => i)), fixed(20), samples);
    expect(results.warnings).toEqual(['The detector gives no anomaly maps: there are no pixel figures.']);
  });
});

describe('pictures', () => {
  test('come with map and mask, and their rows', async () => {
    const { results, samples } = await evaluate(detector, fixed(20), mixedSizes, {
      pictures: { worst: 2, borderline: 2, best: 2 },
    });
    expect(samples.map((s) => s.kind)).toEqual(['worst', 'worst', 'borderline', 'borderline', 'best', 'best']);
    for (const { result, image, map, mask } of samples) {
      expect(results.images).toContain(result);
      expect(map!.shape).toEqual([image.height, image.width]);
      expect(mask !== undefined).toBe(result.label === 'defective');
    }
    expect(new Set(samples.map((s) => s.result.id)).size).toBe(6);
  });
});

describe('refusals', () => {
  test('no images, unknown options, bad limits', async () => {
    await expect(evaluate(detector, fixed(1), [])).rejects.toThrow('evaluate: samples must be 1 or more test images');
    await expect(evaluate(detector, fixed(1), mixedSizes, { fprlimit: 1 } as never)).rejects.toThrow(TypeError);
    await expect(evaluate(detector, fixed(1), mixedSizes, { fprLimit: 0 })).rejects.toThrow(RangeError);
    await expect(evaluate(detector, fixed(1), mixedSizes, { pixelBits: 40 })).rejects.toThrow(RangeError);
    await expect(evaluate(detector, fixed(1), mixedSizes, { pictures: { most: 1 } as never })).rejects.toThrow(
      TypeError,
    );
  });

  test('a score that is not a number names the image', async () => {
    await expect(evaluate(scripted(1, NaN), fixed(1), tinySamples({ good: 2 }))).rejects.toThrow(
      'evaluate: the score of tiny/good/001 must be a finite number, got NaN',
    );
  });

  test('a mask of another size names the image', async () => {
    const [good, bad] = tinySamples({ good: 1, defective: 1 });
    const mask = () => Promise.resolve({ data: new Uint8Array(6), width: 3, height: 2 });
    await expect(evaluate(detector, fixed(1), [good!, { ...bad!, mask }])).rejects.toThrow(
      'the mask of tiny/dots/001 must be as large as its image (40×28)',
    );
  });

  test('cancellation stops at the next image with the reason', async () => {
    const controller = new AbortController();
    let done = 0;
    const onProgress = () => {
      if (++done === 2) controller.abort();
    };
    const call = evaluate(detector, fixed(1), mixedSizes, { signal: controller.signal, onProgress });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(done).toBe(2);
  });
});
