import { createWriteStream } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  DatasetFormatError,
  type LongCallOptions,
} from '@adlib/core';
import { makeFolder } from '@adlib/core/node';
import { EntryNames } from './download/entryNames.js';
import { tarEntries } from './download/tarEntries.js';
import { zipEntries, type ArchiveEntry } from './download/zipEntries.js';

/** Options of {@link unpack}. */
export interface UnpackOptions extends LongCallOptions {
  /** The folder to make; it must not be there, or be empty. */
  to: string;
  /** Most bytes that all files may have together: an archive that holds more is refused. @defaultValue 64 GiB */
  maxBytes?: number;
}

/** What {@link unpack} did. */
export interface UnpackResult {
  /** Absolute path of the folder. */
  readonly path: string;
  /** Files written. */
  readonly files: number;
  /** Their bytes. */
  readonly bytes: number;
}

/**
 * Unpacks a zip, tar or tar.gz archive into a new folder, which appears when everything is there. Refused, with nothing kept:
 * names that lead out of the folder (`..`, absolute, drive letters) or are too long, links and devices, two entries of one
 * name, encrypted or damaged archives, and more bytes than `maxBytes`. In memory are the names and a few chunks of one file.
 *
 * Progress has stage `unpack`, in files.
 *
 * @param archive - the file; its content decides what it is, not its name
 * @param options - where to, how much
 * @returns what was written
 * @throws DatasetFormatError naming the archive and what is wrong with it; RangeError if the folder is not empty; the signal's
 *   reason; the file system's error
 * @example
 * ```ts
 * import { unpack } from '@adlib/datasets/node';
 * await unpack('no-such-file.zip', { to: 'data' }).catch((error: Error) => console.log(error.message)); // ENOENT ...
 * ```
 */
export async function unpack(archive: string, options: UnpackOptions): Promise<UnpackResult> {
  const { to, maxBytes = 2 ** 36, onProgress, signal } = options;
  assertKnownOptions('unpack', options, ['to', 'maxBytes', 'onProgress', 'signal']);
  if (typeof to !== 'string' || to === '')
    throw new TypeError(argumentMessage('unpack', 'to', 'the path of a folder', to));
  assertInteger('unpack', 'maxBytes', maxBytes, 0);
  signal?.throwIfAborted();
  const path = resolve(to);
  const there = await readdir(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (there !== undefined && there.length > 0) {
    throw new RangeError(
      argumentMessage('unpack', 'to', 'a folder that is not there or empty', `${path} with ${there.length} entries`),
    );
  }
  const entries = (await isZip(archive)) ? zipEntries(archive) : tarEntries(archive);
  await makeFolder(dirname(path));
  const unfinished = `${path}.unpacking`;
  await rm(unfinished, { recursive: true, force: true });
  try {
    const written = await writeEntries(entries, { archive, folder: unfinished, maxBytes, signal, onProgress });
    if (there !== undefined) await rm(path, { recursive: true });
    await rename(unfinished, path);
    return { path, ...written };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    signal?.throwIfAborted();
    throw error;
  }
}

interface Writing {
  readonly archive: string;
  readonly folder: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: LongCallOptions['onProgress'] | undefined;
}

async function writeEntries(
  entries: AsyncIterable<ArchiveEntry>,
  { archive, folder, maxBytes, signal, onProgress }: Writing,
): Promise<Omit<UnpackResult, 'path'>> {
  const names = new EntryNames();
  let files = 0;
  let bytes = 0;
  const count = (): Transform =>
    new Transform({
      transform(chunk: Uint8Array, _, done) {
        bytes += chunk.length;
        done(bytes > maxBytes ? refused(archive, `holds more than ${maxBytes} bytes`) : null, chunk);
      },
    });
  await makeFolder(folder);
  for await (const entry of entries) {
    signal?.throwIfAborted();
    if (entry.kind === 'other') throw refused(archive, `holds ${entry.name}, which is a link or a device`);
    const name = names.add(entry.name, entry.kind);
    if ('wrong' in name) throw refused(archive, name.wrong);
    if (entry.kind === 'folder') await makeFolder(join(folder, name.path));
    else {
      const target = join(folder, name.path);
      await makeFolder(dirname(target));
      const stream = Readable.from(await entry.open());
      await pipeline(
        stream,
        count(),
        createWriteStream(target, { flags: 'wx' }),
        signal === undefined ? {} : { signal },
      );
      files++;
      onProgress?.({ stage: 'unpack', done: files });
    }
  }
  return { files, bytes };
}

function refused(archive: string, what: string): DatasetFormatError {
  return new DatasetFormatError(`unpack: ${archive} ${what}. Nothing was unpacked; do not trust it.`, {
    path: archive,
  });
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
    return bytesRead === 4 && buffer[0] === 0x50 && buffer[1] === 0x4b;
  } finally {
    await file.close();
  }
}
