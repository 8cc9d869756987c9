import { readFileSync } from 'node:fs';
import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors, viewAs } from './decode.js';
import { encodeSafetensors } from './encode.js';
import { SafetensorsError } from './error.js';
import { SAFETENSORS_DTYPES } from './tensor.js';
import type { SafetensorsDtype, SafeTensor } from './tensor.js';

interface GoldenFile {
  bytes: string;
  metadata: Record<string, string>;
  tensors: Record<string, { dtype: SafetensorsDtype; shape: number[]; raw: string }>;
}
const golden = JSON.parse(readFileSync(new URL('../../../../fixtures/safetensors.json', import.meta.url), 'utf8')) as {
  files: Record<string, GoldenFile>;
};
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const tensorsOf = (file: GoldenFile): Record<string, SafeTensor> =>
  Object.fromEntries(
    Object.entries(file.tensors).map(([name, { dtype, shape, raw }]) => [
      name,
      { dtype, shape, data: viewAs(dtype, fromBase64(raw)) },
    ]),
  );

describe.each(Object.entries(golden.files))('%s, against the safetensors package', (_, file) => {
  test('is read with the same values', () => {
    const { tensors, metadata } = decodeSafetensors(fromBase64(file.bytes));
    expect({ ...tensors }).toEqual(tensorsOf(file));
    expect({ ...metadata }).toEqual(file.metadata);
  });

  test('is written with the same bytes', () => {
    expect(encodeSafetensors(tensorsOf(file), file.metadata)).toEqual(fromBase64(file.bytes));
  });
});

test('bytes that start at an odd place are read too', () => {
  const file = golden.files['every dtype']!;
  const shifted = new Uint8Array(fromBase64(file.bytes).length + 1);
  shifted.set(fromBase64(file.bytes), 1);
  expect({ ...decodeSafetensors(shifted.subarray(1)).tensors }).toEqual(tensorsOf(file));
});

test('aligned tensors are views of the bytes, not copies', () => {
  const bytes = encodeSafetensors({ w: { dtype: 'F32', shape: [2], data: new Float32Array([1, 2]) } });
  expect(decodeSafetensors(bytes).tensors['w']!.data.buffer).toBe(bytes.buffer);
});

/** A file with a header as given: text, or bytes; `length` is what the first eight bytes say. */
function file(header: string | Uint8Array, data = 0, length?: bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const tensor = (shape: string, begin: number, end: number, dtype = 'F32'): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe('hostile files are refused with SafetensorsError', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['no bytes', new Uint8Array(), /at least 8 bytes, it has 0/],
    ['only a length', file('', 0, 5n), /says 5 bytes, the file has only 0/],
    ['a header beyond 100 MB', file('{}', 0, 100_000_001n), /at most 100000000 bytes, it says 100000001/],
    ['a header of 2^64 - 1 bytes', file('{}', 0, 2n ** 64n - 1n), /it says 18446744073709551615/],
    ['a header beyond the file', file('{}', 0, 3n), /only 2 after/],
    ['no header', file(''), /must have '{' at character 0, it has its end/],
    ['no UTF-8', file(new Uint8Array([0x7b, 0xff, 0x7d])), /not UTF-8/],
    ['a byte order mark', file('\ufeff{}'), /must have '{' at character 0/],
    ['no JSON', file('{"a":}'), /must have '{'/],
    ['JSON cut short', file('{"a":{"dtype":"F32"'), /must have '}'/],
    ['an array', file('[]'), /must have '{'/],
    ['more than one object', file('{}{}'), /nothing more/],
    ['a trailing comma', file('{"a":' + tensor('[]', 0, 4) + ',}', 4), /must have a string/],
    ['a bad escape', file(String.raw`{"\x":1}`), /a valid string/],
    ['a string without end', file(String.raw`{"a\"}`), /the end of a string/],
    ['half a surrogate pair', file(String.raw`{"\ud800":${tensor('[]', 0, 4)}}`, 4), /whole characters/],
    ['a name twice', file(`{"a":${tensor('[]', 0, 4)},"\\u0061":${tensor('[]', 4, 8)}}`, 8), /'a' is there twice/],
    ['a field twice', file('{"a":{"dtype":"F32","dtype":"F32"}}'), /'dtype' is there twice/],
    ['an unknown field', file('{"a":{"dtype":"F32","strides":[1]}}'), /unknown field 'strides'/],
    ['a missing field', file('{"a":{"dtype":"F32","shape":[1]}}', 4), /must have dtype, shape and two data_offsets/],
    ['three offsets', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}', 1), /two data_offsets/],
    ['an unknown dtype', file(`{"a":${tensor('[1]', 0, 4, 'Q4')}}`, 4), /unknown dtype 'Q4'/],
    ['a dtype that objects inherit', file(`{"a":${tensor('[1]', 0, 4, 'constructor')}}`, 4), /unknown dtype/],
    ['a dtype that is a number', file('{"a":{"dtype":1,"shape":[1],"data_offsets":[0,1]}}', 1), /must have a string/],
    ['a negative size', file(`{"a":${tensor('[-1]', 0, 4)}}`, 4), /an integer in \[0, 2\^53\)/],
    ['a fraction as size', file(`{"a":${tensor('[1.5]', 0, 4)}}`, 4), /must have '\]'/],
    ['a size of 2^53', file(`{"a":${tensor('[9007199254740992]', 0, 4)}}`, 4), /an integer in/],
    ['sizes that overflow', file(`{"a":${tensor('[4294967296,4294967296]', 0, 4)}}`, 4), /takes Infinity bytes/],
    ['a size within a size', file(`{"a":${tensor('[[1]]', 0, 4)}}`, 4), /an integer in/],
    ['the wrong number of bytes', file(`{"a":${tensor('[2]', 0, 4)}}`, 4), /\[0, 4\], but F32 of its shape takes 8/],
    ['an end before the beginning', file(`{"a":${tensor('[1]', 4, 0)}}`, 4), /offsets \[4, 0\]/],
    ['a tensor beyond the file', file(`{"a":${tensor('[2]', 0, 8)}}`, 4), /'a' ends at byte 8 .*, the file has only 4/],
    ['overlapping tensors', file(`{"a":${tensor('[2]', 0, 8)},"b":${tensor('[1]', 4, 8)}}`, 8), /'b' overlaps/],
    ['the same bytes twice', file(`{"a":${tensor('[1]', 0, 4)},"b":${tensor('[1]', 0, 4)}}`, 4), /'b' overlaps/],
    ['a hole', file(`{"a":${tensor('[1]', 0, 4)},"b":${tensor('[1]', 8, 12)}}`, 12), /'b' begins at byte 8.*4: a hole/],
    ['bytes that belong to no tensor', file(`{"a":${tensor('[1]', 0, 4)}}`, 5), /1 bytes at the end/],
    ['data without a tensor', file('{}', 3), /3 bytes at the end/],
    ['a text that is a number', file('{"__metadata__":{"a":1}}'), /must have a string/],
    ['texts that are a list', file('{"__metadata__":["a"]}'), /must have '{'/],
    ['texts twice', file('{"__metadata__":{},"__metadata__":{}}'), /'__metadata__' is there twice/],
    ['a tensor named __proto__', file(`{"__proto__":${tensor('[]', 0, 4)}}`, 4), /'__proto__' is no name/],
    ['a text named __proto__', file('{"__metadata__":{"__proto__":"x"}}'), /'__proto__' is no name/],
    ['deep nesting', file(`{"a":${'['.repeat(1e6)}`), /must have '{'/],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(
      expect.toSatisfy((error) => error instanceof SafetensorsError && message.test(error.message)),
    );
  });

  test('names that objects inherit are plain names', () => {
    const bytes = file(`{"constructor":${tensor('[]', 0, 4)},"toString":${tensor('[]', 4, 8)}}`, 8);
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect(Object.keys(tensors)).toEqual(['constructor', 'toString']);
    expect('valueOf' in tensors).toBe(false);
    expect('constructor' in metadata).toBe(false);
  });

  test('white space and escapes that JSON allows are read', () => {
    const bytes = file(`{ "a\\"\\\\" :\n${tensor('[ 1 , 1 ]', 0, 4)}\t}\r\n  `, 4);
    expect(decodeSafetensors(bytes).tensors['a"\\']!.shape).toEqual([1, 1]);
  });
});

test('10000 changed files: an error by name or a sound result, never anything else', () => {
  const random = createRandom(11);
  const below = (n: number): number => Math.floor(random.uniform() * n);
  const sources = Object.values(golden.files).map(({ bytes }) => fromBase64(bytes));
  let refused = 0;
  for (let round = 0; round < 10_000; round++) {
    const source = sources[round % 2]!;
    const bytes = source.slice(0, round % 7 === 0 ? below(source.length) : source.length);
    for (let k = below(4); k >= 0 && bytes.length > 0; k--) {
      // Half of the changes hit the header, where they matter most.
      const at = below(random.uniform() < 0.5 ? bytes.length : Math.min(bytes.length, 300));
      bytes[at] = random.uniform() < 0.5 ? below(256) : '{}[]",:0123456789\\'.charCodeAt(below(18));
    }
    if (!isSoundOrRefused(bytes)) refused++;
  }
  expect(refused).toBeGreaterThan(5000);
  expect(refused).toBeLessThan(10_000);
});

/** True where the file was read and every tensor has what its shape says, false where it was refused by name. */
function isSoundOrRefused(bytes: Uint8Array): boolean {
  try {
    for (const { dtype, shape, data } of Object.values(decodeSafetensors(bytes).tensors)) {
      const count = shape.reduce((product, size) => product * size, 1);
      if (data.length !== count || !(data instanceof SAFETENSORS_DTYPES[dtype].array)) throw new Error('unsound');
    }
    return true;
  } catch (error) {
    if (error instanceof SafetensorsError) return false;
    throw error;
  }
}

describe('encodeSafetensors refuses by name', () => {
  const w: SafeTensor = { dtype: 'F32', shape: [2], data: new Float32Array(2) };
  const write = (change: object): (() => unknown) => {
    return () => encodeSafetensors({ w: { ...w, ...change } });
  };
  test.each<[string, () => unknown, RegExp]>([
    ['the wrong array', write({ data: new Float64Array(2) }), /data of 'w' must be a Float32Array/],
    ['too few values', write({ shape: [2, 3] }), /must have 6 values \(\[2, 3\]\), got 2/],
    ['a negative size', write({ shape: [-2] }), /a size of 'w' must be an integer >= 0/],
    ['no shape', write({ shape: 2 }), /shape of 'w' must be an array of sizes/],
    ['an unknown dtype', write({ dtype: 'F8' }), /dtype of 'w' must be/],
    ['the key of the texts', () => encodeSafetensors({ __metadata__: w }), /none that the format keeps/],
    ['__proto__', () => encodeSafetensors({ ['__proto__']: w }), /none that the format keeps/],
    ['a number as text', () => encodeSafetensors({ w }, { epoch: 3 } as never), /'epoch' must be a string/],
    ['half a surrogate pair', () => encodeSafetensors({ '\ud800': w }), /lone surrogate/],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(/^encodeSafetensors: /);
  });
});

test('anything but bytes is a TypeError', () => {
  expect(() => decodeSafetensors('weights.safetensors' as unknown as Uint8Array)).toThrow(TypeError);
});
