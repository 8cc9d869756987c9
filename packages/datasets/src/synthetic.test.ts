import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { synthetic, type SyntheticKind } from './synthetic.js';
import { develop, paintCanvas } from './synthetic/canvas.js';
import { allSyntheticDefects, applyDefect } from './synthetic/defects.js';
import { screw } from './synthetic/screw.js';
import { weave } from './synthetic/weave.js';

const kinds: SyntheticKind[] = ['screw', 'weave'];

describe.each(kinds)('synthetic %s', (kind) => {
  test('counts, names, splits and labels are those of the MVTec layout', () => {
    const { name, samples, warnings } = synthetic(kind, { good: 3, testGood: 2, defective: 6, size: 64 });
    expect([name, warnings]).toEqual([`synthetic-${kind}`, []]);
    expect(samples.map((s) => [s.id, s.label, s.defect, s.split, 'mask' in s])).toEqual([
      ['test/dent/000.png', 'defective', 'dent', 'test', true],
      ['test/dent/001.png', 'defective', 'dent', 'test', true],
      ['test/good/000.png', 'good', 'good', 'test', false],
      ['test/good/001.png', 'good', 'good', 'test', false],
      ['test/missing/000.png', 'defective', 'missing', 'test', true],
      ['test/missing/001.png', 'defective', 'missing', 'test', true],
      ['test/scratch/000.png', 'defective', 'scratch', 'test', true],
      ['test/stain/000.png', 'defective', 'stain', 'test', true],
      ['train/good/000.png', 'good', 'good', 'train', false],
      ['train/good/001.png', 'good', 'good', 'train', false],
      ['train/good/002.png', 'good', 'good', 'train', false],
    ]);
  });

  test('the same seed gives the same pictures, whatever the counts; another seed others', async () => {
    const first = synthetic(kind, { seed: 3, good: 2, testGood: 0, defective: 4, size: [64, 80] });
    const again = synthetic(kind, { seed: 3, good: 9, testGood: 5, defective: 8, size: [64, 80] });
    const other = synthetic(kind, { seed: 4, good: 2, testGood: 0, defective: 4, size: [64, 80] });
    const hashes = new Set<string>();
    for (const sample of first.samples) {
      const same = again.samples.find(({ id }) => id === sample.id)!;
      const differs = other.samples.find(({ id }) => id === sample.id)!;
      expect(await same.image()).toEqual(await sample.image());
      expect(await same.mask?.()).toEqual(await sample.mask?.());
      expect(await same.hash()).toBe(await sample.hash());
      expect(await differs.hash()).not.toBe(await sample.hash());
      hashes.add(await sample.hash());
      expect(await sample.hash()).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(hashes.size).toBe(first.samples.length);
  });

  test.each([
    [96, 128],
    [128, 96],
    [64, 300],
  ] as const)('masks are exact: %i x %i', (height, width) => {
    const draw = (seed: number) => {
      const pose = createRandom(seed);
      return kind === 'screw' ? screw(pose, 5, 1 / Math.min(height, width)) : weave(pose, 1);
    };
    for (const [seed, defect] of allSyntheticDefects.entries()) {
      const part = draw(seed);
      const clean = paintCanvas(part, height, width);
      const canvas = paintCanvas(part, height, width);
      const mask = applyDefect(canvas, part, defect, createRandom(seed + 10));
      const [a, b] = [develop(clean, createRandom(1), 0.01), develop(canvas, createRandom(1), 0.01)];
      let [inside, changed] = [0, 0];
      for (let i = 0; i < mask.data.length; i++) {
        let difference = 0;
        for (let c = 0; c < a.channels; c++) {
          difference = Math.max(difference, Math.abs(a.data[i * a.channels + c]! - b.data[i * a.channels + c]!));
        }
        if (mask.data[i] === 1) {
          inside++;
          // Only a piece that moved lies beside the part.
          if (defect !== 'misplaced') expect(clean.coverage[i]).toBeGreaterThanOrEqual(0.5);
          if (difference > 4) changed++;
        } else if (difference > 12) {
          // A soft border may change a pixel that is less than half defective, never one farther off.
          expect(touches(mask.data, i, width, height, 3)).toBe(true);
        }
      }
      expect(inside).toBeGreaterThan(5);
      expect(changed / inside).toBeGreaterThan(0.6);
    }
  });
});

function touches(data: Uint8Array, i: number, width: number, height: number, reach: number): boolean {
  const [x, y] = [i % width, Math.floor(i / width)];
  for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
    for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++)
      if (data[v * width + u] === 1) return true;
  }
  return false;
}

test('every defective picture of a large set has a mask that is not empty and not large', async () => {
  for (const kind of kinds) {
    const options = { seed: 9, good: 0, testGood: 0, defective: 120, defects: allSyntheticDefects, size: 64 };
    for (const sample of synthetic(kind, options).samples) {
      const { data } = await sample.mask!();
      const share = data.reduce((a, b) => a + b, 0) / data.length;
      expect(share).toBeGreaterThan(0.0005);
      expect(share).toBeLessThan(0.05);
    }
  }
});

test('refuses wrong options', () => {
  const make =
    (options: object, kind = 'screw') =>
    () =>
      synthetic(kind as SyntheticKind, options);
  expect(make({}, 'bolt')).toThrow("synthetic: kind must be 'screw' or 'weave', got 'bolt'");
  expect(make({ count: 3 })).toThrow('got count');
  expect(make({ size: 32 })).toThrow('size must be an integer in [64, 8192], got 32');
  expect(make({ size: [64, 64, 3] })).toThrow('size must have 2 values');
  expect(make({ good: -1 })).toThrow('good must be an integer in [0, 100000]');
  expect(make({ defects: ['rust'] })).toThrow("defects[0] must be 'blur'");
  expect(make({ defects: [] })).toThrow('defects must be one kind or more');
  expect(make({ noise: Number.NaN })).toThrow('noise must be a finite number');
});
