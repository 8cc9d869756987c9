import { open, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '@adlib/core/node';
import { UsageError } from './failure.js';

/**
 * Runs work that writes into a folder. The folder is made and tried out first, so that an output that cannot be written is
 * told before the work and not after it. Folders made here that are still empty when the work fails are removed again.
 *
 * @param dir - the folder; `undefined` where nothing is to be written
 * @param work - what to do
 * @returns what the work gives
 * @throws the file system's error, naming the path; what the work throws
 */
export async function writingInto<T>(dir: string | undefined, work: () => Promise<T>): Promise<T> {
  if (dir === undefined) return work();
  let made: string[] = [];
  try {
    made = await makeFolder(dir);
    await tryOut(dir);
    return await work();
  } catch (error) {
    for (const folder of made.reverse()) await rmdir(folder).catch(() => undefined);
    throw namePath(error, dir);
  }
}

/**
 * The same for the folder of a file.
 *
 * @param path - the file; `undefined` where nothing is to be written
 * @param work - what to do
 * @returns what the work gives
 * @throws UsageError if it is a folder; as {@link writingInto}
 */
export async function writingFile<T>(path: string | undefined, work: () => Promise<T>): Promise<T> {
  if (path === undefined) return work();
  if (await isFolder(path)) throw new UsageError(`${path} is a folder; give the name of a file.`);
  return writingInto(dirname(path), work);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function tryOut(dir: string): Promise<void> {
  const probe = join(dir, `.adlib-write-test-${process.pid}`);
  try {
    await (await open(probe, 'wx')).close();
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

/** Errors of a write to an open file (a full disk) do not say which file it was. */
function namePath(error: unknown, dir: string): unknown {
  const system = error as NodeJS.ErrnoException;
  if (error instanceof Error && system.code !== undefined && system.syscall !== undefined) system.path ??= dir;
  return error;
}
