import { readFileSync } from 'node:fs';
import { compile } from '@adlib/runtime';
import { matchers } from '@adlib/testing';
import type * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { draw, drawnWeights, fnv1a } from '../testing/drawn.js';
import { loadBackbone } from './loadBackbone.js';
import { backbones } from './registry.js';

expect.extend(matchers);

interface Summary {
  shape: number[];
  mean: number;
  meanAbs: number;
  values: number[];
}

const golden = JSON.parse(readFileSync(new URL('../../../../fixtures/backbones.json', import.meta.url), 'utf8')) as {
  size: [number, number];
  cases: {
    library: string;
    model: string;
    backbone: string;
    names: [number, number];
    layers: Record<string, Summary>;
  }[];
};
const [height, width] = golden.size;

/** The picture, channels last. */
function picture() {
  const planes = draw('picture', 3 * height * width);
  const data = Float32Array.from(planes, (_, i) => planes[(i % 3) * height * width + Math.floor(i / 3)]!);
  return { shape: [1, height, width, 3], data };
}

/** Names and shapes of a library's tensors, from those here. */
function libraryShapes(name: string, library: string, layers: readonly string[]) {
  const backbone = backbones[name]!;
  const own = backbone.tensors(layers);
  if (library === 'torchvision') return own;
  // Which names a file has is told by a few that only timm's have.
  const marks = ['conv_stem.weight', 'bn1.weight', 'head.fc.weight', 'pre_logits.fc1.weight', 'pre_logits.fc1.bias'];
  const { rename } = backbone.namesIn(marks);
  return Object.fromEntries(Object.entries(own).map(([key, shape]) => [rename(key), shape]));
}

/** Layers are computed as far as this many weights go: the rest is more of the same blocks, whose tensors are compared. */
const MOST = 4e6;

describe.each(golden.cases)('$model of $library', ({ library, backbone, names, layers }) => {
  const size = (layer: string) =>
    Object.values(backbones[backbone]!.tensors([layer])).reduce(
      (sum, shape) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
  const [first, ...rest] = Object.keys(layers).sort((a, b) => size(a) - size(b));
  const wanted = [first!, ...rest.filter((layer) => size(layer) <= MOST)];

  test('has the same tensors', () => {
    const shapes = libraryShapes(backbone, library, ['logits']);
    // timm keeps fully connected layers as convolutions here and there.
    const asStored = (name: string, shape: readonly number[]) => {
      if (library !== 'timm') return shape;
      if (name === 'pre_logits.fc1.weight') return [4096, 512, 7, 7];
      if (name === 'pre_logits.fc2.weight') return [4096, 4096, 1, 1];
      return name === 'conv_head.weight' && shape.length === 2 ? [...shape, 1, 1] : shape;
    };
    const lines = Object.entries(shapes).map(([name, shape]) => `${name}:${asStored(name, shape).join('x')}`);
    expect([lines.length, fnv1a(lines.sort().join('\n'))]).toEqual(names);
  });

  test('computes the same', async () => {
    const weights = drawnWeights(libraryShapes(backbone, library, wanted));
    const loaded = await loadBackbone({ backbone, layers: wanted, weights });
    const run = compile((x: tf.Tensor4D) => loaded.features(x));
    const results = await run(picture());
    await run.dispose();
    wanted.forEach((layer, i) => {
      const { shape, data } = results[i]!;
      const expected = layers[layer]!;
      expect(shape.slice(1), layer).toEqual(expected.shape);
      const numbers = data as Float32Array;
      const share = (f: (v: number) => number) => numbers.reduce((sum, v) => sum + f(v), 0) / numbers.length;
      const tolerance = { rtol: 1e-4, atol: 1e-4 * expected.meanAbs };
      expect(share(Math.abs), layer).toBeAllClose(expected.meanAbs, tolerance);
      expect(share((v) => v), layer).toBeAllClose(expected.mean, tolerance); // prettier-ignore
      const at = expected.values.map((_, k) => numbers[Math.floor((k * (numbers.length - 1)) / 7)]!);
      expect(at, layer).toBeAllClose(expected.values, { rtol: 1e-3, atol: 1e-3 * expected.meanAbs });
    });
  });
});
