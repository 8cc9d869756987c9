import { ndarray } from '@adlib/core';
import { expect, test } from 'vitest';
import { connectedRegions } from './connectedRegions.js';

function mask(...rows: string[]): { data: Uint8Array; width: number; height: number } {
  return {
    data: Uint8Array.from(rows.join(''), (c) => (c === '#' ? 1 : 0)),
    width: rows[0]!.length,
    height: rows.length,
  };
}

test('a spiral and a U are one region each: late unions are found', () => {
  expect(connectedRegions(mask('#####.', '....#.', '###.#.', '#...#.', '#####.')).regions).toHaveLength(1);
  expect(connectedRegions(mask('#.#.#', '#.#.#', '#####'), { connectivity: 4 }).regions).toEqual([
    { label: 1, area: 11, top: 0, left: 0, height: 3, width: 5 },
  ]);
});

test('diagonals join with 8 neighbours only', () => {
  const both = mask('#..#', '.##.', '#..#');
  expect(connectedRegions(both).regions).toHaveLength(1);
  expect(connectedRegions(both, { connectivity: 4 }).regions.map(({ area }) => area)).toEqual([1, 1, 2, 1, 1]);
});

test('holes stay holes, and what lies in them is a region of its own', () => {
  const { labels, regions } = connectedRegions(mask('#####', '#...#', '#.#.#', '#...#', '#####'));
  expect(regions).toEqual([
    { label: 1, area: 16, top: 0, left: 0, height: 5, width: 5 },
    { label: 2, area: 1, top: 2, left: 2, height: 1, width: 1 },
  ]);
  expect(labels[6]).toBe(0);
});

test('rows do not wrap around', () => {
  expect(connectedRegions(mask('..#', '#..')).regions).toHaveLength(2);
  expect(connectedRegions(mask('#.#', '#.#')).regions).toHaveLength(2);
});

test('corners, one row, one column, one pixel, empty and full masks', () => {
  expect(connectedRegions(mask('#..#', '....', '#..#')).regions.map(({ top, left }) => [top, left])).toEqual([
    [0, 0],
    [0, 3],
    [2, 0],
    [2, 3],
  ]);
  expect(connectedRegions(mask('##.#.')).regions.map(({ width }) => width)).toEqual([2, 1]);
  expect(connectedRegions(mask('#', '.', '#')).regions).toHaveLength(2);
  expect(connectedRegions(mask('#')).regions).toHaveLength(1);
  expect(connectedRegions(mask('...', '...'))).toEqual({ labels: new Int32Array(6), regions: [] });
  expect(connectedRegions(mask('###', '###')).regions[0]).toMatchObject({ area: 6, width: 3, height: 2 });
});

test('takes strided views', () => {
  const view = ndarray(Uint8Array.of(1, 0, 1, 0, 0, 0), [2, 3]);
  expect(connectedRegions(view.transpose(1, 0)).regions.map(({ top, left }) => [top, left])).toEqual([
    [0, 0],
    [2, 0],
  ]);
});

test('refuses masks that are not 0 and 1, wrong sizes and options', () => {
  expect(() => connectedRegions({ data: [0, 255], width: 2, height: 1 })).toThrow(
    /^connectedRegions: mask must be 0 \(good\) or 1 \(defective\) everywhere, got 255\. Try/,
  );
  expect(() => connectedRegions({ data: [0, NaN], width: 2, height: 1 })).toThrow(RangeError);
  expect(() => connectedRegions({ data: [0], width: 2, height: 1 })).toThrow('must have 2 values (1×2), got 1.');
  expect(() => connectedRegions({ data: [], width: 0, height: 1 })).toThrow(RangeError);
  expect(() => connectedRegions(ndarray(new Uint8Array(4)))).toThrow(/of shape \[height, width\]/);
  expect(() => connectedRegions(mask('#'), { connectivity: 6 as 8 })).toThrow('connectivity must be 4 or 8, got 6.');
  expect(() => connectedRegions('mask' as never)).toThrow(TypeError);
});
