import { describe, expect, test } from 'vitest';
import { placePicture } from './placePicture.js';

describe('placePicture', () => {
  test('covers or fits for a grid of shapes', () => {
    for (const from of [
      [7, 7],
      [3, 90],
      [90, 3],
      [64, 48],
      [33, 100],
    ] as const) {
      for (const size of [
        [16, 16],
        [5, 31],
        [31, 5],
      ] as const) {
        const crop = placePicture(from, { size, mode: 'crop' });
        const box = placePicture(from, { size, mode: 'letterbox' });
        for (const axis of [0, 1] as const) {
          expect(crop.resized[axis]).toBeGreaterThanOrEqual(size[axis]);
          expect(crop.offset[axis]).toBeLessThanOrEqual(0);
          expect(crop.offset[axis] + crop.resized[axis]).toBeGreaterThanOrEqual(size[axis]);
          expect(box.resized[axis]).toBeLessThanOrEqual(size[axis]);
          expect(box.offset[axis]).toBeGreaterThanOrEqual(0);
        }
        expect(crop.resized.some((n, axis) => n === size[axis])).toBe(true);
        expect(box.resized.some((n, axis) => n === size[axis])).toBe(true);
      }
    }
  });
});
