import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DatasetFormatError } from '@adlib/core';
import * as tar from 'tar';
import { beforeEach, describe, expect, test } from 'vitest';
import { tarBlock, tarOf, zip } from './testing/archives.js';
import { unpack } from './unpack.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-unpack-'));
});
const to = () => join(dir, 'out', 'parts');
const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error as Error,
  );

async function archive(bytes: Buffer): Promise<string> {
  const path = join(dir, 'archive');
  await writeFile(path, bytes);
  return path;
}

describe('unpack', () => {
  test.each(['zip', 'tar', 'tar.gz'])('%s: files in folders, told one by one', async (kind) => {
    let path: string;
    if (kind === 'zip')
      path = await archive(
        zip([
          ['a.txt', 'one'],
          ['train/', '', 0o040755],
          ['train/good/ä b.txt', 'two'],
        ]),
      );
    else {
      const source = join(dir, 'source');
      await mkdir(join(source, 'train', 'good'), { recursive: true });
      await writeFile(join(source, 'a.txt'), 'one');
      await writeFile(join(source, 'train', 'good', 'ä b.txt'), 'two');
      path = join(dir, 'archive');
      await tar.c({ file: path, cwd: source, gzip: kind === 'tar.gz' }, ['a.txt', 'train']);
    }
    const told: number[] = [];
    const result = await unpack(path, {
      to: to(),
      onProgress: ({ stage, done }) => told.push(stage === 'unpack' ? done : -1),
    });
    expect(result).toEqual({ path: to(), files: 2, bytes: 6 });
    expect(told).toEqual([1, 2]);
    expect(await readFile(join(to(), 'train', 'good', 'ä b.txt'), 'utf8')).toBe('two');
    expect(await readdir(join(dir, 'out'))).toEqual(['parts']);
    expect((await failure(unpack(path, { to: to() }))).message).toMatch(
      /to must be a folder that is not there or empty/,
    );
  });

  test('large files and many of them', async () => {
    const source = join(dir, 'source');
    await mkdir(source);
    const names = Array.from({ length: 300 }, (_, i) => `${i}.txt`);
    await Promise.all(names.map((name, i) => writeFile(join(source, name), 'x'.repeat(i * 400))));
    await tar.c({ file: join(dir, 'archive'), cwd: source, gzip: true }, names);
    expect(await unpack(join(dir, 'archive'), { to: to() })).toMatchObject({
      files: 300,
      bytes: (400 * 299 * 300) / 2,
    });
    expect((await readFile(join(to(), '299.txt'))).length).toBe(299 * 400);
  });

  test('what leads out of the folder is refused, and nothing is kept', async () => {
    const names = ['../evil.txt', '/evil.txt', 'a/../../evil.txt', 'C:/evil.txt', '..\\evil.txt'];
    for (const name of names) {
      for (const bytes of [
        zip([
          ['good.txt', 'x'],
          [name, 'x'],
        ]),
        tarOf(tarBlock('good.txt', 'x'), tarBlock(name, 'x')),
      ]) {
        const error = await failure(unpack(await archive(bytes), { to: to() }));
        expect([name, error instanceof DatasetFormatError]).toEqual([name, true]);
        expect(await readdir(join(dir, 'out')).catch(() => [])).toEqual([]);
        expect((await readdir(dir)).sort()).toEqual(expect.not.arrayContaining(['evil.txt']));
      }
    }
  });

  test('links, devices and two files of one name are refused', async () => {
    const outside = join(dir, 'outside');
    await mkdir(outside);
    await symlink(outside, join(dir, 'link'));
    for (const [bytes, message] of [
      [zip([['link', '/etc', 0o120777]]), /holds link, which is a link or a device/],
      [tarOf(tarBlock('link', '', '2', { link: '/etc' })), /holds link, which is a link/],
      [tarOf(tarBlock('link', '', '1', { link: 'a' })), /holds link, which is a link/],
      [tarOf(tarBlock('device', '', '3')), /holds device, which is a link or a device/],
      [
        zip([
          ['a.txt', 'x'],
          ['A.TXT', 'y'],
        ]),
        /holds two files A.TXT/,
      ],
    ] as const) {
      const error = await failure(unpack(await archive(bytes), { to: to() }));
      expect(error).toBeInstanceOf(DatasetFormatError);
      expect(error.message).toMatch(message);
    }
  });

  test('names that no folder can hold are refused: too long, none, a file and a folder at once', async () => {
    const deep = 'd/'.repeat(600);
    for (const [names, message] of [
      [['x'.repeat(256)], /holds a name of 256 bytes, x{50}\.\.\., too long/],
      [['ü'.repeat(128)], /holds a name of 256 bytes/],
      [[`${deep}x`], /holds a name of 1201 bytes/],
      [['.'], /holds a file without a name/],
      [['a.txt', 'A.txt/b.txt'], /holds A.txt\/b.txt where it holds a file and a folder of one name/],
      [['a/b/c.txt', 'a/B'], /holds a\/B where it holds a file and a folder/],
      [['a.txt', 'a.txt/'], /holds a.txt where it holds a file and a folder/],
    ] as const) {
      const error = await failure(unpack(await archive(zip(names.map((name) => [name, 'x']))), { to: to() }));
      expect(error).toBeInstanceOf(DatasetFormatError);
      expect(error.message).toMatch(message);
      expect(await readdir(join(dir, 'out')).catch(() => [])).toEqual([]);
    }
    const long = ['ü'.repeat(127), `${'d/'.repeat(500)}x`, 'a/b', 'a/', 'a/c/', './e'];
    expect(await unpack(await archive(zip(long.map((name) => [name, 'x']))), { to: to() })).toMatchObject({ files: 4 });
  });

  test('bombs, damage and other files are refused by name', async () => {
    const big = zip([['zeros', '\0'.repeat(3_000_000)]]);
    expect(big.length).toBeLessThan(5000);
    expect((await failure(unpack(await archive(big), { to: to(), maxBytes: 1e6 }))).message).toMatch(
      /archive holds more than 1000000 bytes/,
    );
    const gz = gzipSync(tarOf(tarBlock('a.txt', 'x'.repeat(5000))));
    const changed = zip([['a.txt', 'abc'.repeat(500)]]);
    changed[40]! ^= 255;
    for (const bytes of [
      big.subarray(0, 300),
      gz.subarray(0, gz.length - 20),
      changed,
      Buffer.from('hello'),
      Buffer.alloc(0),
    ]) {
      const error = await failure(unpack(await archive(Buffer.from(bytes)), { to: to() }));
      expect(error).toBeInstanceOf(DatasetFormatError);
      expect(error.message).toContain(join(dir, 'archive'));
      expect(await readdir(join(dir, 'out')).catch(() => [])).toEqual([]);
    }
  });

  test('cancelling keeps nothing; wrong options', async () => {
    const path = await archive(
      zip([
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ]),
    );
    const control = new AbortController();
    const error = await failure(
      unpack(path, { to: to(), signal: control.signal, onProgress: () => control.abort(new Error('enough')) }),
    );
    expect(error.message).toBe('enough');
    expect(await readdir(join(dir, 'out'))).toEqual([]);
    await expect(unpack(path, { to: '' })).rejects.toThrow('to must be the path of a folder');
    await expect(unpack(path, { to: to(), maxBytes: -1 })).rejects.toThrow('maxBytes must be an integer >= 0');
    await expect(unpack(path, { to: to(), files: 3 } as object as { to: string })).rejects.toThrow('got files');
    await expect(unpack(join(dir, 'none'), { to: to() })).rejects.toThrow('ENOENT');
  });
});
