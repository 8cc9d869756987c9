import { readFileSync } from 'node:fs';
import { compile, type HostTensor, type TensorFunction } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { PositionGaussians } from '../padim/positionGaussians.js';
import { kCenterGreedy } from '../patchCore/kCenterGreedy.js';
import { nearestSquared, reweightedScore } from '../patchCore/patchScores.js';
import { projectRows } from '../patchCore/projection.js';
import { resizeMaps } from './mapOps.js';
import { joinMaps, localMean, pooledPatches } from './patchEmbedding.js';

interface Values {
  shape: number[];
  data: number[];
}

type Group = Record<string, Values> & {
  sigma: number;
  neighbors: number;
  first: number;
  dimension: number;
  chosen: number[];
};

const golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/detectors.json', import.meta.url), 'utf8'),
) as Record<string, Group>;

const host = ({ data, shape }: Values): HostTensor => ({ data: Float32Array.from(data), shape });

/** Runs a compiled function once; it must leave no tensor behind. */
async function run(fn: TensorFunction, ...args: Values[]): Promise<HostTensor> {
  const before = tf.memory().numTensors;
  const compiled = compile(fn, { device: 'cpu' });
  const result = await compiled(...args.map(host));
  await compiled.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return result as HostTensor;
}

function expectClose(actual: ArrayLike<number>, expected: Values, tolerance = 2e-5): void {
  expect(actual.length).toBe(expected.data.length);
  const scale = Math.max(...expected.data.map(Math.abs));
  const worst = Math.max(...expected.data.map((v, i) => Math.abs(actual[i]! - v)));
  expect(worst / scale).toBeLessThan(tolerance);
}

test("anomalib's coreset: the same rows in the same order, on the same projection from the same first row", async () => {
  const { rows, matrix, first, chosen } = golden['coreset']!;
  const projected = await projectRows({ data: Float32Array.from(rows!.data), dimension: 12 }, host(matrix!), 'cpu');
  expect(projected.dimension).toBe(9);
  expect([...(await kCenterGreedy(projected.data, 9, chosen.length, { first }))]).toEqual(chosen);
});

test("anomalib's PatchCore: embedding, distances, image scores, maps", async () => {
  const { fine, coarse, bank, embedding, distances, scores, maps, neighbors, sigma } = golden['patchcore']!;
  const embed = (a: tf.Tensor4D, b: tf.Tensor4D) => joinMaps([localMean(a, 3), localMean(b, 3)], 'bilinear');
  expectClose((await run(embed, fine!, coarse!)).data, embedding!);
  const withBank = (rows: tf.Tensor2D) => ({ bank: rows, norms: tf.sum<tf.Tensor1D>(tf.square(rows), 1) });
  const search = (grid: tf.Tensor4D, rows: tf.Tensor2D) =>
    tf.sqrt(nearestSquared(tf.reshape(grid, [120, 10]), withBank(rows), 1));
  expectClose((await run(search, embedding!, bank!)).data, distances!);
  const score = (grid: tf.Tensor4D, each: tf.Tensor2D, rows: tf.Tensor2D) =>
    reweightedScore(tf.reshape(grid, [2, 60, 10]), each, withBank(rows), neighbors);
  expectClose((await run(score, embedding!, distances!, bank!)).data, scores!);
  const enlarge = (each: tf.Tensor2D) =>
    resizeMaps(tf.reshape(each, [2, 6, 10]), { size: [24, 40], method: 'nearest', sigma, border: 'mirror' });
  expectClose((await run(enlarge, distances!)).data, maps!);
});

test("anomalib's PaDiM: means, distances, maps", async () => {
  const { train, test: probes, mean, distances, maps, sigma } = golden['padim']!;
  const gaussians = new PositionGaussians(24, 5);
  gaussians.add(Float32Array.from(train!.data.slice(0, 8 * 120)), 8);
  for (let n = 8; n < 12; n++) gaussians.add(Float32Array.from(train!.data.slice(n * 120, (n + 1) * 120)), 1);
  const learned = await gaussians.finish(0.01 + 1e-5);
  expectClose(learned.mean, mean!);
  const own = Array.from({ length: 48 }, (_, at) => {
    const p = at % 24;
    const delta = Array.from({ length: 5 }, (_unused, i) => probes!.data[at * 5 + i]! - learned.mean[p * 5 + i]!);
    let at0 = p * 15;
    return Math.hypot(
      ...delta.map((_unused, i) => delta.slice(0, i + 1).reduce((sum, v) => sum + v * learned.factor[at0++]!, 0)),
    );
  });
  expectClose(own, distances!);
  const enlarge = (each: tf.Tensor3D) => resizeMaps(each, { size: [16, 24], sigma, border: 'mirror' });
  expectClose((await run(enlarge, distances!)).data, maps!);
});

test("Amazon's patches: neighbourhoods averaged twice", async () => {
  const { fine, coarse, patches, dimension } = golden['amazon']!;
  expectClose(
    (await run((a: tf.Tensor4D, b: tf.Tensor4D) => pooledPatches([a, b], 3, dimension), fine!, coarse!)).data,
    patches!,
  );
});

test("anomalib's smoothing has a mirrored border", async () => {
  const { maps, smoothed, sigma } = golden['blur']!;
  expectClose((await run((x: tf.Tensor3D) => resizeMaps(x, { sigma, border: 'mirror' }), maps!)).data, smoothed!);
});
