import { mkdir, mkdtemp, open, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DatasetFormatError } from '@adlib/core';
import { beforeEach, expect, test } from 'vitest';
import { encodePng } from './encode.js';
import { watchFolder, type WatchedPicture } from './watchFolder.js';

const fast = { intervalMs: 15, giveUpMs: 400 };
const bytesOf = (width: number) =>
  encodePng({
    data: Uint8Array.from({ length: width * 40 }, (_, i) => (i * i * 31) % 251),
    width,
    height: 40,
    channels: 1,
  });
let dir: string;
let control: AbortController;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-watch-'));
  control = new AbortController();
});
const put = async (name: string, width: number) => writeFile(join(dir, name), await bytesOf(width));

/** Names and widths until `count` have come. */
async function collect(stream: AsyncGenerator<WatchedPicture>, count: number): Promise<[string, number][]> {
  const seen: [string, number][] = [];
  for (let i = 0; i < count; i++) {
    const { value } = (await stream.next()) as { value: WatchedPicture };
    seen.push([value.id, (await value.image()).width]);
  }
  return seen;
}

test('gives what appears, not what was there; only pictures, once each', async () => {
  await put('old.png', 5);
  const stream = watchFolder(dir, { ...fast, signal: control.signal });
  const first = stream.next();
  await wait(40);
  await Promise.all([
    put('new.PNG', 6),
    put('.hidden.png', 7),
    writeFile(join(dir, 'notes.txt'), 'x'),
    mkdir(join(dir, 'folder.png')),
  ]);
  const { value } = (await first) as { value: WatchedPicture };
  expect([value.id, value.path, (await value.image()).width]).toEqual(['new.PNG', join(dir, 'new.PNG'), 6]);
  const next = stream.next();
  await wait(80);
  control.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('existing: by date, then by name', async () => {
  for (const [name, width] of [
    ['b.png', 1],
    ['a.png', 2],
    ['c.png', 3],
  ] as const) {
    await put(name, width);
    await utimes(join(dir, name), 0, name === 'c.png' ? 100 : 200);
  }
  const stream = watchFolder(dir, { ...fast, existing: true });
  expect(await collect(stream, 3)).toEqual([
    ['c.png', 3],
    ['a.png', 2],
    ['b.png', 1],
  ]);
  await stream.return();
});

test('a file written bit by bit, with pauses longer than two looks, comes when it is whole', async () => {
  const bytes = await bytesOf(30);
  const stream = watchFolder(dir, { ...fast, giveUpMs: 60_000 });
  const first = stream.next();
  const file = await open(join(dir, 'slow.png'), 'w');
  let written = false;
  for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 4)) {
    await file.write(bytes.subarray(at, at + Math.ceil(bytes.length / 4)));
    await wait(70);
    if (at + Math.ceil(bytes.length / 4) < bytes.length) expect(written).toBe(false);
    void first.then(() => (written = true));
  }
  await file.close();
  const { value } = (await first) as { value: WatchedPicture };
  expect((await value.image()).width).toBe(30);
  await stream.return();
});

test('renamed into place; gone and made anew under the same name', async () => {
  const stream = watchFolder(dir, fast);
  const first = collect(stream, 1);
  await put('part.tmp', 8);
  await rename(join(dir, 'part.tmp'), join(dir, 'part.png'));
  expect(await first).toEqual([['part.png', 8]]);
  const second = collect(stream, 1);
  await rm(join(dir, 'part.png'));
  await wait(60);
  await put('part.png', 9);
  expect(await second).toEqual([['part.png', 9]]);
  await stream.return();
});

test('what is no picture is given up after a while, with its error, and the watching goes on', async () => {
  const stream = watchFolder(dir, fast);
  const first = stream.next();
  await wait(30);
  await writeFile(join(dir, 'broken.png'), (await bytesOf(20)).subarray(0, 200));
  const { value } = (await first) as { value: WatchedPicture };
  await expect(value.image()).rejects.toThrow(DatasetFormatError);
  const second = collect(stream, 1);
  await put('good.png', 4);
  expect(await second).toEqual([['good.png', 4]]);
  await stream.return();
});

test('refuses wrong options at once, and a folder that is not there', async () => {
  expect(() => watchFolder(dir, { intervalMs: 0 })).toThrow('intervalMs must be an integer >= 1');
  expect(() => watchFolder(dir, { interval: 5 } as object)).toThrow('got interval');
  await expect(watchFolder(join(dir, 'none')).next()).rejects.toThrow('ENOENT');
  expect(await watchFolder(dir, { signal: AbortSignal.abort() }).next()).toEqual({ done: true, value: undefined });
});
