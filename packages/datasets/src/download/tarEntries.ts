import { createReadStream } from 'node:fs';
import { DatasetFormatError } from '@adlib/core';
import { Parser, type ReadEntry } from 'tar';
import { named, type ArchiveEntry } from './zipEntries.js';

/**
 * Entries of a tar archive, compressed with gzip or not.
 *
 * @param path - the archive
 * @yields its entries, one at a time
 * @throws DatasetFormatError naming the archive if it is damaged or something else
 */
export async function* tarEntries(path: string): AsyncGenerator<ArchiveEntry, void, undefined> {
  const parser = new Parser({ strict: true });
  const waiting: ReadEntry[] = [];
  let failure: unknown;
  let current: ReadEntry | undefined;
  let ended = false;
  let wake: () => void = () => undefined;
  const input = createReadStream(path);
  const fail = (error: unknown): void => {
    failure ??= error;
    // Whoever reads it would wait for ever.
    current?.destroy(error);
    wake();
  };
  parser.on('entry', (entry: ReadEntry) => {
    // Told to whoever reads it.
    entry.on('error', () => undefined);
    waiting.push(entry);
    wake();
  });
  parser.on('end', () => {
    ended = true;
    wake();
  });
  parser.on('error', fail);
  input.on('error', fail);
  input.pipe(parser);
  try {
    for (;;) {
      const entry = waiting.shift();
      if (failure !== undefined) throw damaged(path, failure);
      if (entry === undefined) {
        if (ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      let opened = false;
      current = entry;
      yield {
        name: entry.path,
        kind: kindOf(entry),
        open: () => {
          opened = true;
          return Promise.resolve(named(entry as unknown as AsyncIterable<Uint8Array>, (cause) => damaged(path, cause)));
        },
      };
      // The next entry comes when this one has been read.
      if (!opened) entry.resume();
    }
  } finally {
    input.destroy();
  }
}

function kindOf({ type }: ReadEntry): ArchiveEntry['kind'] {
  if (type === 'Directory') return 'folder';
  return ['File', 'OldFile', 'ContiguousFile'].includes(type) ? 'file' : 'other';
}

function damaged(path: string, cause: unknown): DatasetFormatError {
  const { message } = cause as Error;
  return new DatasetFormatError(
    `unpack: ${path} cannot be unpacked (${message}); zip, tar and tar.gz are read. Download it again.`,
    { path, cause },
  );
}
