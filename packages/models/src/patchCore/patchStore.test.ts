import { createRandom, type ProgressEvent } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { tinyParts } from '@adlib/testing';
import { PatchCore } from './patchCore.js';
import { PatchStore } from './patchStore.js';

const CHANNELS = 16;

/** Patches of some pictures; the first value says whose, the second is the patch's number. */
function patches(first: number, count: number, each: number) {
  const random = createRandom(first);
  const data = Float32Array.from({ length: count * each * CHANNELS }, (_, i) => {
    const row = Math.floor(i / CHANNELS);
    if (i % CHANNELS === 0) return first + Math.floor(row / each);
    return i % CHANNELS === 1 ? row % each : random.normal();
  });
  const owners = Float32Array.from({ length: count * each }, (_, row) => first + Math.floor(row / each));
  return { data, owners };
}

async function fill(images: number, each: number, megabytes: number, variant: 'anomalib' | 'amazon') {
  const events: ProgressEvent[] = [];
  const long = { onProgress: (event: ProgressEvent) => events.push(event) };
  const select = { variant, random: createRandom(5), device: 'cpu', long } as const;
  const store = new PatchStore(images, megabytes, select);
  const held: number[] = [];
  for (let start = 0; start < images; start += 8) {
    const { data, owners } = patches(start, 8, each);
    await store.add(data, CHANNELS, owners);
    held.push(store.rows);
  }
  return { store, held, events };
}

describe('PatchStore', () => {
  test.each(['anomalib', 'amazon'] as const)(
    'thins to half to keep within its memory, and patches keep their pictures: %s',
    async (variant) => {
      const { store, held, events } = await fill(64, 40, 1, variant);
      // 16 values and the projection's, 4 bytes each, 128 beside them: 1 MB holds about 1000 (anomalib) or 1420 (amazon).
      const projected = variant === 'amazon' ? 128 : Math.floor((4 * Math.log(2560)) / (0.81 / 2 - 0.729 / 3));
      const room = Math.floor(1e6 / (4 * (CHANNELS + projected) + 128));
      expect(Math.max(...held)).toBeLessThanOrEqual(room);
      expect(Math.max(...held)).toBeGreaterThan(room / 2);
      expect(store.thinned).toBeGreaterThan(0);
      expect(store.seen).toBe(64 * 40);
      const { bank, owners } = await store.finish(100);
      expect(bank.shape).toEqual([100, CHANNELS]);
      const seen = new Set<string>();
      owners.data.forEach((owner, row) => {
        const at = row * CHANNELS;
        expect(bank.data[at]).toBe(owner);
        seen.add(`${bank.data[at]} ${bank.data[at + 1]}`);
        const all = patches(owner - (owner % 8), 8, 40).data;
        const from = ((owner % 8) * 40 + bank.data[at + 1]!) * CHANNELS;
        expect([...bank.data.slice(at, at + CHANNELS)]).toEqual([...all.slice(from, from + CHANNELS)]);
      });
      expect(seen.size).toBe(100);
      // The same again.
      const again = await (await fill(64, 40, 1, variant)).store.finish(100);
      expect([...again.owners.data]).toEqual([...owners.data]);
      // Within each stage progress goes on.
      const last = new Map<string, number>();
      for (const { stage, done } of events) {
        expect(done).toBeGreaterThanOrEqual(last.get(stage) ?? 0);
        last.set(stage, done);
      }
      expect([...last.keys()].filter((stage) => stage.startsWith('thin'))).toHaveLength(store.thinned);
    },
  );

  test('a limit below two batches still holds two; one picture is enough', async () => {
    const { store, held } = await fill(32, 200, 1, 'amazon');
    expect(Math.max(...held)).toBe(2 * 8 * 200);
    expect(store.thinned).toBeGreaterThan(0);
    const select = { variant: 'anomalib', random: createRandom(1), device: 'cpu', long: {} } as const;
    const one = new PatchStore(1, 1, select);
    await one.add(new Float32Array(3), 3, new Float32Array(1));
    expect((await one.finish(1)).bank.shape).toEqual([1, 3]);
  });

  test('PatchCore says how often it thinned, and its map changes little', { timeout: 60_000 }, async () => {
    const images = tinyParts({ count: 56, seed: 1 });
    const probe = tinyParts({ count: 3, seed: 9 });
    const options = { backbone: 'filter-bank', size: [32, 48], sigma: 1 } as const;
    const full = await new PatchCore(options).fit(images, { device: 'cpu' });
    const tight = await new PatchCore({ ...options, memoryLimit: 1 }).fit(images, { device: 'cpu' });
    expect(full.facts).toMatchObject({ thinned: 0, patches: 56 * 24, bank: 134 });
    expect(tight.facts!['thinned']).toBeGreaterThan(0);
    expect(tight.facts).toMatchObject({ patches: 56 * 24, bank: 134 });
    const [a, b] = [await full.score(probe, { device: 'cpu' }), await tight.score(probe, { device: 'cpu' })];
    a.forEach(({ score }, i) => expect(Math.abs(b[i]!.score / score - 1)).toBeLessThan(0.25));
    full.dispose();
    tight.dispose();
  });
});
