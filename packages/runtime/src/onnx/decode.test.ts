import { readFileSync } from 'node:fs';
import { createRandom } from '@adlib/core';
import { PbfWriter } from 'pbf';
import { describe, expect, test } from 'vitest';
import { decodeOnnx } from './decode.js';
import { encodeOnnx } from './encode.js';
import type { OnnxModel } from './model.js';
import { OnnxFormatError } from './wire.js';

const golden = JSON.parse(readFileSync(new URL('../../../../fixtures/onnx.json', import.meta.url), 'utf8')) as {
  models: Record<string, { bytes: string; content: unknown }>;
};
const bytesOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(golden.models[name]!.bytes, 'base64'));

/** The form of the fixture: typed arrays as plain arrays, 64-bit integers and integer attributes as text. */
function plain(value: unknown, key = ''): unknown {
  if (typeof value === 'bigint' || (key === 'int' && typeof value === 'number')) return String(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, (item) => plain(item));
  if (Array.isArray(value)) return value.map((item) => plain(item, key === 'ints' ? 'int' : ''));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v, k)]));
}

describe.each(Object.keys(golden.models))('%s, written by Python', (name) => {
  test('is read as the onnx package reads it', () => {
    expect(plain(decodeOnnx(bytesOf(name)))).toEqual(golden.models[name]!.content);
  });

  test('survives writing and reading again', () => {
    const model = decodeOnnx(bytesOf(name));
    expect(decodeOnnx(encodeOnnx(model))).toEqual(model);
  });
});

test('the decoded values are a copy', () => {
  const bytes = bytesOf('dense');
  const model = decodeOnnx(bytes);
  bytes.fill(0);
  expect([...(model.graph.initializers[0]!.data as Float32Array)]).toEqual([0, 1, 2, 3, 4, 5]);
});

test('names that objects inherit are plain keys', () => {
  const { metadata } = decodeOnnx(bytesOf('dense'));
  expect(Object.keys(metadata)).toContain('__proto__');
  expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
});

const model = (graph: Partial<OnnxModel['graph']>): OnnxModel => ({
  irVersion: 10,
  producerName: '',
  producerVersion: '',
  opsets: [],
  metadata: {},
  graph: { name: '', nodes: [], inputs: [], outputs: [], initializers: [], ...graph },
});

/** A model with one initializer, its fields written by hand. */
function withTensor(write: (pbf: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeMessage(
    7,
    () => {
      pbf.writeMessage(
        5,
        () => {
          pbf.writeStringField(8, 'W');
          write(pbf);
        },
        0,
      );
    },
    0,
  );
  return pbf.finish();
}

/** A graph in an attribute of a node of a graph in ..., `depth` times. */
function nested(depth: number): Uint8Array {
  let inner = new Uint8Array();
  const wrap = (tag: number): void => {
    const pbf = new PbfWriter();
    pbf.writeBytesField(tag, inner);
    if (tag === 6) pbf.writeVarintField(20, 5);
    inner = pbf.finish().slice();
  };
  for (let i = 0; i < depth; i++) for (const tag of [6, 5, 1]) wrap(tag);
  wrap(7);
  return inner;
}

/** A graph of nodes without a single field: two bytes each. */
function emptyNodes(count: number): Uint8Array {
  const pbf = new PbfWriter();
  const nodes = new Uint8Array(2 * count).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
  pbf.writeBytesField(7, nodes);
  return pbf.finish();
}

describe('hostile bytes are refused with OnnxFormatError', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /hold no graph/],
    ['text', new TextEncoder().encode('{"a": "json file"}'), /not an ONNX model|beyond its message|not of the kind/],
    [
      'dims beyond the data',
      withTensor((p) => {
        p.writePackedVarint(1, [2 ** 40]);
        p.writeVarintField(2, 1);
      }),
      /'W' has 0 values, its dims are/,
    ],
    [
      'dims that overflow',
      withTensor((p) => {
        p.writePackedVarint(1, [2 ** 50, 2 ** 50]);
        p.writeVarintField(2, 1);
      }),
      /'W' has 0 values/,
    ],
    [
      'a negative size',
      withTensor((p) => {
        p.writeVarintField(1, -1);
        p.writeVarintField(2, 1);
      }),
      /dims are \[-1\]/,
    ],
    [
      'an odd number of bytes',
      withTensor((p) => {
        p.writeVarintField(2, 1);
        p.writeBytesField(9, new Uint8Array(3));
      }),
      /3 bytes, no whole number of float32/,
    ],
    ['an unknown element type', withTensor((p) => p.writeVarintField(2, 17)), /'W' is of element type 17/],
    [
      'weights in a second file',
      withTensor((p) => {
        p.writeVarintField(2, 1);
        p.writeVarintField(14, 1);
      }),
      /second file/,
    ],
    ['text as number', withTensor((p) => p.writeStringField(2, 'float')), /not of the kind/],
    ['text that is no UTF-8', withTensor((p) => p.writeBytesField(8, new Uint8Array([0xff]))), /not an ONNX model/],
    ['graphs within graphs', nested(40), /nested more than 64 deep/],
    ['a length beyond the file', new Uint8Array([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]), /beyond its message/],
    [
      'a length beyond 2^53',
      new Uint8Array([0x3a, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
      /beyond its message/,
    ],
    ['an endless varint', new Uint8Array(100).fill(0xff), /not an ONNX model/],
    ['half a million empty nodes', emptyNodes(510_000), /more than 500000/],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeOnnx(bytes)).toThrow(
      expect.toSatisfy((error) => error instanceof OnnxFormatError && message.test(error.message)),
    );
  });

  test('every length a file can be cut to', () => {
    const whole = bytesOf('everything');
    for (let length = 0; length < whole.length; length++) read(whole.subarray(0, length));
  });

  test('5000 files with changed bytes', () => {
    const random = createRandom(7);
    for (let round = 0; round < 5000; round++) {
      const bytes = bytesOf(round % 2 === 0 ? 'everything' : 'dense');
      for (let k = 1 + Math.floor(random.uniform() * 4); k > 0; k--) {
        bytes[Math.floor(random.uniform() * bytes.length)] = Math.floor(random.uniform() * 256);
      }
      read(bytes);
    }
  });
});

/** Reads, and lets only the named error pass. */
function read(bytes: Uint8Array): void {
  try {
    decodeOnnx(bytes);
  } catch (error) {
    if (!(error instanceof OnnxFormatError)) throw error;
  }
}

test('anything but bytes is a TypeError', () => {
  expect(() => decodeOnnx('model.onnx' as unknown as Uint8Array)).toThrow(TypeError);
});

test('a body graph of plain depth is read', () => {
  expect(decodeOnnx(nested(10)).graph.nodes).toHaveLength(1);
  expect(decodeOnnx(encodeOnnx(model({ docString: 'd' }))).graph.docString).toBe('d');
});
