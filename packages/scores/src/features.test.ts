import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, ndarray, NotFittedError, type NdArray } from '@adlib/core';
import { decodeSafetensors, encodeSafetensors } from '@adlib/runtime';
import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { combineScores } from './combineScores.js';
import { FastIca } from './fastIca.js';
import type { FeatureScorer } from './features.js';
import { KernelDensity } from './kernelDensity.js';
import { KMeans } from './kMeans.js';
import { LocalOutlierFactor } from './localOutlierFactor.js';
import { Mahalanobis } from './mahalanobis.js';
import { NearestNeighbors } from './nearestNeighbors.js';
import { pairScorers } from './pairScorers.js';
import { Pca } from './pca.js';
import { positionMahalanobis } from './positionMahalanobis.js';
import { randomDrop, selectFeatures } from './randomDrop.js';
import { RunningCovariance } from './runningCovariance.js';
import type { Shrinkage } from './shrinkage.js';

interface Golden {
  train: number[];
  test: number[];
  wide: number[];
  wideTest: number[];
  scaled: number[];
  scaledTest: number[];
  mahalanobis: Record<Shrinkage | 'ledoitWolfWide', number[]>;
  covariance: { sample: number[]; ledoitWolfShare: number };
  pca: {
    data: 'train' | 'wide';
    k: number;
    variance: number[];
    total: number;
    components: number[];
    t2: number[];
    q: number[];
  }[];
  ica: { sources: number[]; k: number };
  kMeans: { centres: number[]; inertia: number; distances: number[] };
  neighbors: { distances: number[]; indices: number[]; all: number[] };
  lof: number[];
  kde: Record<string, number[]>;
}
const g = golden('scores_features') as Golden;
const rows = (values: readonly number[], d: number): NdArray =>
  ndarray(Float64Array.from(values), [values.length / d, d]);
const train = rows(g.train, 6);
const queries = rows(g.test, 6);
const wide = rows(g.wide, 12);
const wideQueries = rows(g.wideTest, 12);

describe('RunningCovariance', () => {
  const part = (from: number, to: number): NdArray => rows(g.train.slice(from * 6, to * 6), 6);

  test('in any batches equals numpy.cov', () => {
    const running = new RunningCovariance(6).add(part(0, 1)).add(part(1, 14)).add(part(14, 40));
    expectClose(running.covariance().data, g.covariance.sample, { rtol: 1e-11 });
    expect(running.count).toBe(40);
  });

  test('removing rows undoes adding them, down to none', () => {
    const running = new RunningCovariance(6).add(train).remove(part(25, 40));
    const direct = new RunningCovariance(6).add(part(0, 25));
    expectClose(running.covariance().data, direct.covariance().data, { rtol: 1e-9, atol: 1e-12 });
    expectClose(running.mean, direct.mean, { rtol: 1e-12 });
    running.remove(part(0, 25)).add(part(3, 9));
    expectClose(running.covariance().data, new RunningCovariance(6).add(part(3, 9)).covariance().data, { rtol: 1e-9 });
  });

  test('refuses too few rows, NaN and other widths', () => {
    expect(() => new RunningCovariance(6).add(part(0, 1)).covariance()).toThrow('count must be at least 2, got 1');
    expect(() => new RunningCovariance(6).add(wide)).toThrow('features must be of shape [n, 6], got [7, 12].');
    expect(() => new RunningCovariance(1).add(rows([1, NaN], 1))).toThrow('got NaN in row 1');
    expect(() => new RunningCovariance(6).add(part(0, 2)).remove(part(0, 3))).toThrow('of at most 2 rows');
  });
});

describe('Mahalanobis', () => {
  test.each(['none', 'ridge', 'ledoitWolf', 'oas'] as const)('equals scikit-learn with shrinkage %s', (shrinkage) => {
    const scorer = new Mahalanobis({ shrinkage, ridge: 0.5 }).fit(train);
    expectClose(scorer.score(queries), g.mahalanobis[shrinkage], { rtol: 1e-9 });
  });

  test('Ledoit-Wolf with more features than rows', () => {
    const scorer = new Mahalanobis({ shrinkage: 'ledoitWolf' }).fit(wide);
    expectClose(scorer.score(wideQueries), g.mahalanobis.ledoitWolfWide, { rtol: 1e-9 });
  });

  test('a worked example with ridge 0, 1e-5 and 0.01', () => {
    const good = rows([1, 5, 2, 4, 1, 5, 0, 6, 1, 5, 2, 5], 2);
    const known = [4.4907311951, 4.4904617788, 4.2461170619];
    [0, 1e-5, 0.01].forEach((ridge, i) => {
      expect(new Mahalanobis({ ridge }).fit(good).score(rows([3, 5], 2))[0]).toBeCloseTo(known[i]!, 9);
    });
  });

  test('random drop keeps k features, the same for the same seed', () => {
    const scorer = new Mahalanobis({ randomDrop: 3, seed: 5 }).fit(train);
    const indices = randomDrop(6, 3, { seed: 5 });
    const direct = new Mahalanobis().fit(selectFeatures(train, indices)).score(selectFeatures(queries, indices));
    expect([...scorer.score(queries)]).toEqual([...direct]);
    expect([...new Mahalanobis({ randomDrop: 99 }).fit(train).score(queries)]).toEqual([
      ...new Mahalanobis().fit(train).score(queries),
    ]);
  });

  test('adding and removing rows equals fitting on what is left, also after loading', () => {
    const first = rows(g.train.slice(0, 150), 6);
    const rest = rows(g.train.slice(150), 6);
    const whole = new Mahalanobis({ shrinkage: 'oas' }).fit(train);
    const grown = new Mahalanobis({ shrinkage: 'oas' }).load(new Mahalanobis({ shrinkage: 'oas' }).fit(first).save());
    expectClose(grown.add(rest).score(queries), whole.score(queries), { rtol: 1e-9 });
    expect(grown.count).toBe(40);
    expectClose(whole.remove(rest).score(queries), new Mahalanobis({ shrinkage: 'oas' }).fit(first).score(queries), {
      rtol: 1e-8,
    });
  });

  test('does not change with the units of the features, without shrinkage', () => {
    const scale = [1, 10, 0.1, 5, 2, 100];
    const scaled = (x: NdArray): NdArray =>
      rows(
        Array.from(x.data as Float64Array, (v, i) => v * scale[i % 6]!),
        6,
      );
    const scorer = new Mahalanobis({ shrinkage: 'none' }).fit(scaled(train));
    expectClose(scorer.score(scaled(queries)), g.mahalanobis.none, { rtol: 1e-9 });
  });

  test('refuses what it cannot do', () => {
    expect(() => new Mahalanobis({ shrinkage: 'none' }).fit(wide)).toThrow(
      'covariance of 7 rows of 12 features is singular',
    );
    expect(() => new Mahalanobis({ shrinkage: 'ledoitWolf' }).fit(train).add(train)).toThrow('Fit again instead');
    expect(() => new Mahalanobis().fit(train).remove(rows(g.train.slice(0, 39 * 6), 6))).toThrow('of at most 38 rows');
    expect(() => new Mahalanobis({ shrinkage: 'lw' as never })).toThrow("got 'lw'");
    const scorer = new Mahalanobis().fit(train);
    expect(() => scorer.fit(rows([1, NaN], 1))).toThrow('got NaN in row 1');
    expectClose(scorer.score(queries), new Mahalanobis().fit(train).score(queries)); // still what it was
  });

  test('per position: each place has its own distribution', () => {
    const cube = (x: NdArray): NdArray => ndarray(x.data, [x.shape[0]! / 1, 3, 2]);
    const out = positionMahalanobis(cube(train), cube(queries), { ridge: 0.01 });
    expect(out.shape).toEqual([9, 3]);
    const place = new Mahalanobis({ ridge: 0.01 }).fit(selectFeatures(train, [2, 3]));
    const column = Array.from({ length: 9 }, (_, r) => out.get(r, 1));
    expectClose(column, place.score(selectFeatures(queries, [2, 3])), { rtol: 1e-12 });
    expect(() => positionMahalanobis(train, queries)).toThrow('train must be of shape [n, positions, d]');
  });
});

describe('Pca', () => {
  test.each(g.pca)('equals scikit-learn: $data, $k components', ({ data, k, variance, total, components, t2, q }) => {
    const [x, y] = data === 'wide' ? [wide, wideQueries] : [train, queries];
    const pca = new Pca({ components: k, statistic: 'mahalanobis' }).fit(x);
    const { learned } = pca;
    const d = x.shape[1]!;
    expectClose(learned.explainedVariance, variance, { rtol: 1e-9 });
    expect(learned.totalVariance).toBeCloseTo(total, 8);
    for (let a = 0; a < k; a++) {
      const mine = learned.components.subarray(a * d, (a + 1) * d);
      const theirs = components.slice(a * d, (a + 1) * d);
      const sign = Math.sign(mine.reduce((sum, v, j) => sum + v * theirs[j]!, 0));
      expectClose(
        mine.map((v) => v * sign),
        theirs,
        { rtol: 1e-7, atol: 1e-9 },
      );
    }
    expectClose(pca.score(y), t2.map(Math.sqrt), { rtol: 1e-8 });
    const residual = new Pca({ components: k }).fit(x).score(y);
    expectClose(residual, q.map(Math.sqrt), { rtol: 1e-7, atol: 1e-7 });
  });

  test('a worked example, and all components give the Mahalanobis distance', () => {
    const good = rows([1, 2, 2, 1, 3, 5, 0, 1, 2, 2], 2);
    const query = rows([4, 0], 2);
    const one = new Pca({ components: 1 }).fit(good);
    expect(one.score(query)[0]! ** 2).toBeCloseTo(10.1990898217, 9);
    expect(new Pca({ components: 1, statistic: 'mahalanobis' }).fit(good).score(query)[0]! ** 2).toBeCloseTo(
      0.1138725949,
      9,
    );
    expect(new Pca({ components: 2, statistic: 'mahalanobis' }).fit(good).score(query)[0]! ** 2).toBeCloseTo(
      21.3925925926,
      9,
    );
    expect(one.transform(query).data[0]).toBeCloseTo(-0.6331746823, 9);
    expectClose(
      new Pca({ components: 6, statistic: 'mahalanobis' }).fit(train).score(queries),
      new Mahalanobis({ shrinkage: 'none' }).fit(train).score(queries),
      { rtol: 1e-8 },
    );
  });

  test('a share of the variance picks the number of components', () => {
    const variance = g.pca[1]!.variance;
    const shares = variance.map((_, k) => variance.slice(0, k + 1).reduce((a, b) => a + b) / g.pca[1]!.total);
    shares.slice(0, 5).forEach((share, k) => {
      expect(new Pca({ variance: share - 1e-6 }).fit(train).learned.explainedVariance.length).toBe(k + 1);
      expect(new Pca({ variance: share + 1e-6 }).fit(train).learned.explainedVariance.length).toBe(k + 2);
    });
    expect(new Pca({ variance: 1 }).fit(wide).learned.explainedVariance.length).toBe(6);
  });

  test('partialFit in any batches equals fit on all rows, also over save and load', () => {
    const part = (from: number, to: number): NdArray => rows(g.train.slice(from * 6, to * 6), 6);
    for (const options of [{ components: 3 }, { variance: 0.9, statistic: 'mahalanobis' }] as const) {
      const whole = new Pca(options).fit(train);
      const grown = new Pca(options).partialFit(part(0, 1)).partialFit(part(1, 9));
      const resumed = new Pca(options).load(grown.save()).partialFit(part(9, 39)).partialFit(part(39, 40));
      expect(resumed.partialCount).toBe(40);
      expectClose(resumed.learned.explainedVariance, whole.learned.explainedVariance, { rtol: 1e-10 });
      expectClose(resumed.learned.components, whole.learned.components, { rtol: 1e-8, atol: 1e-10 });
      expectClose(resumed.score(queries), whole.score(queries), { rtol: 1e-9 });
      expectClose(resumed.transform(queries).data, whole.transform(queries).data, { rtol: 1e-8, atol: 1e-10 });
    }
  });

  test('partialFit with fewer rows than features, on nothing yet, and anew after fit', () => {
    const grown = new Pca({ components: 4 })
      .partialFit(rows(g.wide.slice(0, 36), 12))
      .partialFit(rows(g.wide.slice(36), 12));
    expectClose(grown.score(wideQueries), new Pca({ components: 4 }).fit(wide).score(wideQueries), { rtol: 1e-8 });
    const one = new Pca().partialFit(rows(g.train.slice(0, 6), 6));
    expect(one.fitted).toBe(true);
    expect(() => one.score(queries)).toThrow('Pca.score: partialFit must have seen at least 2 rows, got 1');
    expect(() => one.partialFit(wide)).toThrow('features must be of shape [n, 6], got [7, 12]');
    const anew = new Pca({ components: 2 }).fit(train);
    expect(anew.partialCount).toBe(0);
    anew.partialFit(wide);
    expect(anew.learned.mean.length).toBe(12);
    expect(anew.fit(train).partialCount).toBe(0);
  });

  test('refuses more components than the rank, and rows that do not vary', () => {
    expect(() => new Pca({ components: 7 }).fit(wide)).toThrow(
      'components must be at most 6 (the rank of the features), got 7',
    );
    expect(() => new Pca().fit(rows([1, 2, 1, 2], 2))).toThrow('features must vary');
    expect(() => new Pca({ variance: 0 })).toThrow(RangeError);
  });
});

describe('FastIca', () => {
  test('finds the sources scikit-learn finds, up to sign and order', () => {
    const ica = new FastIca({ components: 4, tolerance: 1e-10, maxIterations: 2000 }).fit(train);
    expect(ica.convergence.converged).toBe(true);
    const mine = ica.transform(queries);
    const used = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const column = Array.from({ length: 9 }, (_, r) => mine.get(r, i));
      const match = [0, 1, 2, 3].find((s) => {
        const theirs = column.map((_, r) => g.ica.sources[r * 4 + s]!);
        return [1, -1].some((sign) => column.every((v, r) => Math.abs(v - sign * theirs[r]!) < 1e-3));
      });
      expect(match, `source ${i}`).toBeDefined();
      used.add(match!);
    }
    expect(used.size).toBe(4);
  });

  test('sources have unit variance and do not correlate; Mahalanobis of them is that of PCA', () => {
    const ica = new FastIca({ components: 4, statistic: 'mahalanobis' }).fit(train);
    const covariance = new RunningCovariance(4).add(ica.transform(train)).covariance(0);
    expectClose(covariance.data, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], { rtol: 1e-9, atol: 1e-9 });
    const pca = new Pca({ components: 4, statistic: 'mahalanobis' }).fit(train).score(queries);
    expectClose(
      ica.score(queries),
      pca.map((v) => v * Math.sqrt(40 / 39)),
      { rtol: 1e-8 },
    );
  });

  test('says when it did not converge', () => {
    const { convergence } = new FastIca({ components: 4, maxIterations: 1, tolerance: 0 }).fit(train);
    expect(convergence).toEqual({ converged: false, iterations: 1 });
  });
});

describe('KMeans', () => {
  test('equals scikit-learn from the same centres', () => {
    const kMeans = new KMeans({ clusters: 3, initial: rows(g.train.slice(0, 18), 6) }).fit(train);
    expectClose(kMeans.centres.data, g.kMeans.centres, { rtol: 1e-9 });
    expect(kMeans.inertia).toBeCloseTo(g.kMeans.inertia, 8);
    expectClose(kMeans.score(queries), g.kMeans.distances, { rtol: 1e-9 });
  });

  test('a worked example, found from any seed', () => {
    const good = rows([0, 0, 0, 1, 1, 0, 8, 8, 9, 8, 8, 9], 2);
    for (const seed of [0, 1, 2, 3]) {
      const kMeans = new KMeans({ clusters: 2, seed }).fit(good);
      expect(kMeans.inertia).toBeCloseTo(8 / 3, 12);
      expect(kMeans.score(rows([4, 4], 2))[0]).toBeCloseTo(5.1854497287, 9);
    }
  });

  test('equal rows, more clusters than different rows, wrong centres', () => {
    const same = rows([1, 1, 1, 1, 1, 1, 2, 2], 2);
    expect(new KMeans({ clusters: 3 }).fit(same).inertia).toBe(0);
    expect(() => new KMeans({ clusters: 5 }).fit(same)).toThrow('of at least 5 rows');
    expect(() => new KMeans({ clusters: 2, initial: same }).fit(same)).toThrow('initial must be of shape [2, 2]');
  });
});

describe('NearestNeighbors', () => {
  test('equals scikit-learn, distances and numbers', () => {
    const { distances, indices } = new NearestNeighbors().fit(train).neighbors(queries);
    expectClose(distances.data, g.neighbors.distances, { rtol: 1e-12 });
    expect([...indices.data]).toEqual(g.neighbors.indices);
    const all = new NearestNeighbors({ k: 40 }).fit(train).neighbors(queries);
    expectClose(all.distances.data, g.neighbors.all, { rtol: 1e-12 });
  });

  test.each([1, 2, 5, 7])('equals brute force over several blocks, %i queries, odd sizes', (m) => {
    const random = createRandom(m);
    const [n, d, k] = [83, 20011, 3]; // few rows fit a block
    const bank = ndarray(
      Float32Array.from({ length: n * d }, () => random.uniform()),
      [n, d],
    );
    const look = ndarray(
      Float32Array.from({ length: m * d }, () => random.uniform()),
      [m, d],
    );
    const { distances } = new NearestNeighbors({ k }).fit(bank).neighbors(look);
    for (let q = 0; q < m; q++) {
      const direct = Array.from({ length: n }, (_, r) => {
        let sum = 0;
        for (let j = 0; j < d; j++) sum += (look.data[q * d + j]! - bank.data[r * d + j]!) ** 2;
        return Math.sqrt(sum);
      }).sort((a, b) => a - b);
      expectClose(distances.data.subarray(q * k, (q + 1) * k), direct.slice(0, k), { rtol: 1e-12 });
    }
  });

  test('mean and kth, adding, removing, ties by number', () => {
    const bank = new NearestNeighbors({ k: 2, reduce: 'kth' }).fit(rows([0, 1, 3], 1));
    expect([...bank.score(rows([0], 1))]).toEqual([1]);
    bank.add(rows([0.5], 1));
    expect([...bank.score(rows([0], 1))]).toEqual([0.5]);
    bank.remove([0, 3, 3]);
    expect(bank.count).toBe(2);
    expect([...bank.score(rows([0], 1))]).toEqual([3]);
    expect(() => bank.remove([0])).toThrow('must leave at least 2 rows, got 1 left');
    const ties = new NearestNeighbors({ k: 3 }).fit(rows([1, -1, 1, -1], 1));
    expect([...ties.neighbors(rows([0], 1)).indices.data]).toEqual([0, 1, 2]);
    expect([...ties.score(rows([0], 1))]).toEqual([1]);
  });

  test('a row of the bank has distance exactly 0', () => {
    expect([...new NearestNeighbors({ k: 1 }).fit(train).score(train)]).toEqual(new Array(40).fill(0));
  });
});

test('LocalOutlierFactor equals scikit-learn', () => {
  expectClose(new LocalOutlierFactor({ k: 7 }).fit(train).score(queries), g.lof, { rtol: 1e-9 });
  expect(() => new LocalOutlierFactor({ k: 40 }).fit(train)).toThrow('of at least 41 rows');
  const equal = new LocalOutlierFactor({ k: 2 }).fit(rows([1, 1, 1, 1], 1));
  expect(equal.score(rows([1], 1))[0]).toBeCloseTo(1, 6);
});

describe.each([
  { name: 'LocalOutlierFactor', make: () => new LocalOutlierFactor({ k: 4 }) },
  { name: 'KernelDensity', make: () => new KernelDensity() },
  { name: 'NearestNeighbors', make: () => new NearestNeighbors({ k: 3 }) },
])('$name: adding and removing rows', ({ make }) => {
  const part = (from: number, to: number): NdArray => rows(g.train.slice(from * 6, to * 6), 6);
  const same = (a: FeatureScorer & { count: number }, b: FeatureScorer & { count: number }): void => {
    expect(a.count).toBe(b.count);
    expectClose(a.score(queries), b.score(queries), { rtol: 1e-12 });
  };

  test('equals fitting on what is there', () => {
    same(make().fit(part(0, 20)).add(part(20, 21)).add(part(21, 40)), make().fit(train));
    same(
      make().fit(train).remove([7, 39, 0, 7]),
      make().fit(rows([...g.train.slice(6, 42), ...g.train.slice(48, 234)], 6)),
    );
    const back = make().fit(part(0, 30));
    back.add(part(30, 40)).remove([30, 31, 32, 33, 34, 35, 36, 37, 38, 39]);
    same(back, make().fit(part(0, 30)));
    same(make().load(back.save()).add(part(30, 40)), make().fit(train));
  });

  test('equal rows and ties', () => {
    const grid = (n: number) =>
      rows(
        Array.from({ length: n * 2 }, (_, i) => (i * 7) % 3),
        2,
      );
    const all = grid(30);
    const tail = rows(
      Array.from({ length: 20 }, (_, i) => ((i + 40) * 7) % 3),
      2,
    );
    const look = rows([0, 0, 1, 2, 0.5, 1], 2);
    expectClose(make().fit(grid(20)).add(tail).score(look), make().fit(all).score(look), { rtol: 1e-12 });
    const gone = Array.from({ length: 10 }, (_, i) => 20 + i);
    expectClose(make().fit(all).remove(gone).score(look), make().fit(grid(20)).score(look), { rtol: 1e-12 });
  });

  test('refuses rows that are not there, too few left, other widths; and stays as it was', () => {
    const scorer = make().fit(train);
    expect(() => scorer.remove([40])).toThrow('indices[0] must be an integer in [0, 39], got 40');
    expect(() => scorer.remove(Array.from({ length: 40 }, (_, i) => i))).toThrow('indices must leave at least');
    expect(() => scorer.add(wide)).toThrow('of shape [n, 6], got [7, 12]');
    expect(() => scorer.add(rows([1, 2, 3, 4, 5, NaN], 6))).toThrow('got NaN in row 0');
    expect(() => make().add(train)).toThrow(NotFittedError);
    expect(() => make().remove([0])).toThrow(NotFittedError);
    same(scorer, make().fit(train));
  });
});

test.each(Object.entries(g.kde))('KernelDensity equals scikit-learn, bandwidth %s', (name, expected) => {
  const bandwidth = name === 'scott' || name === 'silverman' ? name : Number(name);
  const kde = new KernelDensity({ bandwidth }).fit(rows(g.scaled, 6));
  expectClose(kde.score(rows(g.scaledTest, 6)), expected, { rtol: 1e-9 });
  expect(() => new KernelDensity({ bandwidth: 0 })).toThrow(RangeError);
  expect(() => new KernelDensity({ bandwidth: 'wide' as never })).toThrow(TypeError);
});

describe.each<{ name: string; make: () => FeatureScorer }>([
  { name: 'Mahalanobis', make: () => new Mahalanobis({ shrinkage: 'ledoitWolf', randomDrop: 4 }) },
  { name: 'Pca', make: () => new Pca({ components: 2 }) },
  { name: 'FastIca', make: () => new FastIca({ components: 3 }) },
  { name: 'KMeans', make: () => new KMeans() },
  { name: 'NearestNeighbors', make: () => new NearestNeighbors() },
  { name: 'LocalOutlierFactor', make: () => new LocalOutlierFactor({ k: 4 }) },
  { name: 'KernelDensity', make: () => new KernelDensity() },
])('every feature scorer: $name', ({ name, make }) => {
  test('is not fitted at first and says so', () => {
    const scorer = make();
    expect(scorer.fitted).toBe(false);
    expect(() => scorer.score(queries)).toThrow(NotFittedError);
    expect(() => scorer.save()).toThrow(NotFittedError);
    expect(scorer.fit(train)).toBe(scorer);
    expect(scorer.fitted).toBe(true);
  });

  test('scores far rows above near ones, in one number per row', () => {
    const far = rows(
      g.train.slice(0, 60).map((v) => v + 100),
      6,
    );
    const scorer = make().fit(train);
    expect(scorer.score(far).length).toBe(10);
    expect(Math.min(...scorer.score(far))).toBeGreaterThan(Math.max(...scorer.score(train)));
  });

  test('is the same after save and load, through JSON for the options', () => {
    const scorer = make().fit(train);
    const state = scorer.save();
    JSON.parse(JSON.stringify({ ...state, tensors: {} }));
    expectClose(make().load(state).score(queries), scorer.score(queries), { rtol: 1e-9 });
    for (const tensor of Object.values(state.tensors)) tensor.data.fill(0); // copies
    expect(scorer.score(queries).every((v) => v > -Infinity)).toBe(true);
    expect(() => make().load({ ...state, kind: 'other' })).toThrow('got kind other');
    expect(() => make().load({ ...state, tensors: {} })).toThrow(RangeError);
  });

  test('is the same after a safetensors file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'adlib-scores-'));
    try {
      const scorer = make().fit(train);
      const { tensors, ...rest } = scorer.save();
      await writeFile(join(folder, 'scorer.safetensors'), encodeSafetensors(tensors, { scorer: JSON.stringify(rest) }));
      const file = decodeSafetensors(await readFile(join(folder, 'scorer.safetensors')));
      const state = {
        ...(JSON.parse(file.metadata['scorer']!) as typeof rest),
        tensors: file.tensors as typeof tensors,
      };
      expect([...make().load(state).score(queries)]).toEqual([...make().load(scorer.save()).score(queries)]);
      expectClose(make().load(state).score(queries), scorer.score(queries), { rtol: 1e-9 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('fits the same again, and replaces what it had learned', () => {
    const scorer = make().fit(rows([...g.test, ...g.test.map((v) => v + 1)], 6));
    expect([...scorer.fit(train).score(queries)]).toEqual([...make().fit(train).score(queries)]);
  });

  test('a row that is not finite scores NaN and leaves the others alone', () => {
    const values = g.test.slice();
    values[7] = NaN;
    values[12] = Infinity;
    const scores = make().fit(train).score(rows(values, 6));
    const clean = make().fit(train).score(queries);
    expect([...scores].map(Number.isNaN)).toEqual([false, true, true, ...new Array<boolean>(6).fill(false)]);
    expect(scores[5]).toBe(clean[5]);
  });

  test('refuses other widths, empty and non-finite training rows, unknown options', () => {
    const scorer = make().fit(train);
    expect(() => scorer.score(wide)).toThrow('of shape [n, 6], got [7, 12]');
    expect(() => scorer.fit(ndarray(new Float64Array(0), [0, 6]))).toThrow(RangeError);
    expect(() => scorer.fit([[1, 2]] as never)).toThrow(TypeError);
    expect(() => make().fit(rows([...g.train.slice(0, 239), NaN], 6))).toThrow('got NaN in row 39');
    expect(() => new (scorer.constructor as new (o: object) => object)({ nope: 1 })).toThrow(
      `${name}: options must only have`,
    );
  });
});

describe('randomDrop and selectFeatures', () => {
  test('draws without repetition, nested, by seed', () => {
    const draw = randomDrop(50, 20, { seed: 3 });
    expect(new Set(draw).size).toBe(20);
    expect([...randomDrop(50, 7, { seed: 3 })]).toEqual([...draw.slice(0, 7)]);
    expect([...randomDrop(50, 20, { seed: 4 })]).not.toEqual([...draw]);
    expect(randomDrop(5, 9).length).toBe(5);
    expect(() => randomDrop(5, 0)).toThrow(RangeError);
  });

  test('selects columns', () => {
    expect([...selectFeatures(rows([1, 2, 3, 4, 5, 6], 3), [2, 0]).data]).toEqual([3, 1, 6, 4]);
    expect(() => selectFeatures(train, [6])).toThrow('indices[0] must be an integer in [0, 5], got 6.');
  });
});

test('combineScores puts scores side by side', () => {
  const { names, vectors } = combineScores({ a: [1, 2, 3], b: new Float32Array([4, 5, NaN]) });
  expect(names).toEqual(['a', 'b']);
  expect(vectors.shape).toEqual([3, 2]);
  expect([...vectors.data]).toEqual([1, 4, 2, 5, 3, NaN]);
  expect(() => combineScores({})).toThrow(TypeError);
  expect(() => combineScores({ a: [] })).toThrow('scores.a must be not empty');
  expect(() => combineScores({ a: [1], b: [1, 2] })).toThrow('scores.b must have 1 values (as a), got 2.');
});

test('every pair scorer is 0 (PSNR: -Infinity) for equal images, more for a damaged one, and has a map', () => {
  const random = createRandom(2);
  const data = Float32Array.from({ length: 40 * 52 * 3 }, () => random.uniform());
  const image = { data, width: 52, height: 40, channels: 3 } as const;
  const damaged = { ...image, data: data.map((v, i) => (i % 500 < 100 ? 0.9 * v : v)) };
  for (const [name, scorer] of Object.entries(pairScorers)) {
    const same = scorer.score(image, image);
    const other = scorer.score(image, damaged);
    if (name === 'psnr') expect(same.score).toBe(-Infinity);
    else expect(same.score, name).toBeCloseTo(0, 9);
    expect(other.score, name).toBeGreaterThan(same.score);
    expect(other.map.shape, name).toEqual([40, 52]);
  }
});
