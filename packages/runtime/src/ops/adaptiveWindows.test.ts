import { expect, test } from 'vitest';
import { adaptiveWindows } from './adaptiveWindows.js';

test('windows cover every input and overlap by at most one', () => {
  expect(adaptiveWindows(7, 3)).toEqual([[0, 3], [2, 5], [4, 7]]); // prettier-ignore
  expect(adaptiveWindows(6, 3)).toEqual([[0, 2], [2, 4], [4, 6]]); // prettier-ignore
  expect(adaptiveWindows(2, 3)).toEqual([[0, 1], [0, 2], [1, 2]]); // prettier-ignore
});
