import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imagePaths } from './imagePaths.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-paths-'));
  await mkdir(join(dir, 'a/deep'), { recursive: true });
  await mkdir(join(dir, 'empty'));
  for (const file of ['a/2.PNG', 'a/10.jpg', 'a/deep/1.png', 'a/notes.txt', 'a/.hidden.png', 'b.png'])
    await writeFile(join(dir, file), '');
});
afterAll(() => rm(dir, { recursive: true }));

test('files as they are, folders with everything below, sorted', async () => {
  const found = await imagePaths([join(dir, 'b.png'), join(dir, 'a')]);
  expect(found.map(({ name }) => name)).toEqual(['b.png', '10.jpg', '2.PNG', 'deep/1.png']);
  expect(found[3]!.path).toBe(join(dir, 'a/deep/1.png'));
});

test('says what is missing', async () => {
  await expect(imagePaths([join(dir, 'c')])).rejects.toThrow('there is no file or folder');
  await expect(imagePaths([join(dir, 'empty')])).rejects.toThrow('holds no pictures');
});
