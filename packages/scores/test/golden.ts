import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Reads a golden file made by `fixtures/generate_<name>.py`. */
export function golden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** Fails with the worst index unless every value is within `atol + rtol * |expected|`. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-6, atol = 0 }: { rtol?: number; atol?: number } = {},
): void {
  expect(actual.length).toBe(expected.length);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i]!;
    const e = expected[i]!;
    if (Object.is(a, e) || a === e) continue;
    const over = Math.abs(a - e) - (atol + rtol * Math.abs(e));
    if (Number.isNaN(over) || over > excess) {
      worst = i;
      excess = Number.isNaN(over) ? Infinity : over;
    }
  }
  if (worst >= 0) {
    expect.fail(`index ${worst}: got ${actual[worst]!}, expected ${expected[worst]!} (rtol ${rtol}, atol ${atol})`);
  }
}
