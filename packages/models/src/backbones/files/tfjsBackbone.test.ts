import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, type HostTensor } from '@adlib/runtime';
import { matchers, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDetector } from '../../detectors.js';
import { draw } from '../../testing/drawn.js';
import { assertOnnxAgrees } from '../../testing/onnxAgrees.js';
import { tfjsBackbone } from './tfjsBackbone.js';

expect.extend(matchers);
beforeAll(() => tf.setBackend('cpu'));

const layers = ['fine', 'coarse'];
const x = { data: draw('picture', 3 * 32 * 48 * 3), shape: [3, 32, 48, 3] };

/** A network of the layers that converted models are made of; the batch is free, height and width are not. */
function layersModel(): tf.LayersModel {
  const init = (seed: number) => tf.initializers.heNormal({ seed });
  const norm = (seed: number) =>
    tf.layers.batchNormalization({ movingMeanInitializer: tf.initializers.randomNormal({ seed, stddev: 0.3 }) });
  return tf.sequential({
    layers: [
      tf.layers.zeroPadding2d({ padding: [[1, 0], [1, 0]], inputShape: [32, 48, 3] }), // prettier-ignore
      tf.layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, useBias: false, kernelInitializer: init(1) }),
      norm(2),
      tf.layers.reLU({ maxValue: 6 }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', depthwiseInitializer: init(3) }),
      tf.layers.conv2d({ filters: 10, kernelSize: 1, activation: 'relu', kernelInitializer: init(4), name: 'fine' }),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.conv2d({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', kernelInitializer: init(5) }),
      tf.layers.activation({ activation: 'swish', name: 'coarse' }),
      tf.layers.globalAveragePooling2d({ name: 'pooled' }),
      tf.layers.dense({ units: 4, name: 'logits' }),
    ],
  });
}

const attr = { type: (type = 'DT_FLOAT') => ({ type }), ints: (...i: number[]) => ({ list: { i } }) };
const s = (text: string) => ({ s: Buffer.from(text).toString('base64') });

/** A graph model as TensorFlow's converter writes it: fused convolutions, a batch norm, reshaping by shapes that it computes. */
function graphArtifacts(): tf.io.ModelArtifacts {
  const shape = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });
  const weights = { wd: [2, 2, 10], w1: [3, 3, 3, 6], b1: [6], w2: [3, 3, 6, 10], scale: [10], offset: [10], mean: [10], variance: [10] };
  const size = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
  const values = Object.entries(weights).flatMap(([name, dims]) =>
    Array.from(draw(name, size(dims)), (v) => (name === 'variance' ? 1 + v / 2 : v)),
  );
  const conv = { T: attr.type(), strides: attr.ints(1, 2, 2, 1), padding: s('SAME'), data_format: s('NHWC'), dilations: attr.ints(1, 1, 1, 1) }; // prettier-ignore
  return {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'pictures', op: 'Placeholder', attr: { dtype: attr.type(), shape: shape(-1, -1, -1, 3) } },
        ...Object.keys(weights).map((name) => ({ name, op: 'Const', attr: { dtype: attr.type() } })),
        {
          name: 'fine', op: '_FusedConv2D', input: ['pictures', 'w1', 'b1'],
          attr: { ...conv, num_args: { i: '1' }, fused_ops: { list: { s: [s('BiasAdd').s, s('Relu').s] } } },
        },
        { name: 'conv', op: 'Conv2D', input: ['fine', 'w2'], attr: conv },
        {
          name: 'norm', op: 'FusedBatchNormV3', input: ['conv', 'scale', 'offset', 'mean', 'variance'],
          attr: { T: attr.type(), epsilon: { f: 0.001 }, is_training: { b: false }, data_format: s('NHWC') },
        },
        { name: 'coarse', op: 'LeakyRelu', input: ['norm'], attr: { T: attr.type(), alpha: { f: 0.2 } } },
        { name: 'grown', op: 'Dilation2D', input: ['coarse', 'wd'], attr: { strides: attr.ints(1, 1, 1, 1), rates: attr.ints(1, 1, 1, 1), padding: s('SAME') } },
      ],
      versions: { producer: 1 },
    },
    signature: { inputs: { pictures: { name: 'pictures:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '-1' }, { size: '-1' }, { size: '3' }] } } }, outputs: {} },
    weightSpecs: Object.entries(weights).map(([name, dims]) => ({ name, shape: dims, dtype: 'float32' as const })),
    weightData: Float32Array.from(values).buffer,
  };
} // prettier-ignore

async function features(backbone: Awaited<ReturnType<typeof tfjsBackbone>>, wanted = layers): Promise<HostTensor[]> {
  const ready = backbone.load(wanted);
  const run = compile((v: tf.Tensor4D) => ready.features(v), { device: 'cpu' });
  const results = await run(x);
  await run.dispose();
  return results;
}

/** What TensorFlow.js itself computes. */
function expected(run: (v: tf.Tensor) => tf.Tensor[]): HostTensor[] {
  return tf.tidy(() =>
    run(tf.tensor(x.data, x.shape)).map((y) => ({ data: y.dataSync<'float32'>().slice(), shape: y.shape })),
  );
}

function expectSame(actual: readonly HostTensor[], wanted: readonly HostTensor[]): void {
  actual.forEach(({ data, shape }, i) => {
    expect(shape).toEqual(wanted[i]!.shape);
    expect(data).toBeAllClose(wanted[i]!.data, { rtol: 1e-4, atol: 1e-5 });
  });
}

describe('a model of layers', () => {
  test('loaded by the caller: gives what TensorFlow.js computes, one vector per picture too', async () => {
    const model = layersModel();
    const before = tf.memory().numTensors;
    const backbone = await tfjsBackbone(model, { layers: [...layers, 'pooled'] });
    expect(backbone.size).toEqual([32, 48]);
    expect(backbone.layers.map(({ channels, stride }) => [channels, stride])).toEqual([
      [10, 4],
      [16, 8],
      [16, undefined],
    ]);
    const all = [...layers, 'pooled'];
    const cut = tf.model({ inputs: model.inputs, outputs: all.map((name) => model.getLayer(name).output as tf.SymbolicTensor) }); // prettier-ignore
    const wanted = expected((v) => cut.predict(v) as tf.Tensor[]);
    wanted[2] = { ...wanted[2]!, shape: [3, 1, 1, 16] };
    expectSame(await features(backbone, all), wanted);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test('saved: read from memory, from files and from an address', async () => {
    const model = layersModel();
    const wanted = expected((v) =>
      layers.map((name) => {
        const cut = tf.model({ inputs: model.inputs, outputs: model.getLayer(name).output });
        return cut.predict(v) as tf.Tensor;
      }),
    );
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
      }),
    );
    model.dispose();
    const before = tf.memory().numTensors;
    expectSame(await features(await tfjsBackbone(tf.io.fromMemory(saved!), { layers })), wanted);
    const folder = await mkdtemp(join(tmpdir(), 'adlib-'));
    const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(saved!.weightData));
    const half = bytes.length >> 1;
    const manifest = [{ paths: ['a.bin', 'b.bin'], weights: saved!.weightSpecs }];
    const json = JSON.stringify({ format: 'layers-model', modelTopology: saved!.modelTopology, weightsManifest: manifest }); // prettier-ignore
    const files: Record<string, string | Uint8Array> = { 'model.json': json, 'a.bin': bytes.subarray(0, half), 'b.bin': bytes.subarray(half) }; // prettier-ignore
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const fromFile = await tfjsBackbone(join(folder, 'model.json'), { layers });
    expect(fromFile.name).toBe('model.json');
    expectSame(await features(fromFile), wanted);
    const server = createServer((request, response) => response.end(files[request.url!.slice(1)]));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.json`;
    expectSame(await features(await tfjsBackbone(address, { layers })), wanted);
    server.close();
    await rm(join(folder, 'b.bin'));
    await expect(tfjsBackbone(join(folder, 'model.json'), { layers })).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(join(folder, 'model.json'), json.slice(0, 99));
    await expect(tfjsBackbone(join(folder, 'model.json'), { layers })).rejects.toThrow(/model\.json must be the JSON/);
    await writeFile(join(folder, 'model.json'), '{}');
    await expect(tfjsBackbone(join(folder, 'model.json'), { layers })).rejects.toThrow(/topology and weights/);
    await rm(folder, { recursive: true });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a graph model', () => {
  const open = (more: object = {}) =>
    tfjsBackbone(tf.io.fromMemory(graphArtifacts()), { layers, size: [32, 48], ...more });

  test('gives its inner nodes as TensorFlow.js computes them', async () => {
    const before = tf.memory().numTensors;
    const backbone = await open();
    expect(tf.memory().numTensors).toBe(before);
    expect(backbone.description.single).toBe(false);
    const model = await tf.loadGraphModel(tf.io.fromMemory(graphArtifacts()));
    const wanted = expected((v) => model.execute(v, layers) as tf.Tensor[]);
    expectSame(await features(backbone), wanted);
    expectSame(await features(await tfjsBackbone(model, { layers, size: [32, 48] })), wanted);
    expect((await tfjsBackbone(model, { layers })).size).toEqual([256, 256]);
    await expect(tfjsBackbone(model, { layers: ['fin'], size: [32, 48] })).rejects.toThrow(/fin/);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('what does not fit is refused by name, and nothing is left behind', async () => {
    const before = tf.memory().numTensors;
    await expect(open({ layers: ['fin'] })).rejects.toThrow(/layers must be names that are there, got 'fin'. Nearest are 'fine'/); // prettier-ignore
    await expect(open({ layers: ['grown'] })).rejects.toMatchObject({ name: 'UnsupportedOpError', op: 'Dilation2D' });
    await expect(open({ layout: 'NHWC' })).rejects.toThrow(/got layout/);
    await expect(tfjsBackbone(3 as never, { layers })).rejects.toThrow(/source must be the path or address/);
    await expect(tfjsBackbone(tf.io.fromMemory({}), { layers })).rejects.toThrow(/model\.json must hold/);
    await expect(tfjsBackbone(tf.io.fromMemory({}), undefined as never)).rejects.toThrow(/options must be an object/);
    const vector = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3], name: 'd' })] });
    await expect(tfjsBackbone(vector, { layers: ['d'] })).rejects.toThrow(/pictures \[batch, height, width, 3\], got \[, 3\]/); // prettier-ignore
    vector.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('PatchCore on a TensorFlow.js model: fits, scores, is saved and loaded alone, and exported', async () => {
  const model = layersModel();
  const backbone = await tfjsBackbone(model, { layers, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
  model.dispose();
  const before = tf.memory().numTensors;
  const good = tinyParts({ count: 9, seed: 1, height: 32, width: 48 });
  const detector = await createDetector('patchcore', { backbone, coresetRatio: 0.5 }).fit(good);
  const scores = await detector.score(good.slice(0, 2));
  const state = detector.save();
  const again = createDetector('patchcore', JSON.parse(JSON.stringify(state.options)) as Record<string, unknown>);
  again.load(state);
  expect(await again.score(good.slice(0, 2))).toEqual(scores);
  const probes = tinyParts({ count: 2, seed: 5, height: 32, width: 48 });
  await assertOnnxAgrees(await again.toOnnx({ threshold: 0.5 }), probes, await again.score(probes));
  detector.dispose();
  again.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
