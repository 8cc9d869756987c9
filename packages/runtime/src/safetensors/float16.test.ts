import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromFloat32, toFloat32 } from './float16.js';

const golden = JSON.parse(readFileSync(new URL('../../../../fixtures/safetensors.json', import.meta.url), 'utf8')) as {
  float32Bits: number[];
  F16: number[];
  BF16: number[];
  everyHalfAsFloat32Sha256: string;
};
const every = (infinity: number): Uint16Array =>
  Uint16Array.from({ length: 65536 }, (_, i) => i).filter((bits) => (bits & 0x7fff) <= infinity);

test.each(['F16', 'BF16'] as const)('%s is rounded as numpy and ml_dtypes round it', (dtype) => {
  const floats = new Float32Array(Uint32Array.from(golden.float32Bits).buffer);
  expect([...fromFloat32(floats, dtype)]).toEqual(golden[dtype]);
});

test('every F16 but NaN is exactly what numpy says, and comes back as it was', () => {
  const halves = every(0x7c00);
  const wide = toFloat32({ dtype: 'F16', shape: [halves.length], data: halves });
  const hash = createHash('sha256').update(new Uint8Array(wide.buffer)).digest('hex');
  expect(hash).toBe(golden.everyHalfAsFloat32Sha256);
  expect(fromFloat32(wide, 'F16')).toEqual(halves);
});

test('every BF16 but NaN comes back as it was', () => {
  const halves = every(0x7f80);
  const wide = toFloat32({ dtype: 'BF16', shape: [halves.length], data: halves });
  expect(fromFloat32(wide, 'BF16')).toEqual(halves);
});

test.each(['F16', 'BF16'] as const)('%s keeps NaN, also where its payload lies in the bits that fall away', (dtype) => {
  const nans = new Float32Array(new Uint32Array([0x7fc00000, 0x7f800001, 0xff800001, 0xffffffff]).buffer);
  const data = fromFloat32(nans, dtype);
  expect([...toFloat32({ dtype, shape: [4], data })]).toEqual([NaN, NaN, NaN, NaN]);
});

test('a Float32Array that starts inside its buffer is read from its own start', () => {
  expect([...fromFloat32(new Float32Array([9, 1, 2]).subarray(1), 'F16')]).toEqual([0x3c00, 0x4000]);
});

test('other dtypes become floats by value, in a new array', () => {
  const data = new Float32Array([1, -0]);
  const same = toFloat32({ dtype: 'F32', shape: [2], data });
  expect(same).toEqual(data);
  expect(same.buffer).not.toBe(data.buffer);
  const wide = toFloat32({ dtype: 'I64', shape: [2], data: new BigInt64Array([-3n, 2n ** 53n]) });
  expect([...wide]).toEqual([-3, 2 ** 53]);
  expect([...toFloat32({ dtype: 'BOOL', shape: [2], data: new Uint8Array([1, 0]) })]).toEqual([1, 0]);
});

test('wrong arguments are refused by name', () => {
  expect(() => fromFloat32(new Float32Array(1), 'F8' as 'F16')).toThrow("fromFloat32: dtype must be 'F16' or 'BF16'");
  expect(() => fromFloat32([1] as unknown as Float32Array, 'F16')).toThrow(TypeError);
});
