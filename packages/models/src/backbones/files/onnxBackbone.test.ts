import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, decodeOnnx, encodeOnnx, toOnnx, type HostTensor, type OnnxModel } from '@adlib/runtime';
import { matchers } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { draw, drawnWeights } from '../../testing/drawn.js';
import { loadBackbone } from '../loadBackbone.js';
import { restoreBackbone, type LoadedBackbone } from '../loadedBackbone.js';
import { backbones } from '../registry.js';
import { GraphBackbone } from './graphBackbone.js';
import { onnxBackbone, type OnnxBackboneOptions } from './onnxBackbone.js';

expect.extend(matchers);
beforeAll(() => tf.setBackend('cpu'));

interface Golden {
  models: Record<'new' | 'old', { opset: number; layers: string[]; file: string }>;
  input: { shape: number[]; data: string };
  features: { shape: number[]; data: number[] }[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../../../../fixtures/onnx_backbones.json', import.meta.url), 'utf8'),
) as Golden;
const fileOf = (key: 'new' | 'old') => new Uint8Array(Buffer.from(golden.models[key].file, 'base64'));

/** Channels-first values as TensorFlow.js has them. */
function channelsLast({ shape, data }: { shape: number[]; data: ArrayLike<number> }): HostTensor {
  const [batch, channels, rows, columns] = shape as [number, number, number, number];
  const values = new Float32Array(data.length);
  for (let i = 0; i < values.length; i++) {
    const [channel, pixel] = [i % channels, Math.floor(i / channels)];
    const [picture, at] = [Math.floor(pixel / (rows * columns)), pixel % (rows * columns)];
    values[i] = data[(picture * channels + channel) * rows * columns + at]!;
  }
  return { data: values, shape: [batch, rows, columns, channels] };
}

const picture = channelsLast({
  shape: golden.input.shape,
  data: new Float32Array(new Uint8Array(Buffer.from(golden.input.data, 'base64')).buffer),
});

async function run({ features }: LoadedBackbone, x: HostTensor): Promise<HostTensor[]> {
  const compiled = compile((v: tf.Tensor4D) => features(v), { device: 'cpu' });
  const results = await compiled(x);
  await compiled.dispose();
  return results;
}

describe('a model that PyTorch exported', () => {
  test.each(['new', 'old'] as const)('%s: gives the features that PyTorch gives', async (key) => {
    const before = tf.memory().numTensors;
    const { layers } = golden.models[key];
    const backbone = await onnxBackbone(fileOf(key), { layers, size: [32, 48] });
    expect(backbone.description).toMatchObject({ name: 'model.onnx', channelsFirst: true, single: key === 'old' });
    expect(backbone.layers.map(({ name, channels, stride }) => [name, channels, stride])).toEqual([
      [layers[0], 12, 4],
      [layers[1], 20, 8],
    ]);
    const loaded = await loadBackbone({ backbone, layers });
    const saved = JSON.parse(JSON.stringify(backbone.description)) as GraphBackbone['description'];
    const restored = restoreBackbone(new GraphBackbone(saved), layers, loaded.parameters);
    for (const ready of [loaded, restored]) {
      const maps = await run(ready, picture);
      maps.forEach((map, i) => {
        const expected = channelsLast(golden.features[i]!);
        expect(map.shape).toEqual(expected.shape);
        // The golden values have five decimals.
        expect(map.data).toBeAllClose(expected.data, { rtol: 1e-4, atol: 2e-5 });
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is cut at its layers: only what they need is kept', async () => {
    const { layers } = golden.models.new;
    const backbone = await onnxBackbone(fileOf('new'), { layers, size: [32, 48] });
    const fine = await loadBackbone({ backbone, layers: [layers[0]!] });
    const both = await loadBackbone({ backbone, layers });
    const sizes = [fine, both].map(({ parameters }) => parameters['graph']!.data.length);
    expect(sizes[0]).toBeLessThan(sizes[1]! * 0.7);
    expect(() => restoreBackbone(backbone, layers, fine.parameters)).toThrow(
      "restoreBackbone: layers must be in the saved graph, got 'node_leaky_relu_1'.",
    );
  });

  test('is opened by its path and by its address', async () => {
    const { layers } = golden.models.old;
    const folder = await mkdtemp(join(tmpdir(), 'adlib-'));
    const path = join(folder, 'net.onnx');
    await writeFile(path, fileOf('old'));
    expect((await onnxBackbone(path, { layers })).name).toBe('net.onnx');
    await expect(onnxBackbone(join(folder, 'no.onnx'), { layers })).rejects.toMatchObject({ code: 'ENOENT' });
    await rm(folder, { recursive: true });
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/net.onnx?v=2' ? 200 : 404;
      response.end(fileOf('old'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await onnxBackbone(`${at}/net.onnx?v=2`, { layers })).name).toBe('net.onnx');
    await expect(onnxBackbone(`${at}/gone.onnx`, { layers })).rejects.toThrow(/gone\.onnx answered 404/);
    server.close();
  });
});

describe('ResNet-18 exported by this library', () => {
  const layers = ['layer1', 'layer2'];
  test.each([
    [1, true],
    [2, false],
  ])('with a batch of %i: gives what the backbone gives that it was exported from', async (batch, single) => {
    const weights = drawnWeights(backbones['resnet18']!.tensors(layers));
    const native = await loadBackbone({ backbone: 'resnet18', layers, weights });
    const inputs = { x: { shape: [batch, 32, 64, 3], dtype: 'float32' as const } };
    let file = toOnnx((x: tf.Tensor4D) => native.features(x), { inputs, outputs: layers });
    if (!single) file = freed(file);
    const backbone = await onnxBackbone(file, { layers });
    expect(backbone.description).toMatchObject({ size: [32, 64], single, channelsFirst: false });
    const x = { data: draw('x', 3 * 32 * 64 * 3), shape: [3, 32, 64, 3] };
    const [maps, expected] = [await run(await loadBackbone({ backbone, layers }), x), await run(native, x)];
    maps.forEach(({ data, shape }, i) => {
      expect(shape).toEqual(expected[i]!.shape);
      expect(data).toBeAllClose(expected[i]!.data, { rtol: 1e-5, atol: 1e-5 });
    });
  });
});

/** The file with a batch that is free. */
function freed(file: Uint8Array): Uint8Array {
  const model = decodeOnnx(file);
  const [input] = model.graph.inputs;
  const outputs = model.graph.outputs.map(({ name }) => ({ name, dtype: 'float32' as const }));
  const inputs = [{ ...input!, shape: ['n', ...input!.shape!.slice(1)] }];
  return encodeOnnx({ ...model, graph: { ...model.graph, inputs, outputs } });
}

/** A model of one node: `y` of `x`. */
function tiny(
  shape: readonly (number | string)[] | undefined,
  node: Partial<OnnxModel['graph']['nodes'][number]> = {},
  dtype: 'float32' | 'float16' | 'uint8' = 'float32',
): Uint8Array {
  const nodes = [{ opType: 'Relu', inputs: ['x'], outputs: ['y'], attributes: {}, ...node }];
  const inputs = [{ name: 'x', dtype, ...(shape && { shape }) }];
  const outputs = [{ name: 'y', dtype }];
  const opsets = [{ domain: '', version: 20 }];
  const graph = { name: 'tiny', nodes, inputs, outputs, initializers: [] };
  return encodeOnnx({ irVersion: 9, producerName: '', producerVersion: '', opsets, metadata: {}, graph });
}

describe('layouts and types', () => {
  const open = (file: Uint8Array, more: Partial<OnnxBackboneOptions> = {}) =>
    onnxBackbone(file, { layers: ['y'], size: [32, 48], ...more });

  test('are told by the shapes, or by the option', async () => {
    expect((await open(tiny(['n', 3, 'h', 'w']))).description.layers[0]).toMatchObject({ shape: [32, 48, 3], channelsFirst: true }); // prettier-ignore
    expect((await open(tiny(['n', 'h', 'w', 3]))).description.layers[0]).toMatchObject({ shape: [32, 48, 3], channelsFirst: false }); // prettier-ignore
    const turned = tiny(['n', 'h', 'w', 3], { opType: 'Transpose', attributes: { perm: { ints: [0, 3, 1, 2] } } });
    expect((await open(turned)).description).toMatchObject({ channelsFirst: false, layers: [{ channelsFirst: true }] });
    const unknown = tiny(undefined);
    await expect(open(unknown)).rejects.toThrow(/layout must be 'NCHW' or 'NHWC', got undefined.*does not tell/);
    expect((await open(unknown, { layout: 'NCHW' })).description.channelsFirst).toBe(true);
    await expect(open(unknown, { layout: 'CHW' as never })).rejects.toThrow(/layout must be 'NCHW' or 'NHWC'/);
    // A square picture of as many rows as channels tells nothing: the input's order is taken.
    const cube = tiny([1, 3, 33, 33], { opType: 'Tile', inputs: ['x', 't'] });
    const model = decodeOnnx(cube);
    const t = { name: 't', dtype: 'int64' as const, dims: [4], data: BigInt64Array.of(1n, 11n, 1n, 1n) };
    const many = encodeOnnx({ ...model, graph: { ...model.graph, initializers: [t] } });
    expect((await onnxBackbone(many, { layers: ['y'] })).description).toMatchObject({
      layers: [{ channelsFirst: true }],
    });
  });

  test('float16 inside is float32 outside; one vector per picture is a layer', async () => {
    const half = await open(tiny(['n', 3, 'h', 'w'], {}, 'float16'));
    const x = { data: draw('half', 32 * 48 * 3), shape: [1, 32, 48, 3] };
    const [map] = await run(half.load(['y']), x);
    expect(map!.data).toBeAllClose(x.data.map((v) => Math.max(0, v)), { atol: 1e-3 }); // prettier-ignore
    const vector = tiny(['n', 3, 32, 48], { opType: 'ReduceMean', inputs: ['x', 'axes'], attributes: { keepdims: { int: 0 } } }); // prettier-ignore
    const model = decodeOnnx(vector);
    const axes = { name: 'axes', dtype: 'int64' as const, dims: [2], data: BigInt64Array.of(2n, 3n) };
    const pooled = await open(encodeOnnx({ ...model, graph: { ...model.graph, initializers: [axes] } }));
    expect(pooled.layers).toEqual([{ name: 'y', path: 'y', channels: 3, stride: undefined }]);
    expect((await run(pooled.load(['y']), x))[0]!.shape).toEqual([1, 1, 1, 3]);
  });
});

describe('what does not fit is refused by name', () => {
  const { layers } = golden.models.new;
  const open = (more: Partial<OnnxBackboneOptions>, file = fileOf('new')) => onnxBackbone(file, { layers, ...more });

  test('layers', async () => {
    await expect(open({ layers: ['leaky'] })).rejects.toThrow(
      /onnxBackbone: layers must be names that are there, got 'leaky'\. Nearest are 'leaky_relu/,
    );
    await expect(open({ layers: [] })).rejects.toThrow(/one or more different names/);
    await expect(open({ layers: [layers[0]!, layers[0]!] })).rejects.toThrow(/one or more different names/);
    await expect(open({ layers: 'fine' as never })).rejects.toThrow(/layers must be an array of names, got 'fine'/);
    const flat = tiny(['n', 3, 32, 48], { opType: 'Flatten', attributes: { axis: { int: 2 } } });
    await expect(onnxBackbone(flat, { layers: ['y'] })).rejects.toThrow(/does not run|must run on pictures/);
    const odd = tiny(['n', 3, 32, 48], { opType: 'ReduceMax', attributes: { keepdims: { int: 0 } } });
    await expect(onnxBackbone(odd, { layers: ['y'] })).rejects.toThrow(/it gives \[\] for a batch of 1/);
    const tokens = tiny(['n', 3, 32, 48], { opType: 'Reshape', inputs: ['x', 's'] });
    const model = decodeOnnx(tokens);
    const s = { name: 's', dtype: 'int64' as const, dims: [3], data: BigInt64Array.of(0n, 0n, -1n) };
    const rank3 = encodeOnnx({ ...model, graph: { ...model.graph, initializers: [s] } });
    await expect(onnxBackbone(rank3, { layers: ['y'] })).rejects.toThrow(
      "layers must be maps (4 axes) or one vector per picture (2 axes), got 'y' with shape [2, 3, 1536].",
    );
  });

  test('inputs, sizes and options', async () => {
    const y = { layers: ['y'] };
    await expect(onnxBackbone(tiny([4, 3, 32, 32]), y)).rejects.toThrow(
      /batch of model\.onnx must be free or 1, got 4/,
    );
    await expect(onnxBackbone(tiny([1, 3, 32, 32], {}, 'uint8'), y)).rejects.toThrow(
      /float pictures of 4 axes, got uint8/,
    );
    await expect(onnxBackbone(tiny([1, 3, 32]), y)).rejects.toThrow(/4 axes, got float32 \[1, 3, 32\]/);
    await expect(onnxBackbone(tiny([1, 3, 64, 64]), { ...y, size: [32, 64] })).rejects.toThrow(
      'onnxBackbone: size[0] must be 64, which the model asks for, got 32.',
    );
    await expect(open({ mean: [1, 2] })).rejects.toThrow(/mean/);
    await expect(open({ std: [1, 0, 1] })).rejects.toThrow(/std\[1\]/);
    await expect(open({ layer: ['a'] } as never)).rejects.toThrow(/got layer/);
    await expect(onnxBackbone(7 as never, y)).rejects.toThrow(TypeError);
    await expect(onnxBackbone(fileOf('new'), undefined as never)).rejects.toThrow(
      /options must be an object with layers/,
    );
  });

  test('files', async () => {
    await expect(open({}, fileOf('new').subarray(0, 5000))).rejects.toMatchObject({ name: 'OnnxFormatError' });
    await expect(open({}, new TextEncoder().encode('{"a": 1}'))).rejects.toMatchObject({ name: 'OnnxFormatError' });
    const foreign = tiny(['n', 3, 'h', 'w'], { opType: 'NoSuchOperator' });
    await expect(onnxBackbone(foreign, { layers: ['y'] })).rejects.toThrow(
      /model\.onnx must run on pictures of 256×256, it does not: .*NoSuchOperator/s,
    );
  });

  test('pictures of another size, weights beside the file, a description without its graph', async () => {
    const backbone = await open({ size: [32, 48] });
    const loaded = backbone.load(layers);
    const x = { data: new Float32Array(32 * 32 * 3), shape: [1, 32, 32, 3] };
    await expect(run(loaded, x)).rejects.toThrow(/pictures of 32×48 pixels, for which model\.onnx was opened/);
    await expect(loadBackbone({ backbone, layers, weights: {} })).rejects.toThrow(/weights must be absent: model\.onnx has its own/); // prettier-ignore
    const described = new GraphBackbone(backbone.description);
    await expect(loadBackbone({ backbone: described, layers })).rejects.toThrow(/Open the file again/);
    await expect(loadBackbone({ backbone: 'net.onnx', layers })).rejects.toThrow(/Open a file with onnxBackbone/);
  });
});
