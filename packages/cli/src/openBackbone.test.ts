import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthetic } from '@adlib/datasets';
import { writeMvtec } from '@adlib/datasets/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commaNames, withBackbone } from './openBackbone.js';
import { spawnCli } from './testing/spawnCli.js';

const golden = JSON.parse(readFileSync(new URL('../../../fixtures/onnx_backbones.json', import.meta.url), 'utf8')) as {
  models: { new: { layers: string[]; file: string } };
};
const { layers, file } = golden.models.new;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-cli-'));
  await writeFile(join(dir, 'net.onnx'), Buffer.from(file, 'base64'));
  await writeFile(join(dir, 'cut.onnx'), Buffer.from(file, 'base64').subarray(0, 3000));
});
afterAll(() => rm(dir, { recursive: true }));

test('train on an .onnx file: a bundle that needs the file no more; a wrong layer and a damaged file are bad input', async () => {
  await writeMvtec(synthetic('screw', { good: 8, testGood: 2, defective: 2, size: [64, 80] }), join(dir, 'screws'));
  const model = ['train', 'screws', '--model', 'patchcore', '--option', 'size=[32,48]', '--out', 'bundle'];
  const trained = await spawnCli(dir, [...model, '--backbone', 'net.onnx', '--layers', layers.join(',')]);
  expect(trained.code, trained.err).toBe(0);
  expect(JSON.parse(await readFile(join(dir, 'bundle/detector.json'), 'utf8'))).toMatchObject({
    options: { backbone: { name: 'net.onnx', size: [32, 48] }, layers },
  });
  const [wrong, cut] = await Promise.all([
    spawnCli(dir, [...model, '--backbone', 'net.onnx', '--layers', 'leaky']),
    spawnCli(dir, [...model, '--backbone', 'cut.onnx', '--layers', 'leaky']),
  ]);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/'leaky'. Nearest are 'leaky_relu/)]);
  expect([cut.code, cut.err]).toEqual([2, expect.stringMatching(/^adlib: cut\.onnx: decodeOnnx: .*\n$/)]);
  await rm(join(dir, 'net.onnx'));
  const scored = await spawnCli(dir, ['evaluate', 'bundle', 'screws', '--json']);
  expect(scored.code, scored.err).toBe(0);
  expect(JSON.parse(scored.out)).toMatchObject({ image: { auroc: expect.any(Number) as number } });
}, 120_000);

describe('options', () => {
  const none = { backboneOption: {}, option: {} };
  test('names are passed on', async () => {
    expect(await withBackbone({ ...none, option: { a: 1 } })).toEqual({ a: 1 });
    expect(await withBackbone({ ...none, backbone: 'resnet18', layers: ['layer2'], option: { a: 1 } })).toEqual({
      a: 1,
      backbone: 'resnet18',
      layers: ['layer2'],
    });
    expect(commaNames('layer2, /a/b,')).toEqual(['layer2', '/a/b']);
  });

  test('what cannot be is told', async () => {
    const twice = { ...none, backbone: 'a.onnx', option: { backbone: 'resnet18' } };
    await expect(withBackbone(twice)).rejects.toThrow(
      'backbone is given twice, as --backbone and as --option backbone.',
    );
    await expect(withBackbone({ ...none, backbone: 'a.onnx' })).rejects.toThrow('Name the layers of a.onnx');
    const extra = { ...none, backbone: 'resnet18', backboneOption: { mean: [0, 0, 0] } };
    await expect(withBackbone(extra)).rejects.toThrow('--backbone-option mean is for a file');
    const odd = { ...none, backbone: 'a.onnx', layers: ['x'], backboneOption: { means: 1 } };
    await expect(withBackbone(odd)).rejects.toThrow(/onnxBackbone: options must only have .*got means/);
  });
});
