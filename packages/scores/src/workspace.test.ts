import { readFileSync } from 'node:fs';
import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import wabt from 'wabt';
import { weighModule } from './wasm/weigh.js';
import { openWorkspace } from './workspace.js';

test('the module is what weigh.wat assembles to', async () => {
  const assembler = await wabt();
  const source = readFileSync(new URL('./wasm/weigh.wat', import.meta.url), 'utf8');
  const { buffer } = assembler.parseWat('weigh.wat', source, { simd: true }).toBinary({});
  expect(Buffer.from(buffer).toString('base64')).toBe(weighModule);
});

describe.each([false, true])('weigh, plain: %s', (plain) => {
  test.each([0, 1, 2, 3, 4, 9])('is the sum that is stated, %i pairs', (radius) => {
    const random = createRandom(radius);
    const { floats, starts, weigh } = openWorkspace(400, 2 * radius + 1, plain);
    for (let i = 0; i < floats.length; i++) floats[i] = random.normal();
    for (let k = 0; k < starts.length; k++) starts[k] = 8 * random.integer(200);
    const before = floats.slice();
    weigh(5, radius, 300, 21);
    for (let x = 0; x < 21; x++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) sum += before[5 + Math.abs(k)]! * before[starts[radius + k]! / 8 + x]!;
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
