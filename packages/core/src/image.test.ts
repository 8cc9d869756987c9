import { describe, expect, test } from 'vitest';
import { assertImage, maxValue, toCollection, type Image } from './image.js';

const colour: Image = { data: new Uint8Array(2 * 3 * 3), width: 3, height: 2, channels: 3 };
const grey: Image = { data: new Float32Array(6), width: 2, height: 3, channels: 1 };

describe('assertImage', () => {
  test('lets well-formed images through, Buffers too', () => {
    assertImage('f', 'image', colour);
    assertImage('f', 'image', grey);
    assertImage('f', 'image', { data: new Uint16Array(1), width: 1, height: 1, channels: 1 });
    assertImage('f', 'image', { data: Buffer.alloc(4), width: 4, height: 1, channels: 1 });
  });

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a path', 'part.png'],
    ['an array', [1, 2, 3]],
    ['plain numbers', { ...grey, data: [0, 0, 0, 0, 0, 0] }],
    ['float64', { ...grey, data: new Float64Array(6) }],
    ['clamped bytes', { ...grey, data: new Uint8ClampedArray(6) }],
    ['no data', { width: 1, height: 1, channels: 1 }],
  ])('refuses %s by kind and says how images are read', (_, value) => {
    const call = (): void => assertImage('f', 'image', value);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(/^f: image must be an image .* got .*readImage\(\)/);
  });

  test.each<[string, unknown, RegExp]>([
    ['no width', { ...grey, width: undefined }, /^f: image\.width must be an integer >= 1, got undefined\./],
    ['a width that is text', { ...grey, width: '2' }, /^f: image\.width must be .* got '2'\./],
    ['height 0', { ...grey, height: 0 }, /^f: image\.height must be an integer >= 1, got 0\./],
    ['half a row', { ...grey, height: 1.5 }, /^f: image\.height must be .* got 1\.5\./],
    ['four channels', { ...colour, channels: 4 }, /^f: image\.channels must be 1 or 3, got 4\./],
    ['no channels', { ...colour, channels: undefined }, /^f: image\.channels must be 1 or 3, got undefined\./],
    ['too few values', { ...colour, height: 3 }, /^f: image\.data must have 27 values \(3×3×3\), got 18\.$/],
    ['too many values', { ...grey, height: 2 }, /^f: image\.data must have 4 values \(2×2×1\), got 6\.$/],
  ])('refuses %s', (_, value, message) => {
    expect(() => assertImage('f', 'image', value)).toThrow(message);
  });
});

describe('maxValue', () => {
  test('is full brightness of each kind', () => {
    const of = (data: Image['data']): number => maxValue({ data, width: 1, height: 1, channels: 1 });
    expect(of(new Uint8Array(1))).toBe(255);
    expect(of(Buffer.alloc(1))).toBe(255);
    expect(of(new Uint16Array(1))).toBe(65535);
    expect(of(new Float32Array(1))).toBe(1);
  });
});

describe('toCollection', () => {
  test('wraps an array without copying', async () => {
    const collection = toCollection([colour, grey]);
    expect(collection.length).toBe(2);
    expect(await collection.get(1)).toBe(grey);
  });

  test('returns a collection as it is', () => {
    const collection = { length: 1, get: () => Promise.resolve(grey) };
    expect(toCollection(collection)).toBe(collection);
  });

  test('is empty for an empty array', () => {
    expect(toCollection([]).length).toBe(0);
  });

  test.each([[2], [-1], [0.5], [NaN]])('refuses index %s of two images', (index) => {
    expect(() => toCollection([colour, grey]).get(index)).toThrow(RangeError);
  });
});
