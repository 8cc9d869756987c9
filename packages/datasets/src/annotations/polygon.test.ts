import { describe, expect, test } from 'vitest';
import { golden, unpackMask } from '../testing/annotations.js';
import { boxMask } from './box.js';
import { polygonMask, rotatedBox } from './polygon.js';

/** Pixels that differ and whose 3×3 neighbourhood is all inside or all outside, that is, not at the border. */
function differencesInside(a: Uint8Array, b: Uint8Array, [height, width]: readonly [number, number]): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    const near = new Set<number>();
    for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
      for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) near.add(a[v * width + u]!);
    }
    if (near.size === 1) count++;
  }
  return count;
}

describe('polygonMask', () => {
  test.each([...golden.polygons, ...golden.rotated])(
    "as scikit-image's polygon2mask: $name",
    ({ size, points, mask }) => {
      expect(polygonMask(points, size)).toEqual({ data: unpackMask(mask, size), height: size[0], width: size[1] });
    },
  );

  test.each(golden.rotated)('pycocotools differs at the border only: $name', ({ size, points, pycocotools }) => {
    const other = unpackMask(pycocotools, size);
    expect(differencesInside(polygonMask(points, size).data, other, size)).toBe(0);
  });

  test('a box at whole numbers holds exactly its pixels, whichever way round, wherever it starts', () => {
    const box = { left: 2, top: 1, right: 5, bottom: 3 };
    const expected = boxMask([box], [4, 7]);
    const corners = [2, 1, 5, 1, 5, 3, 2, 3];
    for (let turn = 0; turn < 8; turn += 2) {
      const points = [...corners.slice(turn), ...corners.slice(0, turn)];
      expect(polygonMask(points, [4, 7])).toEqual(expected);
      const mirrored = Array.from({ length: 8 }, (_, i) => points[6 - 2 * Math.floor(i / 2) + (i % 2)]!);
      expect(polygonMask(mirrored, [4, 7])).toEqual(expected);
    }
  });

  test('pieces that share edges cover each pixel once, centres on the edge too', () => {
    const cut = [
      [0, 0, 6.5, 0, 6.5, 4.5, 0, 4.5],
      [6.5, 0, 11, 0, 11, 4.5, 6.5, 4.5],
      [0, 4.5, 11, 4.5, 11, 9, 0, 9],
    ].map((points) => polygonMask(points, [9, 11]).data);
    const times = cut[0]!.map((v, i) => v + cut[1]![i]! + cut[2]![i]!);
    expect(times).toEqual(new Uint8Array(99).fill(1));
  });

  test('thin, flat and far away', () => {
    expect(polygonMask([0, 0.6, 9, 0.6, 9, 0.9, 0, 0.9], [3, 9]).data.includes(1)).toBe(false);
    expect(polygonMask([0, 1, 9, 1, 4, 1], [3, 9]).data.includes(1)).toBe(false);
    expect(polygonMask([-1e7, -1e7, 1e7, -1e7, 1e7, 1e7, -1e7, 1e7], [3, 9]).data).toEqual(new Uint8Array(27).fill(1));
  });

  test.each<[string, unknown, string]>([
    ['two corners', [0, 0, 1, 1], 'x, y of at least three corners'],
    ['half a corner', [0, 0, 1, 1, 2, 0, 3], 'x, y of at least three corners'],
    ['NaN', [0, 0, 1, NaN, 2, 0], 'points[3] must be a finite number'],
    ['infinite', [0, 0, 1, Infinity, 2, 0], 'points[3] must be a finite number'],
    ['too far', [0, 0, 1, 1e300, 2, 0], 'points[3] must be a finite number in [-10000000, 10000000]'],
    ['text', [0, 0, 1, '2', 2, 0], "points[3] must be a finite number in [-10000000, 10000000], got '2'"],
    ['no array', 'abcdef', 'points must be an array of numbers'],
  ])('refuses %s', (_, points, message) => {
    expect(() => polygonMask(points as number[], [4, 4])).toThrow(message);
  });
});

describe('rotatedBox', () => {
  test.each(golden.rotated)('as turning in the complex plane: $name', ({ box, degrees, points }) => {
    rotatedBox(box, degrees).forEach((value, i) => expect(value).toBeCloseTo(points[i]!, 10));
  });

  test('quarter turns are exact', () => {
    expect(rotatedBox([2, 1, 3, 2], 0)).toEqual([2, 1, 5, 1, 5, 3, 2, 3]);
    expect(rotatedBox([2, 1, 3, 2], 90)).toEqual([2, 1, 2, 4, 0, 4, 0, 1]);
    expect(rotatedBox([2, 1, 3, 2], -90)).toEqual(rotatedBox([2, 1, 3, 2], 270));
    expect(rotatedBox([2, 1, 3, 2], -180)).toEqual([2, 1, -1, 1, -1, -1, 2, -1]);
    expect(rotatedBox([2, 1, 3, 2], 360)).toEqual(rotatedBox([2, 1, 3, 2], -360));
  });

  test('refuses what is no box', () => {
    expect(() => rotatedBox([0, 0, -1, 2], 0)).toThrow('box[2] must be a finite number in [0, 10000000], got -1');
    expect(() => rotatedBox([0, 0, 1, 2], NaN)).toThrow('degrees must be');
    expect(() => rotatedBox([0, 0, 1] as never, 0)).toThrow('box must have 4 values');
  });
});
