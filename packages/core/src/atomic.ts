import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
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
  await makeFolder(dirname(target));
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFlushed(temporary, data);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Makes a folder and those above it that are missing, one at a time. Unlike `mkdir` of Node with `recursive`, which never
 * ends in Node 20 where a file system refuses a folder with ENOENT, as /proc does, it refuses with an error. When it fails,
 * the folders it made are removed again.
 *
 * @param dir - the folder; nothing happens where it is there
 * @returns absolute paths of the folders it made, outermost first
 * @throws the file system's error, its `path` the folder that could not be made: EEXIST where a file is in the way, ENOENT
 * where the file system takes no folders
 * @example
 * ```ts
 * import { makeFolder } from '@adlib/core/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * console.log((await makeFolder(join(dir, 'a/b'))).length, await makeFolder(join(dir, 'a'))); // 2 []
 * ```
 */
export async function makeFolder(dir: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = resolve(dir); !(await isFolder(at)); at = dirname(at)) {
    missing.unshift(at);
    if (dirname(at) === at) break;
  }
  const made: string[] = [];
  try {
    for (const folder of missing) if (await makeOne(folder)) made.push(folder);
  } catch (error) {
    for (const folder of made.reverse()) await rmdir(folder).catch(() => undefined);
    throw error;
  }
  return made;
}

/** Whether it was made here, and not by another process meanwhile. The folder above it must be there. */
async function makeOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (await isFolder(folder)) return false;
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || !(await isFolder(dirname(folder)))) throw error;
    const message = `ENOENT: the file system takes no new folder in ${dirname(folder)}, mkdir '${folder}'`;
    throw Object.assign(new Error(message, { cause: error }), { code, syscall, path: folder });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
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
