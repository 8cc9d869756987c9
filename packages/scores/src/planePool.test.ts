import { expect, test } from 'vitest';
import { borrowPlane, returnPlanes } from './planePool.js';

test('a plane that was returned is lent once', () => {
  const plane = borrowPlane(77);
  expect(plane).toHaveLength(77);
  returnPlanes(plane, borrowPlane(78));
  expect(borrowPlane(77)).toBe(plane);
  expect(borrowPlane(77)).not.toBe(plane);
  expect(borrowPlane(78)).toHaveLength(78);
});

test('32 MB are kept, the latest', () => {
  const planes = [3, 2, 2].map((millions) => borrowPlane(millions * 2 ** 20));
  for (const plane of planes) returnPlanes(plane);
  const lent = [2, 2, 3].map((millions) => planes.indexOf(borrowPlane(millions * 2 ** 20)));
  expect(lent).toEqual([2, 1, -1]);
});
