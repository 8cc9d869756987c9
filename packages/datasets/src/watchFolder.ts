import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { assertInteger, assertKnownOptions, type Image } from '@adlib/core';
import { readImage } from './decode.js';
import { isPictureName } from './files.js';

/** Options of {@link watchFolder}. */
export interface WatchFolderOptions {
  /** Whether pictures that are there at the start are given too. @defaultValue false */
  existing?: boolean;
  /** Milliseconds between two looks; a file must be the same in two of them. @defaultValue 250 */
  intervalMs?: number;
  /** Milliseconds after which a file that no longer changes but cannot be read is given all the same. @defaultValue 10000 */
  giveUpMs?: number;
  /** Ends the watching; the loop ends without an error. */
  signal?: AbortSignal;
}

/** A picture that appeared in a folder. */
export interface WatchedPicture {
  /** Its name in the folder. */
  readonly id: string;
  /** Absolute path. */
  readonly path: string;
  /** The picture: decoded already; the caller's own. Rejects, as `readImage` does, where the file cannot be read. */
  image(): Promise<Image>;
}

/** A file that is not given yet. */
interface Pending {
  readonly name: string;
  size: number;
  modified: number;
  /** When it was last seen to change. */
  since: number;
}

/**
 * Gives the pictures that appear in a folder, each once, when it is written to its end: its size and date are the same in
 * two looks and it decodes. A file that a camera is still writing is waited for. Works by looking, so on network drives, too.
 *
 * It looks only while the caller waits for the next picture, and holds the names of the folder and the pictures of one look
 * that the caller has not taken yet, of which one is decoded. A name that was given is not given again, unless its file
 * was gone in between.
 *
 * @param dir - the folder; folders in it are not looked into
 * @param options - how often, how long
 * @returns the pictures, those of one look by date, then by name
 * @throws RangeError if an option is out of range; the file system's error if the folder cannot be read
 * @example
 * ```ts
 * import { watchFolder, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writePng(join(dir, '000.png'), { data: new Uint8Array(6), width: 3, height: 2, channels: 1 });
 * for await (const { id, image } of watchFolder(dir, { existing: true, intervalMs: 20 })) {
 *   console.log(id, (await image()).width); // 000.png 3
 *   break;
 * }
 * ```
 */
export function watchFolder(
  dir: string,
  options: WatchFolderOptions = {},
): AsyncGenerator<WatchedPicture, void, undefined> {
  const { intervalMs = 250, giveUpMs = 10_000 } = options;
  assertKnownOptions('watchFolder', options, ['existing', 'intervalMs', 'giveUpMs', 'signal']);
  assertInteger('watchFolder', 'intervalMs', intervalMs, 1);
  assertInteger('watchFolder', 'giveUpMs', giveUpMs, 0);
  return watch(resolve(dir), { existing: options.existing ?? false, intervalMs, giveUpMs }, options.signal);
}

async function* watch(
  dir: string,
  { existing, intervalMs, giveUpMs }: Required<Omit<WatchFolderOptions, 'signal'>>,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchedPicture, void, undefined> {
  const given = new Set(existing ? [] : await pictureNames(dir));
  const pending = new Map<string, Pending>();
  const stopped = (): boolean => signal?.aborted === true;
  while (!stopped()) {
    const names = new Set(await pictureNames(dir));
    for (const name of given) if (!names.has(name)) given.delete(name);
    for (const name of pending.keys()) if (!names.has(name)) pending.delete(name);
    const settled: Pending[] = [];
    for (const name of names) {
      if (!given.has(name) && (await isSettled(dir, name, pending))) settled.push(pending.get(name)!);
    }
    settled.sort((a, b) => a.modified - b.modified || (a.name < b.name ? -1 : 1));
    for (const { name, since } of settled) {
      const path = join(dir, name);
      const image = await tryRead(path, Date.now() - since >= giveUpMs);
      if (image === undefined) continue;
      pending.delete(name);
      given.add(name);
      yield { id: name, path, image };
      if (stopped()) return;
    }
    await wait(intervalMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

async function pictureNames(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => !name.startsWith('.') && isPictureName(name));
}

/** Whether a file is as it was at the last look. */
async function isSettled(dir: string, name: string, pending: Map<string, Pending>): Promise<boolean> {
  const found = await stat(join(dir, name)).catch(() => undefined);
  if (found?.isFile() !== true) return false;
  const { size, mtimeMs: modified } = found;
  const last = pending.get(name);
  if (last?.size === size && last.modified === modified) return true;
  pending.set(name, { name, size, modified, since: Date.now() });
  return false;
}

/** The picture; undefined where it may still be on its way: damaged, locked or gone again. */
async function tryRead(path: string, last: boolean): Promise<(() => Promise<Image>) | undefined> {
  const reading = readImage(path);
  try {
    await reading;
    return () => reading;
  } catch (error) {
    return last && (error as NodeJS.ErrnoException).code !== 'ENOENT' ? () => reading : undefined;
  }
}
