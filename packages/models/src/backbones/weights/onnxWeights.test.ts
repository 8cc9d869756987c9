import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeOnnx, encodeSafetensors } from '@adlib/runtime';
import { expect, test } from 'vitest';
import { drawnWeights } from '../../testing/drawn.js';
import { sameTensors } from '../../testing/sameTensors.js';
import { loadBackbone } from '../loadBackbone.js';
import { backbones } from '../registry.js';
import { isOnnx } from './onnxWeights.js';

test('the constants of an ONNX model serve as weights', async () => {
  const weights = drawnWeights(backbones['resnet18']!.tensors(['stem']));
  const initializers = Object.entries(weights).map(([name, { shape, data }]) => ({
    name,
    dtype: 'float32' as const,
    dims: shape,
    data: data as Float32Array,
  }));
  const sizes = { name: 'sizes', dtype: 'int64' as const, dims: [1], data: new BigInt64Array([3n]) };
  const model = encodeOnnx({
    irVersion: 9,
    producerName: 'test',
    producerVersion: '',
    opsets: [{ domain: '', version: 20 }],
    metadata: {},
    graph: { name: 'net', nodes: [], inputs: [], outputs: [], initializers: [...initializers, sizes] },
  });
  const load = (from: typeof weights | Uint8Array | string) =>
    loadBackbone({ backbone: 'resnet18', layers: ['stem'], weights: from });
  const { parameters } = await load(weights);
  expect(sameTensors((await load(model)).parameters, parameters)).toBe(true);
  const folder = await mkdtemp(join(tmpdir(), 'adlib-'));
  try {
    await writeFile(join(folder, 'net.onnx'), model);
    expect(sameTensors((await load(join(folder, 'net.onnx'))).parameters, parameters)).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a safetensors file is not taken for one, whatever the length of its header', () => {
  for (let extra = 0; extra < 300; extra++) {
    const bytes = encodeSafetensors(
      { w: { dtype: 'U8', shape: [1], data: new Uint8Array(1) } },
      { text: 'x'.repeat(extra) },
    );
    expect(isOnnx(bytes)).toBe(false);
  }
});
