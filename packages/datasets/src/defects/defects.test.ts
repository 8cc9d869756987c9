import { createRandom, type Image, type Random } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { allSyntheticDefects } from '../synthetic/defects.js';
import type { DefectiveImage } from './common.js';
import { cutPaste, cutPasteScar } from './cutPaste.js';
import { paintDefect } from './paintDefect.js';
import { perlinAnomaly } from './perlinAnomaly.js';

/** A picture without two equal neighbourhoods, non-square, of any kind. */
function picture(kind: 'eight' | 'sixteen' | 'float', channels: 1 | 3, width = 110, height = 80): Image {
  const values = Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    return 0.5 + 0.2 * Math.sin(x * 0.31 + (i % channels)) + 0.2 * Math.cos(y * 0.23);
  });
  const data =
    kind === 'float'
      ? Float32Array.from(values)
      : kind === 'eight'
        ? Uint8Array.from(values, (v) => v * 255)
        : Uint16Array.from(values, (v) => v * 65535);
  return { data, width, height, channels };
}

const makers: Record<string, (image: Image, random: Random) => DefectiveImage> = {
  cutPaste,
  cutPasteScar,
  perlinAnomaly,
  ...Object.fromEntries(allSyntheticDefects.map((kind) => [kind, (i: Image, r: Random) => paintDefect(i, kind, r)])),
};

describe.each(Object.keys(makers))('%s', (name) => {
  const make = makers[name]!;

  test.each([
    ['eight', 1],
    ['eight', 3],
    ['sixteen', 1],
    ['float', 3],
  ] as const)('changes the masked pixels only, keeps the kind: %s bit, %i channels', (kind, channels) => {
    const image = picture(kind, channels);
    const before = image.data.slice();
    for (let seed = 0; seed < 10; seed++) {
      const { image: out, mask } = make(image, createRandom(seed));
      expect(out.data.constructor).toBe(image.data.constructor);
      expect([out.width, out.height, out.channels]).toEqual([image.width, image.height, channels]);
      let [inside, changedInside, farOutside] = [0, 0, 0];
      for (let i = 0; i < mask.data.length; i++) {
        let changed = false;
        for (let c = 0; c < channels; c++) changed ||= out.data[i * channels + c] !== before[i * channels + c];
        if (mask.data[i] === 1) {
          inside++;
          if (changed) changedInside++;
        } else if (changed && !near(mask.data, i, image.width)) farOutside++;
      }
      expect(farOutside).toBe(0);
      expect(inside).toBeGreaterThan(0);
      expect(changedInside / inside).toBeGreaterThan(0.5);
    }
    expect(image.data).toEqual(before);
  });

  test('the same seed gives the same defect', () => {
    const image = picture('eight', 1);
    expect(make(image, createRandom(4))).toEqual(make(image, createRandom(4)));
    expect(make(image, createRandom(4)).mask).not.toEqual(make(image, createRandom(5)).mask);
  });
});

/** Soft borders reach a few pixels beyond the half-covered ones. */
function near(data: Uint8Array, i: number, width: number): boolean {
  for (let dy = -4; dy <= 4; dy++) for (let dx = -4; dx <= 4; dx++) if (data[i + dy * width + dx] === 1) return true;
  return false;
}

test('cutPaste: area and aspect are as asked, and without jitter the patch is a copy', () => {
  const image = picture('eight', 3, 200, 160);
  for (let seed = 0; seed < 40; seed++) {
    const { image: out, mask } = cutPaste(image, createRandom(seed), { jitter: 0 });
    const on = [...mask.data.keys()].filter((i) => mask.data[i] === 1);
    const columns = on.map((i) => i % 200);
    const width = Math.max(...columns) - Math.min(...columns) + 1;
    const height = on.length / width;
    expect(Number.isInteger(height)).toBe(true);
    expect(on.length / mask.data.length).toBeGreaterThan(0.018);
    expect(on.length / mask.data.length).toBeLessThan(0.155);
    expect(width / height).toBeGreaterThan(0.27);
    expect(width / height).toBeLessThan(3.7);
    // The picture does not repeat within a patch, so its first pixel row occurs in the source somewhere.
    const first = out.data.slice(on[0]! * 3, (on[0]! + width) * 3);
    expect(Buffer.from(image.data).includes(Buffer.from(first))).toBe(true);
  }
});

test('perlinAnomaly: the formula, with a given texture and opacity', () => {
  const image = picture('float', 3);
  const texture: Image = { data: new Uint8Array(12).fill(255), width: 2, height: 2, channels: 3 };
  const { image: out, mask } = perlinAnomaly(image, createRandom(3), { texture, opacity: [0.25, 0.25] });
  for (let i = 0; i < out.data.length; i++) {
    const v = image.data[i]!;
    expect(Math.abs(out.data[i]! - (mask.data[Math.floor(i / 3)] === 1 ? 0.75 + 0.25 * v : v))).toBeLessThan(1e-6);
  }
});

test('a region holds the defect, even one of a single pixel', () => {
  const image = picture('eight', 1);
  const region = { data: new Uint8Array(110 * 80), width: 110, height: 80 };
  for (let y = 30; y < 60; y++) region.data.fill(1, y * 110 + 20, y * 110 + 60);
  for (let seed = 0; seed < 10; seed++) {
    for (const { image: out, mask } of [
      perlinAnomaly(image, createRandom(seed), { region }),
      paintDefect(image, 'missing', createRandom(seed), { region }),
      paintDefect(image, 'misplaced', createRandom(seed), { region }),
    ]) {
      expect(mask.data.includes(1)).toBe(true);
      for (let i = 0; i < mask.data.length; i++) {
        if (region.data[i] === 0 && (mask.data[i] !== 0 || out.data[i] !== image.data[i]))
          throw new Error(`pixel ${i}`);
      }
    }
  }
  const single = { ...region, data: region.data.map((_, i) => (i === 3330 ? 1 : 0)) };
  expect(perlinAnomaly(image, createRandom(1), { region: single }).mask.data[3330]).toBe(1);
});

test('severity fades a defect out', () => {
  const image = picture('float', 1);
  const change = (severity: number): number => {
    const { image: out } = paintDefect(image, 'stain', createRandom(6), { severity });
    return Array.from(out.data).reduce((sum, v, i) => sum + Math.abs(v - image.data[i]!), 0);
  };
  expect(change(0)).toBe(0);
  expect(change(0.5) / change(1)).toBeCloseTo(0.5, 4);
});

test('refuses wrong options', () => {
  const image = picture('eight', 1);
  const random = createRandom(1);
  expect(() => cutPaste(image, random, { area: [0.5, 0.1] })).toThrow('area must be [low, high] with low <= high');
  expect(() => cutPaste(image, random, { size: 3 } as object)).toThrow('got size');
  expect(() => cutPasteScar(image, random, { width: [0, 4] })).toThrow(
    'width[0] must be a finite number in [1, 10000]',
  );
  expect(() => perlinAnomaly(image, random, { cells: [0.5, 2] })).toThrow('cells[0] must be an integer');
  expect(() => perlinAnomaly(image, random, { region: { data: new Uint8Array(4), width: 2, height: 2 } })).toThrow(
    'region must be a mask of 80×110',
  );
  expect(() => paintDefect(image, 'rust' as 'dent', random)).toThrow("kind must be 'blur'");
  const empty = { data: new Uint8Array(110 * 80), width: 110, height: 80 };
  expect(() => paintDefect(image, 'dent', random, { region: empty })).toThrow(
    'region must have a pixel that is 1, got none',
  );
});
