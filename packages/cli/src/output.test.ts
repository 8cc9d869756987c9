import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writingFile, writingInto } from './output.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-output-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('writingInto', () => {
  test('makes the folder before the work and leaves nothing of the trial', async () => {
    const deep = join(dir, 'a/b');
    expect(await writingInto(deep, () => readdir(deep))).toEqual([]);
    expect(await readdir(deep)).toEqual([]);
    expect(await writingInto(undefined, () => Promise.resolve(3))).toBe(3);
  });

  test('removes the empty folders it made when the work fails, and only those', async () => {
    await mkdir(join(dir, 'mine'));
    const failing = () => Promise.reject(new Error('stopped'));
    await expect(writingInto(join(dir, 'mine/a/b'), failing)).rejects.toThrow('stopped');
    expect(await readdir(dir)).toEqual(['mine']);
    expect(await readdir(join(dir, 'mine'))).toEqual([]);
    const leaving = async () => {
      await writeFile(join(dir, 'mine/a/half.txt'), '');
      throw new Error('stopped');
    };
    await expect(writingInto(join(dir, 'mine/a/b'), leaving)).rejects.toThrow('stopped');
    expect(await readdir(join(dir, 'mine/a'))).toEqual(['half.txt']);
  });

  test('says what is in the way before the work', async () => {
    await writeFile(join(dir, 'file'), '');
    const work = () => Promise.reject(new Error('not reached'));
    await expect(writingInto(join(dir, 'file'), work)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(writingInto(join(dir, 'file/deeper'), work)).rejects.toMatchObject({
      code: 'EEXIST',
      path: join(dir, 'file'),
    });
  });

  test.skipIf(!existsSync('/proc/self'))('ends on file systems that refuse folders', async () => {
    await expect(writingInto('/proc/adlib/deep', () => Promise.resolve())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('names the folder where the system did not', async () => {
    const full = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' }));
    await expect(writingInto(dir, full)).rejects.toMatchObject({ path: dir });
  });
});

test('writingFile refuses a folder', async () => {
  await expect(writingFile(dir, () => Promise.resolve())).rejects.toThrow('is a folder; give the name of a file');
  expect(await writingFile(join(dir, 'x/report.html'), () => Promise.resolve(1))).toBe(1);
});
