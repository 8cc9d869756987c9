import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '@adlib/core';
import { compile, decodeSafetensors, encodeSafetensors, type HostTensor, type SafeTensor } from '@adlib/runtime';
import { matchers } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { channelsLast, readNpy } from '../testing/readNpy.js';
import { sameTensors } from '../testing/sameTensors.js';
import { loadBackbone } from './loadBackbone.js';
import { restoreBackbone } from './loadedBackbone.js';
import { backbones } from './registry.js';

expect.extend(matchers);

const shared = new URL('../../../../../shared/weights/', import.meta.url);
const file = new URL('resnet18-layers1to3.safetensors', shared);
const here = existsSync(file);
const layers = ['layer1', 'layer2', 'layer3'];

describe.skipIf(!here)('the published weights of ResNet-18, from ../shared/weights', () => {
  function picture(): HostTensor {
    const { data } = readNpy(new URL('golden/input_u8_224x224x3.npy', shared));
    const { mean, std } = backbones['resnet18']!;
    const values = Float32Array.from(data, (v, i) => (v / 255 - mean[i % 3]!) / std[i % 3]!);
    return { shape: [1, 224, 224, 3], data: values };
  }

  test('give the feature maps that PyTorch gives', async () => {
    const { features } = await loadBackbone({ backbone: 'resnet18', layers, weights: fileURLToPath(file) });
    const maps = compile((x: tf.Tensor4D) => features(x));
    const results = await maps(picture());
    await maps.dispose();
    for (const [i, result] of results.entries()) {
      const golden = channelsLast(readNpy(new URL(`golden/resnet18_${layers[i]!}.npy`, shared)));
      expect(result.shape).toEqual(golden.shape);
      // Largest values are about 4; sums of 2304 float32 products differ by their order.
      expect(result.data).toBeAllClose(golden.data, { rtol: 1e-4, atol: 2e-5 });
    }
  });

  test('serve the layers they have, in any order, and name what is missing for others', async () => {
    const bytes = new Uint8Array(readFileSync(file));
    const loaded = await loadBackbone({ backbone: 'resnet18', layers: ['layer3', 'layer1.0'], weights: bytes });
    expect(loaded.layers.map(({ path, channels, stride }) => [path, channels, stride])).toEqual([
      ['layer3.1', 256, 16],
      ['layer1.0', 64, 4],
    ]);
    await expect(loadBackbone({ backbone: 'resnet18', layers: ['layer4'], weights: bytes })).rejects.toThrow(
      /tensor 'layer4\.0\.conv1\.weight' of resnet18 must be in the bytes, got no such tensor\. It has what these layers need: stem, layer1\.0, layer1, layer2\.0, layer2, layer3\.0, layer3\./,
    );
    await expect(loadBackbone({ backbone: 'resnet34', layers: ['layer1'], weights: bytes })).rejects.toThrow(
      /'layer1\.2\.conv1\.weight' of resnet34/,
    );
  });
});

describe.skipIf(!existsSync(new URL('squeezenet1.1/', shared)))('SqueezeNet 1.1 of the ONNX model zoo', () => {
  test('gives the outputs that were published with it', async () => {
    const weights = fileURLToPath(new URL('squeezenet1.1/weights', shared));
    const { features } = await loadBackbone({ backbone: 'squeezenet1_1', layers: ['logits'], weights });
    const logits = compile((x: tf.Tensor4D) => features(x));
    const sets = new URL('squeezenet1.1/test_data_set/', shared);
    const complete = readdirSync(sets).filter((set) => existsSync(new URL(`${set}/output_0.npy`, sets)));
    expect(complete.length).toBeGreaterThan(0);
    for (const set of complete) {
      const [result] = await logits(channelsLast(readNpy(new URL(`${set}/input_0.npy`, sets))));
      const { data } = readNpy(new URL(`${set}/output_0.npy`, sets));
      expect(result!.shape).toEqual([1, 1, 1, 1000]);
      expect(result!.data).toBeAllClose(data, { rtol: 1e-4, atol: 1e-3 });
    }
    await logits.dispose();
  });
});

describe('weights', () => {
  let folder: string;
  let tensors: Record<string, SafeTensor>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adlib-'));
    const random = createRandom(1);
    tensors = Object.fromEntries(
      Object.entries(backbones['resnet18']!.tensors(['layer1.0'])).map(([name, shape]) => {
        const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform(0.1, 0.2));
        return [name, { dtype: 'F32', shape, data }];
      }),
    );
  });
  afterAll(() => rm(folder, { recursive: true }));
  const load = (weights: Parameters<typeof loadBackbone>[0]['weights']) =>
    loadBackbone({ backbone: 'resnet18', layers: ['layer1.0'], ...(weights !== undefined && { weights }) });

  test('are the same from a path, bytes and tensors', async () => {
    const path = join(folder, 'part.safetensors');
    const bytes = encodeSafetensors(tensors);
    await writeFile(path, bytes);
    const fromTensors = (await load(tensors)).parameters;
    expect(sameTensors((await load(bytes)).parameters, fromTensors)).toBe(true);
    expect(sameTensors((await load(path)).parameters, fromTensors)).toBe(true);
    expect(Object.keys(fromTensors)).toEqual(Object.keys(backbones['resnet18']!.parameters(['layer1.0'])));
    const decoded = decodeSafetensors(bytes).tensors;
    expect(sameTensors((await load(decoded)).parameters, fromTensors)).toBe(true);
  });

  test('that do not fit are refused with the name of the tensor', async () => {
    const wrong = { dtype: 'F32', shape: [3], data: new Float32Array(3) } as const;
    await expect(load({ ...tensors, 'bn1.bias': wrong })).rejects.toThrow(
      "loadBackbone: tensor 'bn1.bias' of resnet18 must have shape [64], got [3].",
    );
    const turned = { ...tensors['conv1.weight']!, shape: [7, 7, 3, 64] };
    await expect(load({ ...tensors, 'conv1.weight': turned })).rejects.toThrow(/'conv1.weight' .* got \[7, 7, 3, 64\]/);
    const { 'bn1.running_var': gone, ...rest } = tensors;
    expect(gone).toBeDefined();
    await expect(load(rest)).rejects.toThrow(
      /'bn1.running_var' of resnet18 must be in the tensors, got no such tensor/,
    );
    const nan = { ...tensors['bn1.bias']!, data: new Float32Array(64).fill(NaN) };
    await expect(load({ ...tensors, 'bn1.bias': nan })).rejects.toThrow(/'bn1.bias' .* finite/);
    await expect(load({ x: wrong })).rejects.toThrow(/It has 1 tensors: x\. Are they of another network\?/);
    await expect(load(join(folder, 'no.safetensors'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(load(undefined)).rejects.toThrow(/weights must be given for resnet18, got undefined.*filter-bank/);
    await expect(load(7 as never)).rejects.toThrow(TypeError);
  });

  test('saved folded are restored without their source', async () => {
    const loaded = await load(tensors);
    const prefixed = { ...loaded.parameters, other: { shape: [], data: new Float32Array(1) } };
    const restored = restoreBackbone('resnet18', ['stem', 'layer1.0'], prefixed);
    expect(sameTensors(restored.parameters, loaded.parameters)).toBe(true);
    const x = tf.randomUniform<tf.Rank.R4>([1, 32, 48, 3], 0, 1, 'float32', 3);
    const before = tf.memory().numTensors;
    const [stem, block] = restored.features(x);
    const [same] = loaded.features(x);
    expect(stem!.shape).toEqual([1, 8, 12, 64]);
    expect(block!.dataSync()).toEqual(same!.dataSync());
    tf.dispose([stem!, block!, same!]);
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
    const { 'conv1.bias': gone, ...rest } = loaded.parameters;
    expect(gone!.shape).toEqual([64]);
    expect(() => restoreBackbone('resnet18', ['stem'], rest)).toThrow(
      "restoreBackbone: tensors['conv1.bias'] must have shape [64], got no such tensor.",
    );
  });

  test('are not read for the filter bank, which has none', async () => {
    const loaded = await loadBackbone({ backbone: 'filter-bank', layers });
    expect(loaded.parameters).toEqual({});
    await expect(loadBackbone({ backbone: 'filter-bank', layers, weights: tensors })).rejects.toThrow(/absent/);
  });
});

test('unknown names are refused with the known ones', async () => {
  await expect(loadBackbone({ backbone: 'resnet19', layers, weights: {} })).rejects.toThrow(
    /backbone must be .*'resnet18'/,
  );
  const of = (names: string[]) => loadBackbone({ backbone: 'resnet18', layers: names, weights: {} });
  await expect(of(['layer5'])).rejects.toThrow(
    /resnet18: layers must be 'stem', .*'layer4', 'avgpool', or 'logits', got 'layer5'/,
  );
  await expect(of([])).rejects.toThrow(RangeError);
  await expect(of(['layer1', 'layer1'])).rejects.toThrow(RangeError);
  await expect(loadBackbone({ backbone: 'resnet18', layers, weight: 1 } as never)).rejects.toThrow(/got weight/);
});
