import { readFileSync } from 'node:fs';
import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import wabt from 'wabt';
import { kernelsModule } from './wasm/kernels.js';
import { openRows, openWorkspace } from './workspace.js';

test('the module is what kernels.wat assembles to', async () => {
  const assembler = await wabt();
  const source = readFileSync(new URL('./wasm/kernels.wat', import.meta.url), 'utf8');
  const { buffer } = assembler.parseWat('kernels.wat', source, { simd: true }).toBinary({});
  expect(Buffer.from(buffer).toString('base64')).toBe(kernelsModule);
});

describe.each([false, true])('weigh, plain: %s', (plain) => {
  test.each([0, 1, 2, 3, 4, 9])('is the sum that is stated, %i pairs', (radius) => {
    const random = createRandom(radius);
    const { floats, starts, weigh } = openWorkspace(400, 3 + 2 * radius + 1, plain);
    for (let i = 0; i < floats.length; i++) floats[i] = random.normal();
    for (let k = 0; k < starts.length; k++) starts[k] = 8 * random.integer(200);
    const before = floats.slice();
    weigh(3, 5, radius, 300, 21);
    for (let x = 0; x < 21; x++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++)
        sum += before[5 + Math.abs(k)]! * before[starts[3 + radius + k]! / 8 + x]!;
      expect(floats[300 + x]).toBeCloseTo(sum, 12);
    }
    expect(floats.subarray(0, 300)).toEqual(before.subarray(0, 300));
    expect(floats.subarray(328)).toEqual(before.subarray(328));
  });
});

test('a larger workspace has memory of its own', () => {
  const { floats } = openWorkspace(200_000, 3);
  floats[199_999] = 7;
  expect(openWorkspace(200_000, 3).floats[199_999]).toBe(7);
  expect(openWorkspace(2_000_000, 3).floats[199_999]).toBe(0);
  expect(openWorkspace(200_000, 3, true).floats.buffer).toBeInstanceOf(ArrayBuffer);
  expect(floats[199_999]).toBe(7);
});

test('rows lie apart, with room for one number more', () => {
  for (const plain of [false, true]) {
    const { rows } = openRows([5, 8, 1], plain);
    expect(rows.map((row) => row.length)).toEqual([5, 8, 1]);
    const first = rows[0]!.byteOffset;
    expect(rows.map((row) => (row.byteOffset - first) / 8)).toEqual([0, 8, 32]);
  }
});
