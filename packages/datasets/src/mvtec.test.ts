import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatasetFormatError } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { encodePng } from './encode.js';
import { folder } from './folder.js';
import { mvtec } from './mvtec.js';

const picture = await encodePng({ data: new Uint8Array(12).fill(9), width: 4, height: 3, channels: 1 });
const mask = await encodePng({ data: Uint8Array.from({ length: 12 }, (_, i) => (i > 8 ? 1 : 0)), width: 4, height: 3 });
const wide = await encodePng({ data: new Uint8Array(12), width: 6, height: 2 });

/** Makes a folder with files; a path that ends with `_mask.<any>` gets a mask, else a picture, unless content is given. */
async function made(files: (string | [string, Uint8Array | string])[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'adlib-layout-'));
  for (const file of files) {
    const [name, content] = typeof file === 'string' ? [file, file.includes('_mask.') ? mask : picture] : file;
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
  return dir;
}
const good = ['train/good/0.png', 'train/good/1.png'];

async function failure(call: Promise<unknown>): Promise<DatasetFormatError> {
  const error = await call.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(DatasetFormatError);
  return error as DatasetFormatError;
}

describe('mvtec', () => {
  test('pairs masks by name, never by order', async () => {
    const dir = await made([
      ...good,
      'train/good/b c.JPG',
      'test/good/000.png',
      'test/cut/000.png',
      'test/cut/001.PNG',
      'test/cut/deep/001.png',
      'test/cut/zz.tif',
      'ground_truth/cut/001_mask.png',
      'ground_truth/cut/deep/001_MASK.png',
      ['ground_truth/cut/zz.BMP', mask],
    ]);
    const dataset = await mvtec(dir, { name: 'toy' });
    expect(dataset.name).toBe('toy');
    expect(dataset.samples.map((s) => [s.id, s.label, s.defect, s.split, 'mask' in s])).toEqual([
      ['test/cut/000.png', 'defective', 'cut', 'test', false],
      ['test/cut/001.PNG', 'defective', 'cut', 'test', true],
      ['test/cut/deep/001.png', 'defective', 'cut', 'test', true],
      ['test/cut/zz.tif', 'defective', 'cut', 'test', true],
      ['test/good/000.png', 'good', 'good', 'test', false],
      ['train/good/0.png', 'good', 'good', 'train', false],
      ['train/good/1.png', 'good', 'good', 'train', false],
      ['train/good/b c.JPG', 'good', 'good', 'train', false],
    ]);
    expect(dataset.warnings).toEqual([
      `1 of 4 pictures in ${join(dir, 'test/cut')} have no mask and count in image-level figures only: ${join(dir, 'test/cut/000.png')}.`,
    ]);
    const sample = dataset.samples[1]!;
    expect([...(await sample.mask!()).data]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
    expect((await sample.image()).data).toEqual(new Uint8Array(12).fill(9));
    expect(await sample.hash()).toBe(createHash('sha256').update(picture).digest('hex'));
  });

  test('tells everything that is wrong at once, each with its file', async () => {
    const dir = await made([
      ...good,
      ['train/good/notes.png', 'plain text'],
      ['train/good/cut off.png', picture.slice(0, picture.length - 20)],
      ['train/good/empty.png', ''],
      'test/good/0.png',
      'test/hole/0.png',
      'test/hole/1.png',
      'test/hole/2.png',
      ['test/hole/2.jpg', picture],
      ['ground_truth/hole/0_mask.png', wide],
      'ground_truth/hole/1_mask.png',
      ['ground_truth/hole/1.png', mask],
      'ground_truth/hole/2_mask.png',
      'ground_truth/hole/9_mask.png',
      'ground_truth/gone/0_mask.png',
    ]);
    const { message, path } = await failure(mvtec(dir));
    expect(path).toBeDefined();
    expect(message).toContain('mvtec: 8 problems:');
    for (const part of [
      'train/good/notes.png: is not a picture',
      'train/good/cut off.png: is damaged or cut off',
      'train/good/empty.png: the file is empty',
      'ground_truth/hole/0_mask.png: the mask is 6×2, its picture is 4×3 (width×height)',
      'ground_truth/hole/1_mask.png: ',
      'ground_truth/hole/2_mask.png: the mask fits ',
      'ground_truth/hole/9_mask.png: there is no picture for this mask',
      'ground_truth/gone: there is no folder',
    ]) {
      expect(message).toContain(part);
    }
  });

  test('no train/good, an empty one, one picture', async () => {
    expect((await failure(mvtec(await made(['a.png'])))).message).toMatch(/has no folder train\/good.*use folder\(/);
    expect((await failure(mvtec('/nowhere')))?.message).toContain('/nowhere has no folder train/good');
    expect((await failure(mvtec(await made([['train/good/readme.txt', 'x']])))).message).toContain(
      'holds no picture; at least 2',
    );
    expect((await failure(mvtec(await made(['train/good/0.png'])))).message).toContain('holds one picture; at least 2');
  });

  test('what is allowed is said', async () => {
    const dir = await made([
      ...good,
      'train/bad/0.png',
      'test/crack/0.png',
      ['test/crack/readme.txt', 'x'],
      ['test/crack/.DS_Store', 'x'],
    ]);
    expect((await mvtec(dir)).warnings).toEqual([
      `${join(dir, 'train/bad')} is not read: only train/good is.`,
      `${join(dir, 'test')} has no folder good: false alarms cannot be counted.`,
      `1 file has no picture's ending and was skipped: ${join(dir, 'test/crack/readme.txt')}.`,
      `${join(dir, 'test/crack')} has no masks: its 1 pictures count in image-level figures only.`,
    ]);
    expect((await mvtec(await made(good))).warnings[0]).toContain('has no folder test');
  });

  test('follows links, not loops of links', async () => {
    const dir = await made(good);
    symlinkSync(join(dir, 'train'), join(dir, 'train/good/loop'));
    symlinkSync(join(dir, 'train/good/0.png'), join(dir, 'train/good/2.png'));
    expect((await mvtec(dir)).samples.map(({ id }) => id)).toEqual([
      'train/good/0.png',
      'train/good/1.png',
      'train/good/2.png',
    ]);
  });

  const real = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
  test.skipIf(!existsSync(real))('real folders of the layout open whole', async () => {
    const counts = async (name: string): Promise<number[]> => {
      const { samples } = await mvtec(join(real, name));
      return [
        samples.filter(({ split }) => split === 'train').length,
        samples.filter(({ split, label }) => split === 'test' && label === 'good').length,
        samples.filter(({ label }) => label === 'defective').length,
        samples.filter((s) => 'mask' in s).length,
      ];
    };
    expect(await counts('mvtec/screw')).toEqual([320, 41, 119, 0]);
    expect(await counts('mvtec/bottle')).toEqual([209, 20, 63, 63]);
    expect(await counts('hazelnut_toy')).toEqual([28, 6, 17, 17]);
  });
});

describe('folder', () => {
  test('defect types from folders, masks by the same name', async () => {
    const dir = await made([
      'ok/1.png',
      'ok/shift b/1.png',
      'bad/loose.png',
      'bad/dent/7.png',
      'bad/dent/8.png',
      ['masks/dent/8.png', mask],
      ['masks/loose_mask.png', mask],
    ]);
    const dataset = await folder({ good: join(dir, 'ok'), defective: join(dir, 'bad'), masks: join(dir, 'masks') });
    expect(dataset.samples.map((s) => [s.id, s.defect, s.split, 'mask' in s])).toEqual([
      ['defective/dent/7.png', 'dent', undefined, false],
      ['defective/dent/8.png', 'dent', undefined, true],
      ['defective/loose.png', 'defective', undefined, true],
      ['good/1.png', 'good', undefined, false],
      ['good/shift b/1.png', 'good', undefined, false],
    ]);
    expect((await dataset.samples[1]!.mask!()).data.reduce((a, b) => a + b)).toBe(3);
    expect(await readFile(join(dir, 'ok/1.png'))).toEqual(Buffer.from(picture));
  });

  test('wrong folders', async () => {
    const dir = await made(['ok/1.png', 'ok/2.png', 'ok/bad/3.png', 'masks/7_mask.png', ['none/x.txt', '']]);
    const at = (name: string): string => join(dir, name);
    expect((await failure(folder({ good: at('gone') }))).message).toContain('folder: good: there is no folder');
    expect((await failure(folder({ good: at('none') }))).message).toContain('holds no picture; at least 2');
    expect((await failure(folder({ good: at('ok'), defective: at('none') }))).message).toContain(
      "Leave 'defective' out",
    );
    expect((await failure(folder({ good: at('ok'), defective: at('ok/bad') }))).message).toMatch(
      /3\.png: is read twice, as .* and as .*/,
    );
    expect((await failure(folder({ good: at('ok'), defective: at('ok/bad'), masks: at('masks') }))).message).toContain(
      '7_mask.png: there is no picture for this mask',
    );
    await expect(folder({ good: at('ok'), masks: at('masks') })).rejects.toThrow(
      'defective must be given when masks is',
    );
    await expect(folder({ good: at('ok'), bad: at('ok') } as never)).rejects.toThrow('got bad');
  });
});
