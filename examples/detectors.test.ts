import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

interface Results {
  data: string;
  backbone: string;
  rows: {
    detector: string;
    auroc: number;
    pixelAuroc: number;
    aupro: number;
    msPerPicture: number;
    bundleMb: number;
  }[];
}

const KINDS = ['patchcore', 'padim', 'spade', 'simplenet'];

test('all four find the defects of drawn screws, and leave bundles', { timeout: 300_000 }, async () => {
  const args = ['--import', 'tsx', '--conditions=@adlib/source', 'examples/detectors.ts'];
  const began = Date.now();
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { data, backbone, rows } = JSON.parse(await readFile('runs/detectors/results.json', 'utf8')) as Results;
  expect([data, backbone]).toEqual(['synthetic-screw', 'filter-bank']);
  expect(rows.map(({ detector }) => detector)).toEqual(KINDS);
  for (const { detector, auroc, pixelAuroc, aupro, msPerPicture, bundleMb } of rows) {
    expect(stdout).toContain(`'${detector}'`);
    expect(auroc, detector).toBeGreaterThanOrEqual(0.8);
    expect(pixelAuroc, detector).toBeGreaterThanOrEqual(0.85);
    expect(aupro, detector).toBeGreaterThanOrEqual(0.6);
    expect(msPerPicture).toBeGreaterThan(0);
    const { size, mtimeMs } = await stat(`runs/detectors/${detector}/weights.safetensors`);
    expect(size / 1e6).toBeCloseTo(bundleMb, 1);
    expect(mtimeMs).toBeGreaterThanOrEqual(began - 1000);
  }
});

test('an unknown detector is told of by name', { timeout: 60_000 }, async () => {
  const args = ['--import', 'tsx', '--conditions=@adlib/source', 'examples/detectors.ts', '--kinds', 'patchcor'];
  await expect(promisify(execFile)(process.execPath, args)).rejects.toThrow(/patchcore/);
});
