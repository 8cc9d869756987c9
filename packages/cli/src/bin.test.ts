import { copyFile, mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthetic } from '@adlib/datasets';
import { writeMvtec } from '@adlib/datasets/node';
import type { EvaluationResults } from '@adlib/pipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spawnCli, type Outcome } from './testing/spawnCli.js';

const adlib = (args: readonly string[], interruptAt?: RegExp): Promise<Outcome> => spawnCli(dir, args, interruptAt);

const small = ['--option', 'size=[16,24]', '--option', 'widths=[4,8]', '--epochs', '2'];
let dir: string;
let trained: Outcome;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-cli-'));
  await writeMvtec(synthetic('screw', { good: 10, testGood: 3, defective: 4, size: [64, 80] }), join(dir, 'screws'));
  trained = await adlib(['train', 'screws', '--out', 'bundle', '--seed', '3', '--json', ...small]);
}, 120_000);
afterAll(() => rm(dir, { recursive: true }));

describe('train', () => {
  test('writes a bundle and prints its record, progress going to stderr', async () => {
    expect(trained.code, trained.err).toBe(0);
    expect(trained.err).toMatch(/^train: \d+\/\d+, \d+ s, epoch 1, loss/m);
    expect(JSON.parse(trained.out)).toMatchObject({
      bundle: 'bundle',
      kind: 'conv-autoencoder',
      options: { size: [16, 24], widths: [4, 8], epochs: 2 },
      training: { data: 'screws', seed: 3, images: { train: 7, validation: 1 } },
      threshold: { rule: 'meanPlusSigma' },
      calibration: { n: 2 },
    });
    expect((await readdir(join(dir, 'bundle'))).sort()).toEqual(['detector.json', 'weights.safetensors']);
  });

  test('Ctrl-C half way: 130, the old bundle stays, nothing is left behind', async () => {
    const before = await readFile(join(dir, 'bundle/detector.json'), 'utf8');
    const args = ['train', 'screws', ...small, '--epochs', '100000', '--option', 'patience=100000', '--out'];
    const [old, fresh] = await Promise.all([
      adlib([...args, 'bundle'], /^train: /m),
      adlib([...args, 'new/bundle'], /^train: /m),
    ]);
    for (const { code, out, err } of [old, fresh]) {
      expect(code).toBe(130);
      expect(out).toBe('');
      expect(err.trimEnd().split('\n').at(-1)).toBe('adlib: cancelled');
    }
    expect(await readFile(join(dir, 'bundle/detector.json'), 'utf8')).toBe(before);
    expect((await readdir(join(dir, 'bundle'))).length).toBe(2);
    expect(await readdir(dir)).not.toContain('new');
  });
});

describe('with a bundle', () => {
  test('evaluate --json prints the results alone, and --report writes one page', async () => {
    const { code, out, err } = await adlib(['evaluate', 'bundle', 'screws', '--json', '--report', 'out/report.html']);
    expect(code, err).toBe(0);
    const results = JSON.parse(out) as EvaluationResults;
    expect(results).toMatchObject({
      schema: 'adlib.evaluation/1',
      data: { name: 'screws' },
      counts: { images: 7, good: 3, defective: 4, withMask: 4 },
      provenance: { seed: 3 },
    });
    expect(results.pixel!.images).toBe(7);
    expect(err).toContain('report: out/report.html');
    expect(err).toContain('warning: Only 3 good test images');
    const page = await readFile(join(dir, 'out/report.html'), 'utf8');
    expect(page).toContain('<!doctype html>');
    expect(page).toContain('Loss while training.');
  });

  test('predict gives the scores of evaluate, and heat maps', async () => {
    const folder = await adlib(['predict', 'bundle', 'screws/test/good', '--json', '--heatmaps', 'maps']);
    expect(folder.code, folder.err).toBe(0);
    const predictions = JSON.parse(folder.out) as { image: string; score: number; decision: string; heatmap: string }[];
    expect(predictions.map(({ image }) => image)).toEqual([0, 1, 2].map((i) => `screws/test/good/00${i}.png`));
    const png = await readFile(join(dir, predictions[0]!.heatmap));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([80, 64]);
    const lines = await adlib(['predict', 'bundle', 'screws/test/good/001.png', 'screws/test/good/000.png']);
    const rows = lines.out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.map(([image]) => image)).toEqual(['screws/test/good/001.png', 'screws/test/good/000.png']);
    expect(Number(rows[0]![1])).toBeCloseTo(predictions[1]!.score, 6);
    expect(rows[1]![2]).toBe(predictions[0]!.decision);
  });

  test('export writes an ONNX file', async () => {
    const { code, out, err } = await adlib(['export', 'bundle', '--onnx', 'model.onnx']);
    expect(code, err).toBe(0);
    const { size } = await stat(join(dir, 'model.onnx'));
    expect(out).toContain(`model.onnx: ${size} bytes, threshold `);
    expect((await readFile(join(dir, 'model.onnx'))).includes('adlib.weights.sha256')).toBe(true);
  });

  test('a damaged bundle is refused by name', async () => {
    await copyFile(join(dir, 'bundle/detector.json'), join(dir, 'detector.json'));
    await copyFile(join(dir, 'bundle/weights.safetensors'), join(dir, 'weights.safetensors'));
    await truncate(join(dir, 'weights.safetensors'), 100);
    const { code, out, err } = await adlib(['predict', '.', 'screws/test/good/000.png']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^adlib: loadBundle: weights\.safetensors was changed or truncated.*\n$/);
  });
});

describe('help and bad input', () => {
  test('--help, models and help of a command', async () => {
    const [help, models, train] = await Promise.all(
      [['--help'], ['models'], ['train', '--help']].map((args) => adlib(args)),
    );
    for (const { code, err } of [help!, models!, train!]) expect([code, err]).toEqual([0, '']);
    expect(help!.out).toContain('Exit codes:');
    expect(models!.out).toMatch(/^conv-autoencoder +Convolutional autoencoder/);
    expect(train!.out).toContain('--threshold-rule');
  });

  test.concurrent.each([
    [['train', 'nowhere', '--out', 'x'], 'there is no folder nowhere'],
    [
      ['train', 'screws', '--out', 'x', '--model', 'guess'],
      "argument 'guess' is invalid. Allowed choices are conv-autoencoder",
    ],
    [['train', 'screws', '--out', 'x', '--device', 'abacus'], 'Allowed choices are auto, cpu'],
    [
      ['train', 'screws', '--out', 'x', '--threshold-option', 'q=1'],
      'meanPlusSigma: options must only have k, log, got q',
    ],
    [['train', 'screws', '--out', 'x', '--option', 'epoch=3'], 'ConvAutoencoder: options must only have'],
    [['train', 'screws', '--out', 'screws/test/good/000.png'], 'a file is in the way (EEXIST)'],
    [['predict', 'screws', 'screws/test/good/000.png'], 'there is no screws/detector.json'],
  ])('%j: one line, exit code 2', async (args, text) => {
    const { code, out, err } = await adlib(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^adlib: [^\n]*\n$/);
    expect(err).toContain(text);
    expect(await readdir(dir)).not.toContain('x');
  });
});
