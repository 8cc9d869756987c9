import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DisposedError } from '@adlib/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeSafetensors } from './encode.js';
import { SafetensorsError } from './error.js';
import { openSafetensors } from './open.js';

let folder: string;
let path: string;
const tensors = {
  kernel: { dtype: 'F32', shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) },
  steps: { dtype: 'I64', shape: [], data: new BigInt64Array([7n]) },
  none: { dtype: 'F16', shape: [0, 2], data: new Uint16Array() },
} as const;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adlib-'));
  path = join(folder, 'weights.safetensors');
  await writeFile(path, encodeSafetensors(tensors, { kind: 'test' }));
});
afterAll(() => rm(folder, { recursive: true }));

test('reads one tensor at a time', async () => {
  const file = await openSafetensors(path);
  expect([...file.names].sort()).toEqual(['kernel', 'none', 'steps']);
  expect({ ...file.metadata }).toEqual({ kind: 'test' });
  expect(file.info('kernel')).toEqual({ dtype: 'F32', shape: [2, 3] });
  expect(await file.read('steps')).toEqual(tensors.steps);
  expect(await file.read('kernel')).toEqual(tensors.kernel);
  expect(await file.read('none')).toEqual(tensors.none);
  await file.close();
});

test('an unknown name is refused with the known ones', async () => {
  const file = await openSafetensors(path);
  await expect(file.read('toString')).rejects.toThrow(/name must be a tensor of .*kernel.*got 'toString'/);
  expect(() => file.info('bias')).toThrow(RangeError);
  await file.close();
});

test('a closed file can be closed again but not read', async () => {
  const file = await openSafetensors(path);
  await file.close();
  await file.close();
  await expect(file.read('kernel')).rejects.toThrow(DisposedError);
});

test.each([0, 4, 8, 60])('a file cut to %i bytes is refused with its path', async (length) => {
  const cut = join(folder, `cut-${length}.safetensors`);
  await writeFile(cut, encodeSafetensors(tensors).subarray(0, length));
  await expect(openSafetensors(cut)).rejects.toThrow(SafetensorsError);
  await expect(openSafetensors(cut)).rejects.toThrow(cut);
});

test('a file cut after it was opened is refused when a tensor is read', async () => {
  const changed = join(folder, 'changed.safetensors');
  await writeFile(changed, encodeSafetensors(tensors));
  const file = await openSafetensors(changed);
  await truncate(changed, 20);
  await expect(file.read('kernel')).rejects.toThrow(/the file ended before the tensor did/);
  await file.close();
});

test('a missing file is the file system error', async () => {
  await expect(openSafetensors(join(folder, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
});
