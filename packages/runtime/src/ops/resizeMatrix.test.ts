import { expect, test } from 'vitest';
import { resizeMatrix } from './resizeMatrix.js';

test('rows sum to one; closed forms', () => {
  for (const mode of ['linear', 'nearest'] as const) {
    for (const geometry of [{}, { alignCorners: true }, { halfPixelCenters: true }]) {
      const matrix = resizeMatrix(5, 8, mode, geometry);
      for (let i = 0; i < 8; i++) {
        const row = matrix.slice(5 * i, 5 * i + 5);
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
        expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
      }
    }
  }
  expect([...resizeMatrix(2, 4, 'linear', { halfPixelCenters: true })]).toEqual([1, 0, 0.75, 0.25, 0.25, 0.75, 0, 1]);
  expect([...resizeMatrix(3, 2, 'linear', { alignCorners: true })]).toEqual([1, 0, 0, 0, 0, 1]);
  expect([...resizeMatrix(2, 3, 'nearest', {})]).toEqual([1, 0, 1, 0, 0, 1]);
});
