import { expect, test } from 'vitest';
import { figureText, table } from './table.js';

test('columns are aligned, numbers to the right', () => {
  expect(
    table(
      [
        ['good', '20', '-'],
        ['scratch', '7', '0.98'],
      ],
      ['defect', 'images', 'AUROC'],
    ),
  ).toBe('defect   images  AUROC\ngood         20      -\nscratch       7   0.98');
  expect(
    table([
      ['a', '1'],
      ['bcd', '22'],
    ]),
  ).toBe('a    1\nbcd  22');
  expect(table([])).toBe('');
});

test('figures have four digits, undefined ones a dash', () => {
  expect([null, 0.123456, 1, 12345.678, 1e-7].map((v) => figureText(v))).toEqual(['-', '0.1235', '1', '12350', '1e-7']);
});
