import { DatasetFormatError } from '@adlib/core';
import { openPromise } from 'yauzl';

/** One entry of an archive. */
export interface ArchiveEntry {
  /** Path as the archive has it. */
  readonly name: string;
  /** A link or a device is `other`. */
  readonly kind: 'file' | 'folder' | 'other';
  /** Its content; to be read before the next entry. */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Entries of a zip archive.
 *
 * @param path - the archive
 * @yields its entries, one at a time
 * @throws DatasetFormatError naming the archive if it is damaged
 */
export async function* zipEntries(path: string): AsyncGenerator<ArchiveEntry, void, undefined> {
  const damaged = (cause: unknown): DatasetFormatError =>
    new DatasetFormatError(`unpack: ${path} cannot be unpacked (${(cause as Error).message}). Download it again.`, {
      path,
      cause,
    });
  const zip = await openPromise(path).catch((cause: unknown) => {
    throw damaged(cause);
  });
  try {
    for await (const entry of zip.eachEntry()) {
      const mode = (entry.externalFileAttributes >>> 16) & 0o170000;
      const plain = mode === 0 || mode === 0o100000 || mode === 0o040000;
      yield {
        name: entry.fileName,
        kind: entry.fileName.endsWith('/') ? 'folder' : plain ? 'file' : 'other',
        open: async () =>
          named(
            await zip.openReadStreamPromise(entry).catch((cause: unknown) => {
              throw damaged(cause);
            }),
            damaged,
          ),
      };
    }
  } catch (cause) {
    throw damaged(cause);
  } finally {
    zip.close();
  }
}

/**
 * A content whose errors are told in the archive's name.
 *
 * @param content - the bytes
 * @param tell - makes the error
 * @yields the bytes
 */
export async function* named(
  content: AsyncIterable<Uint8Array>,
  tell: (cause: unknown) => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* content;
  } catch (cause) {
    throw tell(cause);
  }
}
