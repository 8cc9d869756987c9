import type { Sample } from '@adlib/datasets';
import { expect, test } from 'vitest';
import { collectPair, groupOf, regularExpression, wholeNumber } from './optionValues.js';

test('pairs are read as JSON where they are JSON, else as text', () => {
  const pairs = ['a=3', 'b=true', 'c=[8,16]', 'd=rgb', 'e=x=y', 'f='].reduce((all, pair) => collectPair(pair, all), {});
  expect(pairs).toEqual({ a: 3, b: true, c: [8, 16], d: 'rgb', e: 'x=y', f: '' });
  expect(() => collectPair('a', {})).toThrow('Write key=value.');
  expect(() => collectPair('=3', {})).toThrow('Write key=value.');
  expect(() => collectPair('a=1', { a: 2 })).toThrow('a is given twice.');
});

test('whole numbers are whole and in range', () => {
  const parse = wholeNumber(1, 10);
  expect(parse('10')).toBe(10);
  for (const text of ['0', '11', '1.5', '-1', '1e1', '', 'x']) expect(() => parse(text), text).toThrow('from 1 to 10');
});

test('a pattern names the part that an image shows', () => {
  const parts = (pattern: string) =>
    ['train/good/p7_a.png', 'train/good/p7_b.png', 'x.png'].map((id) =>
      groupOf(regularExpression(pattern))({ id } as Sample),
    );
  expect(parts('p(\\d+)')).toEqual(['7', '7', undefined]);
  expect(parts('p\\d+')).toEqual(['p7', 'p7', undefined]);
  expect(() => regularExpression('(')).toThrow('It is no regular expression');
});
