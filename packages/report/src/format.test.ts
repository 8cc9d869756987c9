import { describe, expect, test } from 'vitest';
import { count, counted, percent, plain, ratio, score, scoreInColumn, seconds, times } from './format.js';

const MISSING = [null, undefined, NaN, Infinity];

describe('ratio and percent', () => {
  test('never round to perfect or to nothing', () => {
    expect([ratio(1), ratio(0.99999), ratio(0.8466)]).toEqual(['1.000', '0.999', '0.847']);
    expect([percent(1), percent(0.99999), percent(0.00001), percent(0), percent(0.0731)]).toEqual(
      ['100.0 %', '99.9 %', '0.1 %', '0.0 %', '7.3 %'],
    ); // prettier-ignore
  });

  test('are a dash where there is no figure', () => {
    for (const value of MISSING) expect([ratio(value), percent(value), times(value)]).toEqual(['–', '–', '–']);
  });
});

describe('score', () => {
  test('has four significant digits at any size', () => {
    expect([score(0.0340001), score(1234.56), score(3e-9), score(1.5e12), score(0)]).toEqual(
      ['0.034', '1235', '3e-9', '1.5e+12', '0'],
    ); // prettier-ignore
    expect(scoreInColumn(0.034)).toBe('0.03400');
  });

  test('names what is not finite', () => {
    expect([score(NaN), score(Infinity), score(-Infinity), score(null)]).toEqual(['not a number', '∞', '−∞', '–']);
    expect(scoreInColumn(NaN)).toBe('not a number');
  });
});

test('counts have their noun', () => {
  expect([counted(1, 'image'), counted(0, 'image'), counted(12345, 'image'), count(NaN)]).toEqual(
    ['1 image', '0 images', '12,345 images', '–'],
  ); // prettier-ignore
});

test('seconds choose their unit', () => {
  expect([0.041, 5.02, 119, 812, 7500, null].map(seconds)).toEqual(['41 ms', '5.02 s', '119 s', '14 min', '2 h 5 min', '–']); // prettier-ignore
});

test('plain shows any JSON value and cuts long ones', () => {
  expect([plain('a'), plain(3), plain(0.123456), plain([1, 2]), plain(null), plain(undefined)]).toEqual(
    ['a', '3', '0.1235', '[1,2]', 'null', 'undefined'],
  ); // prettier-ignore
  expect(plain('x'.repeat(400))).toHaveLength(300);
});
