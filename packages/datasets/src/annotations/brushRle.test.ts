import { expect, test } from 'vitest';
import { golden, unpackMask } from '../testing/annotations.js';
import { brushRleMask } from './brushRle.js';

const bytesOf = (text: string): number[] => [...Buffer.from(text, 'base64')];

test.each(golden.brush)("as label-studio-converter's decode_rle: $name", ({ size, rle, mask }) => {
  const expected = { data: unpackMask(mask, size), height: size[0], width: size[1] };
  expect(brushRleMask(bytesOf(rle), size)).toEqual(expected);
  expect(brushRleMask(Uint8Array.from(bytesOf(rle)), size)).toEqual(expected);
});

test('cut off anywhere: one line that says so', () => {
  const { rle, size } = golden.brush.find(({ name }) => name.startsWith('mask blobs 17x40'))!;
  const bytes = bytesOf(rle);
  for (let length = 0; length < bytes.length - 1; length += 7) {
    expect(() => brushRleMask(bytes.slice(0, length), size)).toThrow(
      `brushRleMask: rle must be whole, it ends after ${length} bytes.`,
    );
  }
});

test('another size, runs over the end, values that are no bytes, wrong kinds', () => {
  const one = [0, 0, 0, 4, 57, 27, 252, 127, 224];
  expect([...brushRleMask(one, [1, 1]).data]).toEqual([1]);
  expect(() => brushRleMask(one, [2, 1])).toThrow('rle must be for 8 values (4×2×1), got 4');
  expect(() => brushRleMask([0, 0, 0, 4, 57, 27, 253, 255, 224], [1, 1])).toThrow('rle must be runs within 4 values');
  expect(() => brushRleMask([0, 0, 0, 4, 57, 27, 252, 127.5, 224], [1, 1])).toThrow('rle[7] must be a byte, got 127.5');
  expect(() => brushRleMask([0, 0, 0, 4, 300, 27, 252, 127, 224], [1, 1])).toThrow('rle[4] must be a byte, got 300');
  expect(() => brushRleMask('AAAA' as never, [1, 1])).toThrow(TypeError);
  expect(() => brushRleMask(one, [1] as never)).toThrow('size must have 2 values');
});
