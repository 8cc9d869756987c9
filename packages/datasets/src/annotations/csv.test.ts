import { DatasetFormatError } from '@adlib/core';
import { expect, test } from 'vitest';
import { parseCsv } from './csv.js';

const rows = (text: string): unknown[] =>
  parseCsv(text, 'a.csv', []).rows.map(({ line, values }) => [line, ...values.values()]);

test('commas, quotes, line ends, white space, a byte order mark, empty lines', () => {
  const text = '\ufeffimage,label\r\n"a, b.png",good\r\n\r\n  c.png , "say ""no"""\r\n';
  expect(parseCsv(text, 'a.csv', ['label']).columns).toEqual(['image', 'label']);
  expect(rows(text)).toEqual([
    [2, 'a, b.png', 'good'],
    [4, 'c.png', 'say "no"'],
  ]);
});

test('semicolons and tabs, as the heading has them', () => {
  expect(rows('image;label\na,1.png;good')).toEqual([[2, 'a,1.png', 'good']]);
  expect(rows('image\tlabel\na;1.png\tgood')).toEqual([[2, 'a;1.png', 'good']]);
  expect(rows('image\na.png')).toEqual([[2, 'a.png']]);
});

test.each([
  ['', 'a.csv: has no column image. It is empty; the first line must name the columns.'],
  ['x,y\n1,2', 'a.csv: has no column image. It has x, y; the first line must name the columns.'],
  ['image,image\n1,2', "a.csv: names the column 'image' twice."],
  ['image,b\n1,2,3', 'a.csv: is not a CSV table (Invalid Record Length'],
  ['image,b\n1,"2', 'a.csv: is not a CSV table (Quote Not Closed'],
])('refuses %j', (text, message) => {
  expect(() => parseCsv(text, 'a.csv', ['image'])).toThrow(DatasetFormatError);
  expect(() => parseCsv(text, 'a.csv', ['image'])).toThrow(message);
});

test('column names are data: __proto__ is one like any other', () => {
  expect(rows('__proto__,constructor\n1,2')).toEqual([[2, '1', '2']]);
});

test('a heading of many columns', () => {
  const heading = Array.from({ length: 20_000 }, (_, i) => `c${i}`).join(',');
  expect(parseCsv(heading, 'a.csv', []).columns).toHaveLength(20_000);
  expect(() => parseCsv(`${heading},c7`, 'a.csv', [])).toThrow("a.csv: names the column 'c7' twice.");
});
