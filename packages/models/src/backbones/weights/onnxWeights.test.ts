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
import type { BackboneWeights } from './source.js';

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

test('constants of other floating-point types serve too', async () => {
  const shapes = backbones['resnet18']!.tensors(['stem']);
  const names = Object.keys(shapes);
  const sizeOf = (name: string) => shapes[name]!.reduce((a, b) => a * b, 1);
  const model = (dtype: 'float16' | 'bfloat16' | 'float64', one: number) =>
    encodeOnnx({
      ...{
        irVersion: 9,
        producerName: 'test',
        producerVersion: '',
        opsets: [{ domain: '', version: 20 }],
        metadata: {},
      },
      graph: {
        ...{ name: 'net', nodes: [], inputs: [], outputs: [] },
        initializers: names.map((name) => {
          const array = dtype === 'float64' ? Float64Array : Uint16Array;
          return { name, dtype, dims: shapes[name]!, data: new array(sizeOf(name)).fill(one) };
        }),
      },
    });
  const load = (weights: BackboneWeights) => loadBackbone({ backbone: 'resnet18', layers: ['stem'], weights });
  const ones = names.map((name) => [name, { shape: shapes[name]!, data: new Float32Array(sizeOf(name)).fill(1) }]);
  const { parameters } = await load(Object.fromEntries(ones) as BackboneWeights);
  // 1 in bits of half precision, of bfloat16, and as a number.
  for (const bytes of [model('float16', 0x3c00), model('bfloat16', 0x3f80), model('float64', 1)]) {
    expect(sameTensors((await load(bytes)).parameters, parameters)).toBe(true);
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
