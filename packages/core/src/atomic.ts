import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Writes a file so that a reader sees either the old content or the new, never a part: a temporary file beside it,
 * flushed to disk, then renamed over it. Missing folders are made. A process killed in the middle leaves the old content,
 * and at most one file `<name>.<12 hex digits>.tmp` beside it.
 *
 * @param path - the file
 * @param data - its whole content
 * @throws the file system's error (no space, no permission); the old file is then as it was and nothing is left beside it
 * @example
 * ```ts
 * import { writeFileAtomic } from '@adlib/core/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * await writeFileAtomic(join(await mkdtemp(join(tmpdir(), 'adlib-')), 'results.json'), '{}');
 * ```
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const target = resolve(path);
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFlushed(temporary, data);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeFlushed(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}
