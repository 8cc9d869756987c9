import { lab, rgb } from 'd3-color';
import { describe, expect, test } from 'vitest';
import { COLORMAPS, colorTable, LEVELS, opacityTable } from './colormap.js';

// matplotlib: [matplotlib.colors.to_hex(matplotlib.colormaps[name](v)) for v in (0.0, 1.0)]
const ENDS = {
  viridis: ['#440154', '#fde725'],
  inferno: ['#000004', '#fcffa4'],
  magma: ['#000004', '#fcfdbf'],
  plasma: ['#0d0887', '#f0f921'],
} as const;

describe.each(COLORMAPS)('%s', (name) => {
  const table = colorTable(name);
  const color = (level: number) => rgb(table[3 * level]!, table[3 * level + 1]!, table[3 * level + 2]!);
  const lightness = Array.from({ length: LEVELS }, (_, level) => lab(color(level)).l);

  test('grows lighter from low to high, so that it reads in black and white', () => {
    for (let i = 1; i < LEVELS; i++) expect(lightness[i]! - lightness[i - 1]!).toBeGreaterThan(-0.35);
    for (let i = 16; i < LEVELS; i++) expect(lightness[i]!).toBeGreaterThan(lightness[i - 16]!);
    expect(lightness.at(-1)! - lightness[0]!).toBeGreaterThan(65);
  });

  test('ends in mid grey for what is not a number', () => {
    expect([...table.slice(-3)]).toEqual([128, 128, 128]);
  });
});

test.each(Object.entries(ENDS))('%s has the ends of the published scale', (name, [first, last]) => {
  const table = colorTable(name as keyof typeof ENDS);
  expect(rgb(table[0]!, table[1]!, table[2]!).formatHex()).toBe(first);
  const at = 3 * (LEVELS - 1);
  expect(rgb(table[at]!, table[at + 1]!, table[at + 2]!).formatHex()).toBe(last);
});

test('opacity rises as the root of the level and is full for what is not a number', () => {
  const table = opacityTable(0.8);
  expect(table[0]).toBe(0);
  expect(table[LEVELS - 1]).toBe(0.8);
  expect(table[LEVELS]).toBe(0.8);
  expect(table[(LEVELS - 1) / 2]).toBeCloseTo(0.8 * Math.SQRT1_2, 12);
});
