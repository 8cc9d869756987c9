import { readFile, stat } from 'node:fs/promises';
import { DatasetFormatError } from '@adlib/core';

/** Largest annotation file that is read, in bytes: what fits into one JavaScript string. */
export const largestText = 500_000_000;

/**
 * Decodes text: UTF-8, or UTF-16 where the first two bytes say so. A byte order mark is dropped.
 *
 * @param bytes - the file's content
 * @param name - the file, for messages
 * @param encoding - encoding where there is no byte order mark
 * @returns the text
 * @throws DatasetFormatError if the bytes are not text in that encoding
 */
export function decodeText(bytes: Uint8Array, name: string, encoding = 'utf-8'): string {
  if (bytes.length > largestText) {
    const what = `is larger than ${largestText / 1e6} MB. Split it.`;
    throw new DatasetFormatError(`${name}: ${what}`, { path: name });
  }
  const mark = bytes.length < 2 ? 0 : bytes[0]! * 256 + bytes[1]!;
  const used = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : encoding;
  try {
    return new TextDecoder(used, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DatasetFormatError(`${name}: is not text in ${used.toUpperCase()}. Save it as UTF-8.`, {
      path: name,
      cause,
    });
  }
}

/**
 * Reads a text file: {@link decodeText} on its bytes.
 *
 * @param path - the file
 * @returns its text
 * @throws DatasetFormatError naming the file if it is missing, a folder, too large or not text
 */
export async function readText(path: string): Promise<string> {
  return decodeText(await readBytes(path), path);
}

/**
 * Reads a file of annotations.
 *
 * @param path - the file
 * @returns its bytes
 * @throws DatasetFormatError naming the file if it is missing, a folder or too large
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= largestText) return await readFile(path);
  } catch (cause) {
    const { code = 'error' } = cause as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'there is no such file. Check the path.' : `cannot be read (${code}).`;
    throw new DatasetFormatError(`${path}: ${what}`, { path, cause });
  }
  throw new DatasetFormatError(`${path}: is larger than ${largestText / 1e6} MB. Split it.`, { path });
}
