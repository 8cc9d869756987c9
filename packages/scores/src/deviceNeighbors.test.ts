import { createRandom, DisposedError, ndarray, NotFittedError, type NdArray } from '@adlib/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { DeviceNeighbors } from './deviceNeighbors.js';
import { NearestNeighbors } from './nearestNeighbors.js';

const g = golden('scores_features') as {
  train: number[];
  test: number[];
  neighbors: { distances: number[]; indices: number[]; all: number[] };
};
const rows = (values: ArrayLike<number>, d: number): NdArray =>
  ndarray(Float64Array.from(values), [values.length / d, d]);
const train = rows(g.train, 6);
const queries = rows(g.test, 6);
const normals = (n: number, d: number, seed: number, offset = 0): NdArray => {
  const random = createRandom(seed);
  return ndarray(
    Float32Array.from({ length: n * d }, () => offset + random.normal()),
    [n, d],
  );
};

/** The same distances to 1e-12 and the same numbers. */
async function expectLikePlain(bank: NdArray, look: NdArray, k: number, device: 'cpu' | 'tfjs' = 'cpu'): Promise<void> {
  const plain = new NearestNeighbors({ k }).fit(bank).neighbors(look);
  const scorer = new DeviceNeighbors({ k, device }).fit(bank);
  try {
    const found = await scorer.query(look);
    expect(found.distances.shape).toEqual([look.shape[0], k]);
    expectClose(found.distances.data, plain.distances.data, { rtol: 1e-12 });
    expect([...found.indices.data]).toEqual([...plain.indices.data]);
  } finally {
    await scorer.dispose();
  }
}

describe.each(['cpu', 'tfjs'] as const)('device %s', (device) => {
  let scorer: DeviceNeighbors;
  beforeAll(() => {
    scorer = new DeviceNeighbors({ device }).fit(train);
    return () => scorer.dispose();
  });

  test('equals scikit-learn, distances and numbers', async () => {
    const { distances, indices } = await scorer.query(queries);
    expectClose(distances.data, g.neighbors.distances, { rtol: 1e-12 });
    expect([...indices.data]).toEqual(g.neighbors.indices);
    const all = await scorer.query(queries, { k: 40 });
    expectClose(all.distances.data, g.neighbors.all, { rtol: 1e-12 });
    expect(scorer.device).toBe(device);
  });

  test('scores as NearestNeighbors, mean and kth', async () => {
    for (const reduce of ['mean', 'kth'] as const) {
      const one = new DeviceNeighbors({ k: 3, reduce, device }).fit(train);
      expectClose(await one.score(queries), new NearestNeighbors({ k: 3, reduce }).fit(train).score(queries), {
        rtol: 1e-12,
      });
      await one.dispose();
    }
  });

  test('a row that is not finite has NaN and leaves the others alone', async () => {
    const values = g.test.slice();
    values[7] = NaN;
    values[12] = Infinity;
    values[20] = 1e30; // its square is beyond float32
    const scores = await scorer.score(rows(values, 6));
    expect([...scores].map(Number.isNaN)).toEqual([false, true, true, ...new Array<boolean>(6).fill(false)]);
    expect(scores[3]).toBeCloseTo(1e30, -25);
    const clean = await scorer.score(queries);
    expect(scores[5]).toBe(clean[5]);
    const { indices } = await scorer.query(rows(values, 6));
    expect([...indices.data.subarray(5, 15)]).toEqual(new Array(10).fill(0));
  });
});

describe('equals the plain search', () => {
  test.each([
    { n: 2048 + 2048 + 5, m: 3, d: 7, k: 5 },
    { n: 4096, m: 1025, d: 3, k: 2 },
    { n: 37, m: 2049, d: 5, k: 37 },
    { n: 1, m: 1, d: 1, k: 1 },
    { n: 2049, m: 2, d: 1, k: 130 },
    { n: 300, m: 11, d: 1537, k: 4 },
  ])('$n rows, $m queries, $d features, $k neighbours', async ({ n, m, d, k }) => {
    await expectLikePlain(normals(n, d, n), normals(m, d, m + 1), k);
  });

  test('far from the origin, where float32 products alone are wrong', async () => {
    await expectLikePlain(normals(3000, 40, 1, 1000), normals(9, 40, 2, 1000), 3);
    const near = normals(2500, 8, 3, 4096);
    const look = ndarray(
      (near.data as Float32Array).slice(8 * 100, 8 * 120).map((v) => v + 2 ** -10),
      [20, 8],
    );
    await expectLikePlain(near, look, 4);
  });

  test('rows of the bank are at distance exactly 0', async () => {
    const bank = normals(2600, 64, 5, 30);
    const scorer = new DeviceNeighbors({ k: 1, device: 'cpu' }).fit(bank);
    const { distances, indices } = await scorer.query(bank);
    expect(distances.data.every((v) => v === 0)).toBe(true);
    expect([...indices.data]).toEqual(Array.from({ length: 2600 }, (_, r) => r));
    await scorer.dispose();
  });

  test('ties and duplicates by number, across blocks and beyond the candidates', async () => {
    const values = Float32Array.from({ length: 5000 * 2 }, (_, i) => Math.floor(i / 2) % 7);
    await expectLikePlain(ndarray(values, [5000, 2]), rows([0, 0, 3, 3, 6.5, 6.5, 3, 4], 2), 9);
    const same = ndarray(new Float32Array(4100 * 3).fill(0.1), [4100, 3]);
    const scorer = new DeviceNeighbors({ k: 3, device: 'cpu' }).fit(same);
    const { distances, indices } = await scorer.query(rows([0.1, 0.1, 0.1, 1, 2, 3], 3));
    expect([...indices.data]).toEqual([0, 1, 2, 0, 1, 2]);
    expect(distances.data[0]).toBe(0);
    await scorer.dispose();
  });

  test('tiny and huge values', async () => {
    const tiny = normals(50, 4, 8);
    for (const scale of [1e-25, 1e18, 1e25]) {
      const scaled = (x: NdArray) =>
        ndarray(
          (x.data as Float32Array).map((v) => v * scale),
          x.shape,
        );
      await expectLikePlain(scaled(tiny), scaled(normals(6, 4, 9)), 3);
    }
  });
});

describe('the bank', () => {
  test('adding and removing rows equals fitting on what is left', async () => {
    const scorer = new DeviceNeighbors({ k: 2, device: 'cpu' }).fit(rows([0, 1, 3], 1));
    expect([...(await scorer.score(rows([0], 1)))]).toEqual([0.5]);
    expect([...(await scorer.add(rows([0.5], 1)).score(rows([0], 1)))]).toEqual([0.25]);
    expect(scorer.remove([0, 3, 3]).count).toBe(2);
    expect([...(await scorer.score(rows([0], 1)))]).toEqual([2]);
    expect(() => scorer.remove([0])).toThrow('DeviceNeighbors.remove: indices must leave at least 2 rows');
    await scorer.dispose();
  });

  test('a query sees the bank as it was when it began', async () => {
    const scorer = new DeviceNeighbors({ k: 1, device: 'cpu' }).fit(rows([5], 1));
    const before = scorer.score(rows([0], 1));
    scorer.add(rows([1], 1));
    expect([...(await before)]).toEqual([5]);
    expect([...(await scorer.score(rows([0], 1)))]).toEqual([1]);
    await scorer.dispose();
  });

  test('is saved and loaded in either class', async () => {
    const scorer = new DeviceNeighbors({ device: 'cpu' }).fit(train);
    const plain = new NearestNeighbors().fit(train);
    expect(scorer.save()).toEqual(plain.save());
    const other = new DeviceNeighbors({ device: 'cpu' }).load(plain.save());
    expect([...(await other.score(queries))]).toEqual([...(await scorer.score(queries))]);
    expectClose(new NearestNeighbors().load(scorer.save()).score(queries), plain.score(queries));
    expect(() => scorer.load({ ...plain.save(), kind: 'other' })).toThrow('got kind other');
    await Promise.all([scorer.dispose(), other.dispose()]);
  });

  test('refuses what it cannot do', async () => {
    const scorer = new DeviceNeighbors({ k: 4, device: 'cpu' });
    await expect(scorer.query(queries)).rejects.toThrow(NotFittedError);
    expect(() => scorer.fit(rows([1, 2, 3], 1))).toThrow('DeviceNeighbors.fit: features must be of at least 4 rows');
    expect(() => scorer.fit(rows([1, 2, 3, NaN], 1))).toThrow('got NaN in row 3');
    scorer.fit(rows([1, 2, 3, 4], 1));
    await expect(scorer.query(queries)).rejects.toThrow('features must be of shape [n, 1], got [9, 6]');
    await expect(scorer.query(rows([1], 1), { k: 5 })).rejects.toThrow('k must be an integer in [1, 4], got 5');
    await expect(scorer.query(rows([1], 1), { m: 5 } as never)).rejects.toThrow('options must only have');
    expect(() => new DeviceNeighbors({ device: 'tpu' as never })).toThrow("got 'tpu'");
    expect(() => new DeviceNeighbors({ nope: 1 } as never)).toThrow('DeviceNeighbors: options must only have');
    await scorer.dispose();
  });

  test('dispose waits for queries that run, and ends everything', async () => {
    const scorer = new DeviceNeighbors({ device: 'cpu' }).fit(train);
    const running = [scorer.score(queries), scorer.score(train)];
    await scorer.dispose();
    expect((await running[0])!.length).toBe(9);
    expect((await running[1])!.length).toBe(40);
    await scorer.dispose();
    expect(() => scorer.fit(train)).toThrow(DisposedError);
    await expect(scorer.query(queries)).rejects.toThrow(DisposedError);
    expect(scorer.fitted).toBe(false);
  });

  test('the same query again and again leaves nothing behind', async () => {
    const scorer = new DeviceNeighbors({ k: 2, device: 'cpu' }).fit(normals(4096, 32, 1));
    const look = normals(256, 32, 2);
    for (let i = 0; i < 5; i++) await scorer.query(look);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100; i++) await scorer.query(look);
    // 100 queries make 100 × 256 × 13 × 8 bytes of candidates; they may wait for the collector, the products may not.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6);
    await scorer.dispose();
  });
});
