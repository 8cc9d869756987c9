import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { kCenterGreedy } from './kCenterGreedy.js';

/** The definition: every distance, every time. */
function plain(features: Float32Array, dimension: number, count: number, first: number, start?: ArrayLike<number>) {
  const rows = features.length / dimension;
  const nearest = start === undefined ? new Array<number>(rows).fill(Infinity) : Array.from(start);
  const farthest = () => nearest.reduce((best, value, i) => (value > nearest[best]! ? i : best), 0);
  const chosen: number[] = [];
  let next = start === undefined ? first : farthest();
  while (chosen.length < count && (chosen.length === 0 || nearest[next]! > 0)) {
    chosen.push(next);
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let k = 0; k < dimension; k++) {
        const difference = features[i * dimension + k]! - features[next * dimension + k]!;
        sum += difference * difference;
      }
      nearest[i] = Math.min(nearest[i]!, Math.sqrt(sum));
    }
    next = farthest();
  }
  return chosen;
}

function clouds(rows: number, dimension: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const centres = Array.from({ length: 7 * dimension }, () => random.normal(0, 3));
  return Float32Array.from(
    { length: rows * dimension },
    (_, i) => centres[(Math.floor(i / dimension) % 7) * dimension + (i % dimension)]! + random.normal(),
  );
}

const points = Float32Array.of(0, 0, 1, 0, 5, 5, 5, 4, 9, 0, 2, 2);

describe('kCenterGreedy', () => {
  test('the worked example: farthest first from row 0', async () => {
    expect([...(await kCenterGreedy(points, 2, 4))]).toEqual([0, 4, 2, 5]);
  });

  test("beginning with the norms of the distance matrix's rows, as Amazon's exact sampler does", async () => {
    const at = (i: number) => [points[2 * i]!, points[2 * i + 1]!] as const;
    const norms = Array.from({ length: 6 }, (_, i) => {
      const [x, y] = at(i);
      return Math.hypot(...Array.from({ length: 6 }, (_, j) => Math.hypot(x - at(j)[0], y - at(j)[1])));
    });
    expect([...(await kCenterGreedy(points, 2, 4, { distances: norms }))]).toEqual([4, 0, 2, 5]);
  });

  test.each([
    [1, 50],
    [3, 200],
    [16, 300],
    [17, 300],
    [90, 250],
  ])('chooses what computing every distance chooses: %i columns', async (dimension, rows) => {
    for (const seed of [1, 2, 3]) {
      const features = clouds(rows, dimension, seed);
      const first = seed * 5;
      const chosen = await kCenterGreedy(features, dimension, rows >> 1, { first });
      expect([...chosen]).toEqual(plain(features, dimension, rows >> 1, first));
      const starts = Float64Array.from({ length: rows }, (_, i) => (i * 7919) % 13);
      const official = await kCenterGreedy(features, dimension, 40, { distances: starts });
      expect([...official]).toEqual(plain(features, dimension, 40, 0, starts));
    }
  });

  test('ties on a grid go to the lower index', async () => {
    const grid = Float32Array.from({ length: 2 * 64 }, (_, i) => (i % 2 === 0 ? Math.floor(i / 16) : (i >> 1) % 8));
    expect([...(await kCenterGreedy(grid, 2, 64))]).toEqual(plain(grid, 2, 64, 0));
  });

  test('equal rows are chosen once', async () => {
    const doubled = Float32Array.of(...points, ...points);
    const chosen = await kCenterGreedy(doubled, 2, 12);
    expect([...chosen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...(await kCenterGreedy(new Float32Array(10), 2, 5, { first: 3 }))]).toEqual([3]);
  });

  test('the order is that of scaled and shifted features', async () => {
    const features = clouds(200, 20, 4);
    const moved = features.map((v) => 4 * v + 8);
    expect([...(await kCenterGreedy(moved, 20, 50))]).toEqual([...(await kCenterGreedy(features, 20, 50))]);
  });

  test('tells its progress, can be cancelled, and refuses what does not fit', async () => {
    let done = 0;
    await kCenterGreedy(points, 2, 3, { onProgress: (event) => (done = event.done) });
    expect(done).toBe(3);
    const features = clouds(4000, 64, 1);
    await expect(kCenterGreedy(features, 64, 4000, { signal: AbortSignal.timeout(1) })).rejects.toThrow('timeout');
    await expect(kCenterGreedy(points, 5, 1)).rejects.toThrow('features must be 1 or more rows of 5 values');
    await expect(kCenterGreedy(points, 2, 7)).rejects.toThrow('count');
    await expect(kCenterGreedy(Float32Array.of(1, NaN), 1, 1)).rejects.toThrow('features[1] must be finite, got NaN');
    await expect(kCenterGreedy(points, 2, 2, { distances: [1] })).rejects.toThrow('distances');
  });
});
