import type { DetectorState, Image } from '@adlib/core';
import { checkDetector, plantDefect, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, test } from 'vitest';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import { sameTensors } from '../testing/sameTensors.js';
import type { PatchCoreOptions } from './options.js';
import { PatchCore } from './patchCore.js';

const small: PatchCoreOptions = { backbone: 'filter-bank', size: [32, 48], coresetRatio: 0.25, neighbors: 3, sigma: 1 };
const good = tinyParts({ count: 8, seed: 1 });
const device = 'cpu';
const made: PatchCore[] = [];

function make(options: PatchCoreOptions = small): PatchCore {
  made.push(new PatchCore(options));
  return made.at(-1)!;
}

function fitted(images: readonly Image[], options: PatchCoreOptions = small): Promise<PatchCore> {
  return make(options).fit(images, { device });
}

afterEach(() => made.splice(0).forEach((detector) => detector.dispose()));

/** Rows of a saved bank as they were before the mean was taken out. */
function rowsOf({ tensors }: DetectorState): number[][] {
  const { bank, centre } = tensors as Record<'bank' | 'centre', { data: Float32Array; shape: number[] }>;
  const channels = centre.data.length;
  return Array.from({ length: bank.shape[0]! }, (_, r) =>
    Array.from(centre.data, (mean, c) => mean + bank.data[r * channels + c]!),
  );
}

const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((v, i) => v - b[i]!));
const toNearest = (row: readonly number[], bank: readonly number[][]) =>
  Math.min(...bank.map((other) => distance(row, other)));

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

  test('scores of a bank of one patch are distances, not 0', async () => {
    const detector = await fitted(good, { ...small, coresetRatio: 1e-9 });
    expect(detector.facts).toMatchObject({ bank: 1 });
    const [sound, bad] = await detector.score([good[0]!, plantDefect(good[0]!, 1).image], { device });
    expect(sound!.score).toBeGreaterThan(0);
    expect(bad!.score).toBeGreaterThan(sound!.score);
  });

  test('a picture that is scaled to more than is seen: the same from ONNX, and what is cut off is not anomalous', async () => {
    const detector = await fitted(good, { ...small, size: [32, 32], mode: 'crop', shorterSide: 44 });
    const pictures = [
      ...tinyParts({ count: 1, seed: 4, width: 61, height: 40 }),
      ...tinyParts({ count: 1, seed: 5, width: 33, height: 70 }),
    ];
    const detections = await detector.score(pictures, { device });
    await assertOnnxAgrees(await detector.toOnnx({ threshold: 0.5 }), pictures, detections);
    for (const { map } of detections) expect(map!.data[0]).toBe(map!.data.reduce((a, b) => Math.min(a, b)));
  });

  test('pictures of one pixel, and very long ones', async () => {
    const dot = { data: new Uint8Array([9]), width: 1, height: 1, channels: 1 } as const;
    const long = { data: new Uint8Array(5000 * 2).fill(90), width: 5000, height: 2, channels: 1 } as const;
    const detector = await fitted([dot, long]);
    const [one, other] = await detector.score([dot, long], { device });
    expect([one!.map!.shape, other!.map!.shape]).toEqual([
      [1, 1],
      [2, 5000],
    ]);
    expect(Number.isFinite(one!.score) && Number.isFinite(other!.score)).toBe(true);
  });
});

describe('PatchCore.add', () => {
  test('takes the new patches that lie farthest from the bank, and keeps the bank', async () => {
    const strange = tinyParts({ count: 3, seed: 2, background: 0.6 });
    const detector = await fitted(good);
    const before = detector.save();
    const [old] = await detector.score([strange[0]!], { device });
    await detector.add(strange, { device });
    const after = detector.save();
    const [bank, all] = [rowsOf(before), rowsOf(after)];
    expect(all.slice(0, bank.length)).toEqual(bank);
    expect(all).toHaveLength(bank.length + Math.floor(0.25 * 3 * 24));
    expect([...after.tensors['owners']!.data.slice(bank.length)].every((owner) => owner >= 8 && owner < 11)).toBe(true);
    expect(after.facts).toMatchObject({ images: 11, patches: 11 * 24, bank: all.length });
    // All patches of the new pictures, by a bank that leaves none out.
    const every = rowsOf((await fitted(strange, { ...small, coresetRatio: 1 })).save());
    expect(every).toHaveLength(3 * 24);
    const chosen = [...bank];
    for (const row of all.slice(bank.length, bank.length + 5)) {
      const farthest = Math.max(...every.map((patch) => toNearest(patch, chosen)));
      expect(toNearest(row, chosen) / farthest).toBeCloseTo(1, 4);
      chosen.push(row);
    }
    const [now] = await detector.score([strange[0]!], { device });
    expect(now!.score).toBeLessThan(0.5 * old!.score);
  });

  test('a loaded detector goes on as the saved one does, and numbers go on', async () => {
    const detector = await fitted(good.slice(0, 4));
    const restored = make();
    restored.load(structuredClone(detector.save()));
    for (const one of [detector, restored]) {
      await one.add(good.slice(4, 6), { device });
      await one.add(good.slice(6), { device });
    }
    expect(sameTensors(restored.save().tensors, detector.save().tensors)).toBe(true);
    expect(restored.facts).toEqual(detector.facts);
    const owners = [...detector.save().tensors['owners']!.data];
    expect(Math.max(...owners)).toBeGreaterThanOrEqual(6);
  });

  test('pictures of few patches bring one; no pictures change nothing', async () => {
    const detector = await fitted(good, { ...small, coresetRatio: 0.02 });
    const before = detector.save();
    await detector.add([], { device });
    expect(detector.facts).toEqual(before.facts);
    await detector.add([good[0]!], { device });
    // 0.02 of its 48 patches are less than one.
    const bank = (before.facts['bank'] as number) + 1;
    expect(detector.facts).toMatchObject({ images: 9, bank });
    expect(detector.save().tensors['owners']!.data.at(-1)).toBe(8);
    await detector.add(tinyParts({ count: 8, seed: 3, background: 0.7 }), { device });
    const added = [...detector.save().tensors['owners']!.data].slice(bank);
    expect(added.length).toBeGreaterThan(0);
    expect(Math.min(...added)).toBeGreaterThanOrEqual(9);
  });

  test('cancelled, with something that is no picture, or beside another change: nothing is changed', async () => {
    const detector = await fitted(good);
    const before = detector.save();
    const aborted = AbortSignal.abort();
    await expect(detector.add(good, { device, signal: aborted })).rejects.toThrow('aborted');
    const controller = new AbortController();
    const stages = new Set<string>();
    const onProgress = ({ stage }: { stage: string }) => {
      stages.add(stage);
      controller.abort();
    };
    const cancelled = detector.add([...good, ...good], { device, signal: controller.signal, onProgress });
    await expect(cancelled).rejects.toThrow('aborted');
    expect([...stages]).toEqual(['embed']);
    await expect(detector.add([good[0]!, {} as Image], { device })).rejects.toThrow('PatchCore.add: images[1]');
    await expect(detector.add(good, { devices: 'cpu' } as never)).rejects.toThrow('devices');
    await expect(make().add(good)).rejects.toThrow('PatchCore.add');
    expect(sameTensors(detector.save().tensors, before.tensors)).toBe(true);
    const two = await Promise.allSettled([detector.add(good, { device }), detector.add(good, { device })]);
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [lost] = two.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(lost).toContain('changed meanwhile');
    expect(detector.facts).toMatchObject({ images: 16 });
  });

  test('what is being scored meanwhile is scored to its end with the bank that it began with', async () => {
    const detector = await fitted(good);
    const many = [...good, ...good, ...good];
    const expected = await detector.score(many, { device });
    const scores: number[] = [];
    for await (const { score } of detector.scoreEach(many, { device })) {
      scores.push(score);
      if (scores.length === 1) await detector.add(tinyParts({ count: 4, seed: 2, background: 0.6 }), { device });
    }
    expect(scores).toEqual(expected.map(({ score }) => score));
    const stream = detector.scoreEach(many, { device });
    await stream.next();
    detector.dispose();
    await expect(detector.score(good)).rejects.toThrow('PatchCore.score');
    await stream.return();
  });
});

describe('PatchCore.remove', () => {
  test('undoes add, by numbers that stay', async () => {
    const detector = await fitted(good.slice(0, 5));
    const before = detector.save();
    const scores = await detector.score(good, { device });
    await detector.add(good.slice(5), { device });
    detector.remove([5, 7, 6, 6]).remove([6]);
    expect(sameTensors(detector.save().tensors, before.tensors)).toBe(true);
    expect(detector.facts).toMatchObject({ images: 8, bank: before.facts['bank'] });
    expect(await detector.score(good, { device })).toEqual(scores);
    await detector.add(tinyParts({ count: 1, seed: 4, background: 0.5 }), { device });
    expect(detector.save().tensors['owners']!.data.at(-1)).toBe(8);
    detector.remove([]);
    expect(detector.facts).toMatchObject({ images: 9 });
  });

  test('names what cannot be, and changes nothing then', async () => {
    const detector = await fitted(good.slice(0, 3));
    const before = detector.save();
    expect(() => detector.remove([3])).toThrow('PatchCore.remove: indices[0]');
    expect(() => detector.remove([0, -1])).toThrow('indices[1]');
    expect(() => detector.remove([0.5])).toThrow('indices[0]');
    expect(() => detector.remove([0, 1, 2])).toThrow('leave a picture in the bank');
    expect(() => make().remove([0])).toThrow('PatchCore.remove');
    expect(sameTensors(detector.save().tensors, before.tensors)).toBe(true);
  });
});

describe('PatchCore.load', () => {
  test('refuses states of other features and facts that it cannot go on from, and keeps what it had', async () => {
    const state = (await fitted(good.slice(0, 2))).save();
    const detector = await fitted(good);
    const before = detector.save();
    const load = (change: object) => detector.load({ ...state, ...change });
    expect(() => make({ ...small, layers: ['layer1', 'layer2'] }).load(state)).toThrow(
      'PatchCore.load: state.options.layers must be ["layer1","layer2"], got ["layer2","layer3"]',
    );
    expect(() => make({ ...small, patchSize: 5 }).load(state)).toThrow('state.options.patchSize must be 5, got 3');
    expect(() => make({ ...small, size: [48, 32] }).load(state)).toThrow('state.options.size');
    expect(() => load({ facts: {} })).toThrow('state.facts.images');
    expect(() => load({ facts: undefined })).toThrow('PatchCore.load: state must be');
    expect(() => load({ facts: { ...state.facts, images: 1 } })).toThrow("a picture's number, 0 to 0, got 1");
    expect(() => detector.load(null as never)).toThrow('PatchCore.load: state must be');
    expect(sameTensors(detector.save().tensors, before.tensors)).toBe(true);
    // Scoring options may differ, and the state stays the caller's.
    const other = make({ ...small, sigma: 3 });
    other.load(state);
    (state.facts as Record<string, unknown>)['images'] = 100;
    expect(other.facts).toMatchObject({ images: 2 });
    // The saved options make a detector that can be fitted.
    await make(state.options).fit(good, { device });
  });
});
