import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openSafetensors } from '@adlib/runtime/node';
import { asFloat32 } from './float32.js';
import { decodeNpy, isZip, npzSource } from './npy.js';
import { isOnnx, onnxSource } from './onnxWeights.js';
import type { WeightSource } from './weightSource.js';

/**
 * Opens weights on disk: a `.safetensors` file, of which only the tensors asked for are read; a `.npz` file; the constants of an `.onnx` file; a folder of
 * `.npy` files, each named after its tensor.
 *
 * @param path - the file or folder
 * @returns the source; close it after use
 * @throws the file system's error; the format's error; RangeError for a folder without `.npy` files
 */
export async function openWeightsFile(path: string): Promise<WeightSource> {
  if ((await stat(path)).isDirectory()) return openFolder(path);
  const first = await firstBytes(path);
  if (isZip(first)) return npzSource(path, await readFile(path));
  if (isOnnx(first)) return onnxSource(path, await readFile(path));
  const file = await openSafetensors(path);
  return {
    label: path,
    names: file.names,
    read: async (name) => asFloat32(await file.read(name)),
    close: () => file.close(),
  };
}

async function openFolder(path: string): Promise<WeightSource> {
  const names = (await readdir(path)).filter((name) => name.endsWith('.npy')).map((name) => name.slice(0, -4));
  if (names.length === 0) throw new RangeError(`openWeightsFile: ${path} must have .npy files, it has none.`);
  return {
    label: path,
    names,
    read: async (name) => {
      const file = join(path, `${name}.npy`);
      return asFloat32(decodeNpy(file, await readFile(file)));
    },
    close: () => Promise.resolve(),
  };
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const bytes = new Uint8Array(16);
    await handle.read(bytes, 0, bytes.length, 0);
    return bytes;
  } finally {
    await handle.close();
  }
}
