/** Features of every layer of a network for the pictures of each role, reduced to what the study looks at. */
import { ndarray, prepareImage, type PrepareOptions, type View } from '@adlib/core';
import { imagesOf, type Role, type Sample } from '@adlib/datasets';
import { loadBackbone, type ConvAutoencoder } from '@adlib/models';
import { compile, type HostTensor } from '@adlib/runtime';
import { randomDrop } from '@adlib/scores';
import type * as tf from '@tensorflow/tfjs';
import { constants } from '../../../packages/models/src/components/networkDetector.js';
import { stack } from '../../../packages/models/src/components/preparedImages.js';
import { reconstruct } from '../../../packages/models/src/convAutoencoder/network.js';
import { SEED } from '../autoencoder.js';

const BATCH = 8;

/** A network that gives the features of several layers. */
export interface Extractor {
  name: string;
  /** How pictures come to it. */
  prepare: PrepareOptions & { channels: 1 | 3 };
  /** By layer, `[batch, rows, columns, channels]`. */
  run: (x: HostTensor) => Promise<Record<string, HostTensor>>;
  dispose: () => Promise<void>;
}

/** Rows of features, one per picture. */
export type Rows = View<Float32Array>;

/** The features of one layer that the study looks at. */
export interface LayerRows {
  /** Features there are. */
  features: number;
  /** For each draw the features kept, most of them first: a smaller number of features is the beginning of a row. */
  draws: Rows[];
  /** Mean over positions of each channel. */
  pooled: Rows;
  /** Every feature; only of the layer asked for. */
  all?: Rows;
}

/** Layers by role. */
export type RoleRows = Record<'train' | 'calibration' | 'test', Record<string, LayerRows>>;

/** The encoder of a trained autoencoder; the last layer is called bottleneck. */
export function autoencoderFeatures(detector: ConvAutoencoder): Extractor {
  const { tensors, options } = detector.save();
  const { size, channels, mode } = detector.options;
  const depth = (options['widths'] as number[]).length;
  const encode = compile((x: tf.Tensor4D) => {
    const weights = constants(tensors);
    return reconstruct({ parameters: weights, state: weights }, x, false).encoded;
  });
  return {
    name: 'autoencoder',
    prepare: { size, channels, mode },
    run: async (x) =>
      Object.fromEntries((await encode(x)).map((layer, i) => [i < depth - 1 ? `layer ${i + 1}` : 'bottleneck', layer])),
    dispose: () => encode.dispose(),
  };
}

/** Layers 1 to 3 of ResNet-18 on pictures of 256×256. */
export async function resnetFeatures(weights: string): Promise<Extractor> {
  const layers = ['layer1', 'layer2', 'layer3'];
  const { backbone, features } = await loadBackbone({ backbone: 'resnet18', layers, weights });
  const run = compile((x: tf.Tensor4D) => features(x));
  return {
    name: 'ResNet-18',
    prepare: { size: [256, 256], channels: 3, mean: backbone.mean, std: backbone.std },
    run: async (x) => Object.fromEntries((await run(x)).map((layer, i) => [`layer ${i + 1}`, layer])),
    dispose: () => run.dispose(),
  };
}

function meanOverPositions({ data, shape }: HostTensor, row: number): Float32Array {
  const channels = shape[3]!;
  const each = data.length / shape[0]!;
  const sums = new Float64Array(channels);
  for (let i = 0; i < each; i++) sums[i % channels]! += data[row * each + i]!;
  return Float32Array.from(sums, (sum) => (sum * channels) / each);
}

interface Growing {
  features: number;
  indices: Uint32Array[];
  draws: Float32Array[];
  pooled: Float32Array;
  all: Float32Array | undefined;
}

/** Puts one picture's features of a layer into row `at` of `n`. */
function keep(into: Growing, tensor: HostTensor, row: number, at: number): void {
  const values = (tensor.data as Float32Array).subarray(row * into.features, (row + 1) * into.features);
  into.indices.forEach((indices, draw) => {
    const rows = into.draws[draw]!;
    for (let j = 0; j < indices.length; j++) rows[at * indices.length + j] = values[indices[j]!]!;
  });
  const pooled = meanOverPositions(tensor, row);
  into.pooled.set(pooled, at * pooled.length);
  into.all?.set(values, at * into.features);
}

function start(tensor: HostTensor, n: number, kept: number, draws: number, whole: boolean): Growing {
  const features = tensor.data.length / tensor.shape[0]!;
  const indices = Array.from({ length: draws }, (_, draw) => randomDrop(features, kept, { seed: SEED + draw }));
  return {
    features,
    indices,
    draws: indices.map(({ length }) => new Float32Array(n * length)),
    pooled: new Float32Array(n * tensor.shape[3]!),
    all: whole ? new Float32Array(n * features) : undefined,
  };
}

async function roleRows(
  { name, prepare, run }: Extractor,
  samples: readonly Sample[],
  { kept, draws, whole }: { kept: number; draws: number; whole: string },
): Promise<{ layers: Record<string, LayerRows>; ms: number }> {
  const images = imagesOf(samples);
  const n = samples.length;
  const growing: Record<string, Growing> = {};
  let ms = 0;
  for (let from = 0; from < n; from += BATCH) {
    const count = Math.min(BATCH, n - from);
    const batch = await Promise.all(Array.from({ length: count }, async (_, i) => images.get(from + i)));
    const prepared = batch.map((image) => prepareImage(image, prepare).data);
    // Always whole batches: one graph.
    while (prepared.length < BATCH) prepared.push(prepared[0]!);
    const began = performance.now();
    const layers = await run(stack(prepared, prepare));
    if (from > 0) ms += (performance.now() - began) / BATCH / Math.ceil(n / BATCH - 1);
    for (const [layer, tensor] of Object.entries(layers)) {
      const into = (growing[layer] ??= start(tensor, n, kept, draws, layer === whole));
      for (let i = 0; i < count; i++) keep(into, tensor, i, from + i);
    }
    if (from % 80 === 0) console.error(`${name}: features of ${from + count} of ${n} pictures`);
  }
  const rows = (data: Float32Array): Rows => ndarray(data, [n, data.length / n]);
  const layers = Object.fromEntries(
    Object.entries(growing).map(([layer, { features, draws: drawn, pooled, all }]) => [
      layer,
      { features, draws: drawn.map(rows), pooled: rows(pooled), ...(all && { all: rows(all) }) },
    ]),
  );
  return { layers, ms };
}

/**
 * Runs the pictures of three roles through a network.
 *
 * @param extractor - the network
 * @param roles - samples by role
 * @param wanted - features to keep per draw at most, number of draws, and the layer of which all features are kept
 * @returns rows by role and layer, and the network's time per picture
 */
export async function extract(
  extractor: Extractor,
  roles: Readonly<Record<Role, readonly Sample[]>>,
  wanted: { kept: number; draws: number; whole: string },
): Promise<{ rows: RoleRows; extractMs: number }> {
  const calibration = await roleRows(extractor, roles.calibration, wanted);
  const train = await roleRows(extractor, roles.train, wanted);
  const test = await roleRows(extractor, roles.test, wanted);
  return {
    rows: { train: train.layers, calibration: calibration.layers, test: test.layers },
    extractMs: train.ms,
  };
}
