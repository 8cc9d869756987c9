import { meanPlusSigma, quantile } from '@adlib/thresholds';
import { MeanImage, tinyParts, tinySamples } from '@adlib/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { calibrate } from './calibrate.js';

const detector = new MeanImage();
const samples = tinySamples({ good: 5, seed: 9 });
let scores: number[];
beforeAll(async () => {
  await detector.fit(tinyParts({ count: 8 }));
  scores = (await detector.score(await Promise.all(samples.map((sample) => sample.image())))).map((d) => d.score);
});

describe('calibrate', () => {
  test('fits the rule to the raw scores', async () => {
    const calibration = await calibrate(detector, samples);
    expect(calibration.scores).toEqual(scores);
    expect(calibration.threshold).toEqual(meanPlusSigma(scores));
    const other = await calibrate(detector, samples, 'quantile', { ruleOptions: { q: 0.8 } });
    expect(other.threshold).toEqual(quantile(scores, { q: 0.8 }));
  });

  test('summarises the good scores', async () => {
    const { summary } = await calibrate(detector, samples);
    const sorted = [...scores].sort((a, b) => a - b);
    expect(summary).toMatchObject({ n: 5, min: sorted[0], median: sorted[2], max: sorted[4] });
    expect(summary.sd).toBeCloseTo(Number(meanPlusSigma(scores).parameters['sd']), 10);
    const one = await calibrate(detector, samples.slice(0, 1), 'quantile');
    expect(one.summary).toMatchObject({ n: 1, min: scores[0], mean: scores[0], sd: 0 });
  });

  test('tells the range of the maps of good images', async () => {
    const { mapRange } = await calibrate(detector, [
      ...samples,
      ...tinySamples({ good: 0, defective: 1, prefix: 'x' }),
    ]);
    const detections = await detector.score(await Promise.all(samples.map((sample) => sample.image())));
    const values = detections.flatMap((d) => [...d.map!.data]);
    expect(mapRange).toEqual([Math.min(...values), Math.max(...values)]);
  });

  test('good scores alone make the limit of a rule for good scores', async () => {
    const both = [...samples, ...tinySamples({ good: 0, defective: 2, prefix: 'x' })];
    const { threshold, scores: all, summary } = await calibrate(detector, both);
    expect(threshold.value).toBe(meanPlusSigma(scores).value);
    expect([all.length, summary.n]).toEqual([7, 5]);
  });

  test('refuses no good images, unknown rules and rule options, and tells what fit needs', async () => {
    await expect(calibrate(detector, [])).rejects.toThrow('calibrate: samples must be 1 or more good images');
    await expect(calibrate(detector, samples, 'guess')).rejects.toThrow(RangeError);
    await expect(calibrate(detector, samples, 'quantile', { ruleOptions: { k: 3 } })).rejects.toThrow(TypeError);
    await expect(calibrate(new MeanImage(), samples)).rejects.toMatchObject({ name: 'NotFittedError' });
    await expect(calibrate(detector, samples, 'quantile', { q: 1 } as never)).rejects.toThrow(TypeError);
  });

  test('tells progress and can be cancelled', async () => {
    const done: number[] = [];
    await calibrate(detector, samples, 'quantile', { onProgress: (event) => done.push(event.done) });
    expect(done).toEqual([1, 2, 3, 4, 5]);
    const aborted = calibrate(detector, samples, 'quantile', { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
  });
});
