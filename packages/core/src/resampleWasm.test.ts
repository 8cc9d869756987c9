import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import wabt from 'wabt';
import { resample, triangleTaps } from './resample.js';
import { resampleModule } from './wasm/resample.js';

test('the module is what resample.wat assembles to', async () => {
  const assembler = await wabt();
  const source = readFileSync(new URL('./wasm/resample.wat', import.meta.url), 'utf8');
  const { buffer } = assembler.parseWat('resample.wat', source, { simd: true }).toBinary({});
  expect(Buffer.from(buffer).toString('base64')).toBe(resampleModule);
});

describe.each([
  [1, 1],
  [3, 3],
  [1, 3],
] as const)('%i to %i channels', (channels, to) => {
  const affine = { channels: to, factor: [0.5, 0.25, -1].slice(0, to), shift: [1, 0, 7].slice(0, to) };

  test.each([
    [
      [1, 1],
      [1, 1],
    ],
    [
      [1, 7],
      [5, 1],
    ],
    [
      [2, 3],
      [9, 8],
    ],
    [
      [37, 41],
      [16, 13],
    ],
    [
      [64, 50],
      [32, 25],
    ],
    [
      [90, 33],
      [5, 70],
    ],
    [
      [300, 1000],
      [40, 3],
    ],
    [
      [700, 520],
      [256, 256],
    ],
  ] as const)('%o to %o: what the plain loops give for floats', ([height, width], [rows, columns]) => {
    const down = triangleTaps(height, rows);
    const right = triangleTaps(width, columns);
    const values = Array.from({ length: height * width * channels }, (_, i) => (i * 7919) % 256);
    const plain = resample(Float64Array.from(values), width, down, right, channels, affine);
    for (const data of [Uint8Array.from(values), Uint16Array.from(values)]) {
      const found = resample(data, width, down, right, channels, affine);
      let worst = 0;
      for (let i = 0; i < plain.length; i++) worst = Math.max(worst, Math.abs(plain[i]! - found[i]!));
      expect(found.length).toBe(plain.length);
      // Of 255 levels: float32 sums of up to 700 positive weights.
      expect(worst).toBeLessThan(2e-4);
    }
  });
});

test('what an earlier picture left behind does not show', () => {
  const large = Uint16Array.from({ length: 200 * 150 }, () => 65535);
  const [rows, columns] = [triangleTaps(5, 3), triangleTaps(6, 4)];
  const small = Uint8Array.from({ length: 30 }, (_, i) => i);
  const first = resample(small, 6, rows, columns, 1);
  resample(large, 150, triangleTaps(200, 3), triangleTaps(150, 100), 1);
  expect(resample(small, 6, rows, columns, 1)).toEqual(first);
});

test('without WebAssembly the plain loops do it', async () => {
  const data = Uint8Array.from({ length: 60 * 40 * 3 }, (_, i) => (i * 31) % 256);
  const [rows, columns] = [triangleTaps(40, 17), triangleTaps(60, 33)];
  const quick = resample(data, 60, rows, columns, 3);
  vi.stubGlobal('WebAssembly', undefined);
  vi.resetModules();
  const again = await import('./resample.js');
  const slow = again.resample(data, 60, rows, columns, 3);
  vi.unstubAllGlobals();
  expect(slow).not.toEqual(new Float32Array(slow.length));
  slow.forEach((value, i) => expect(Math.abs(value - quick[i]!)).toBeLessThan(1e-4));
});
