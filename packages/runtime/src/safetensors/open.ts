import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { argumentMessage, DisposedError } from '@adlib/core';
import { viewAs } from './decode.js';
import { SafetensorsError } from './error.js';
import { headerLength, parseHeader } from './header.js';
import type { HeaderEntry } from './header.js';
import type { SafetensorsDtype, SafeTensor } from './tensor.js';

/** The most bytes asked of the system in one read. */
const CHUNK = 1 << 30;

/** An open safetensors file: its tensors are read one at a time, when asked for. */
export interface SafetensorsFile {
  /** Names of the tensors, in the order of the file. */
  readonly names: readonly string[];
  /** The free texts of `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Element type and shape of a tensor, from the header alone. Throws RangeError for an unknown name. */
  info(name: string): { dtype: SafetensorsDtype; shape: readonly number[] };
  /** Reads one tensor into an array of its own. Rejects with RangeError for an unknown name, DisposedError after `close`. */
  read(name: string): Promise<SafeTensor>;
  /** Closes the file; once is enough, twice is no harm. */
  close(): Promise<void>;
}

/**
 * Opens a safetensors file and checks its header as `decodeSafetensors` does; no tensor is read yet.
 *
 * @param path - the file
 * @returns the open file; close it after use
 * @throws the file system's error; {@link SafetensorsError} with the path if the file is not sound
 * @example
 * ```ts
 * import { encodeSafetensors } from '@adlib/runtime';
 * import { openSafetensors } from '@adlib/runtime/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const path = join(await mkdtemp(join(tmpdir(), 'adlib-')), 'weights.safetensors');
 * await writeFile(path, encodeSafetensors({ w: { dtype: 'F32', shape: [2], data: new Float32Array([1, 2]) } }));
 * const file = await openSafetensors(path);
 * console.log((await file.read('w')).data); // Float32Array(2) [ 1, 2 ]
 * await file.close();
 * ```
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const length = headerLength(await readBytes(handle, 0, Math.min(8, size)), size);
    const { entries, metadata } = parseHeader(await readBytes(handle, 8, length), size - 8 - length);
    return new OpenFile(path, handle, 8 + length, entries, metadata);
  } catch (error) {
    await handle.close();
    if (!(error instanceof SafetensorsError)) throw error;
    throw new SafetensorsError(`openSafetensors: ${path}: ${error.message}`, { cause: error });
  }
}

class OpenFile implements SafetensorsFile {
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly #path: string;
  readonly #start: number;
  readonly #entries: ReadonlyMap<string, HeaderEntry>;
  #handle: FileHandle | undefined;

  constructor(
    path: string,
    handle: FileHandle,
    start: number,
    entries: readonly HeaderEntry[],
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#path = path;
    this.#handle = handle;
    this.#start = start;
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]));
    this.names = entries.map(({ name }) => name);
    this.metadata = metadata;
  }

  info(name: string): { dtype: SafetensorsDtype; shape: readonly number[] } {
    const { dtype, shape } = this.#entry('info', name);
    return { dtype, shape };
  }

  async read(name: string): Promise<SafeTensor> {
    if (this.#handle === undefined) throw new DisposedError('SafetensorsFile.read');
    const { dtype, shape, begin, end } = this.#entry('read', name);
    try {
      return { dtype, shape, data: viewAs(dtype, await readBytes(this.#handle, this.#start + begin, end - begin)) };
    } catch (error) {
      if (!(error instanceof SafetensorsError)) throw error;
      throw new SafetensorsError(`SafetensorsFile.read: ${this.#path}: ${error.message}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  #entry(method: string, name: string): HeaderEntry {
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    const known = `a tensor of ${this.#path} (${this.names.slice(0, 5).join(', ')}${this.names.length > 5 ? ', ...' : ''})`;
    throw new RangeError(argumentMessage(`SafetensorsFile.${method}`, 'name', known, name));
  }
}

async function readBytes(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK, length - at), position + at);
    if (bytesRead === 0)
      throw new SafetensorsError('safetensors: the file ended before the tensor did. Was it changed?');
    at += bytesRead;
  }
  return bytes;
}
