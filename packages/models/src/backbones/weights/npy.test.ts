import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { drawnWeights } from '../../testing/drawn.js';
import { sameTensors } from '../../testing/sameTensors.js';
import { loadBackbone } from '../loadBackbone.js';
import { backbones } from '../registry.js';
import { decodeNpy } from './npy.js';

/** A `.npy` file as numpy 2 writes it: `np.lib.format.write_array`, version 1.0. */
function npy(descr: string, shape: readonly number[], values: ArrayBufferView, order = 'False'): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]!},` : shape.join(', ');
  const dict = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${sizes}), }`;
  const header = `${dict.padEnd(64 * Math.ceil((dict.length + 11) / 64) - 11)}\n`;
  const bytes = new Uint8Array(10 + header.length + values.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + header.length);
  return bytes;
}

test('arrays of the usual types are read', () => {
  const f4 = decodeNpy('a', npy('<f4', [2, 3], new Float32Array([1, 2, 3, 4, 5, 6])));
  expect(f4).toEqual({ dtype: 'F32', shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) });
  expect(decodeNpy('a', npy('<f8', [], new Float64Array([0.5])))).toMatchObject({ dtype: 'F64', shape: [] });
  expect(decodeNpy('a', npy('|u1', [2], new Uint8Array([7, 255]))).data).toEqual(new Uint8Array([7, 255]));
  expect(decodeNpy('a', npy('<i8', [1], new BigInt64Array([-5n]))).data).toEqual(new BigInt64Array([-5n]));
});

test('what is not an array in C order of a known type is refused', () => {
  const good = npy('<f4', [2], new Float32Array(2));
  expect(() => decodeNpy('w.npy', good.subarray(0, good.length - 1))).toThrow(
    /npy: w.npy must have 8 bytes of values \(2\), got 7/,
  );
  expect(() => decodeNpy('w.npy', new Uint8Array(20))).toThrow(/must begin as/);
  expect(() => decodeNpy('w.npy', good.subarray(0, 30))).toThrow(RangeError);
  expect(() => decodeNpy('w.npy', npy('>f4', [2], new Float32Array(2)))).toThrow(/got '>f4'/);
  expect(() => decodeNpy('w.npy', npy('<f4', [2], new Float32Array(2), 'True'))).toThrow(/C order/);
  expect(() => decodeNpy('w.npy', npy('|O', [1], new Float64Array(1)))).toThrow(/got '\|O'/);
});

test('backbones are loaded from .npz files and folders of .npy files', async () => {
  const weights = drawnWeights(backbones['resnet18']!.tensors(['stem']));
  const load = (from: typeof weights | Uint8Array | string) =>
    loadBackbone({ backbone: 'resnet18', layers: ['stem'], weights: from });
  const { parameters } = await load(weights);
  const files = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [`${name}.npy`, npy('<f4', shape, data)]),
  );
  const npz = zipSync(files);
  expect(sameTensors((await load(npz)).parameters, parameters)).toBe(true);
  const folder = await mkdtemp(join(tmpdir(), 'adlib-'));
  try {
    await expect(load(folder)).rejects.toThrow(/must have \.npy files/);
    await writeFile(join(folder, 'weights.npz'), npz);
    expect(sameTensors((await load(join(folder, 'weights.npz'))).parameters, parameters)).toBe(true);
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    expect(sameTensors((await load(folder)).parameters, parameters)).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
  const { 'conv1.weight.npy': gone, ...rest } = files;
  expect(gone).toBeDefined();
  await expect(load(zipSync(rest))).rejects.toThrow(/tensor 'conv1.weight' of resnet18 must be in the bytes/);
});
