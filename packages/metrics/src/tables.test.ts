import { describe, expect, test } from 'vitest';
import { fromJson, perDefectTable, rocCurve, toCsv, toJson, toMarkdown } from './index.js';

describe('toMarkdown', () => {
  test('aligns numbers, rounds fractions, marks what is undefined', () => {
    const rows = [
      { type: 'good', n: 3, auroc: NaN },
      { type: 'dent', n: 12, auroc: 0.98765 },
    ];
    expect(toMarkdown(rows, { digits: 3 })).toBe(
      '| type | n | auroc |\n| :--- | ---: | ---: |\n| good | 3 | – |\n| dent | 12 | 0.988 |\n',
    );
  });

  test('text cannot break out of its cell; missing keys are undefined', () => {
    expect(toMarkdown([{ a: 'x|y\nz\\' }, { b: true }])).toBe(
      '| a | b |\n| :--- | :--- |\n| x\\|y z\\\\ | – |\n| – | true |\n',
    );
  });

  test('columns choose and order; no column and nested values are refused', () => {
    expect(toMarkdown([{ a: 1, b: 2 }], { columns: ['b'] })).toBe('| b |\n| ---: |\n| 2 |\n');
    expect(toMarkdown([], { columns: ['b'] })).toBe('| b |\n| :--- |\n');
    expect(() => toMarkdown([])).toThrow(/at least one column/);
    expect(() => toMarkdown([{ a: { b: 1 } }])).toThrow('rows[0].a must be a string, number, boolean or null');
    expect(() => toMarkdown({} as never)).toThrow(TypeError);
  });
});

describe('toCsv', () => {
  test('full precision, quoted where needed, empty where undefined', () => {
    const rows = [
      { 'a "b"': 1 / 3, c: 'x,y' },
      { 'a "b"': NaN, c: null },
      { 'a "b"': -Infinity, c: 'two\nlines' },
    ];
    expect(toCsv(rows)).toBe('"a ""b""",c\r\n0.3333333333333333,"x,y"\r\n,\r\n-Infinity,"two\nlines"\r\n');
  });

  test('takes the rows of perDefectTable', () => {
    const rows = perDefectTable([1, 2], ['good', 'dent']);
    expect(toCsv(rows, { columns: ['defect', 'auroc'] })).toBe('defect,auroc\r\ngood,\r\ndent,1\r\n');
  });
});

describe('JSON round trip', () => {
  test('restores curves, NaN, infinities, -0 and nested plain data', () => {
    const results = {
      curve: rocCurve([1, 2, 3], [0, 1, 1]),
      rows: perDefectTable([1, 2], ['good', 'dent']),
      odd: [NaN, Infinity, -Infinity, -0, null, true, 'x'],
      empty: { floats: Float32Array.of(0.1, NaN), bytes: Uint8Array.of(255) },
    };
    expect(fromJson(toJson(results))).toEqual(results);
    expect(Object.is(fromJson<{ odd: number[] }>(toJson(results)).odd[3], -0)).toBe(true);
  });

  test('is JSON, and refuses what it could not restore', () => {
    expect(JSON.parse(toJson({ a: NaN }))).toEqual({ a: { $number: 'NaN' } });
    expect(() => toJson({ a: [new Map()] })).toThrow(
      /^toJson: result\.a\[0\] must be plain data or a typed array, got a Map/,
    );
    expect(() => toJson({ $number: 1 })).toThrow(TypeError);
    expect(() => toJson(() => 1)).toThrow(TypeError);
    expect(() => fromJson('{"$number":"toString"}')).toThrow(TypeError);
    expect(() => fromJson('{"$array":"constructor","values":[]}')).toThrow(TypeError);
    expect(() => fromJson('{"$array":"Uint8Array"}')).toThrow(TypeError);
    expect(() => fromJson('{')).toThrow(SyntaxError);
  });
});
