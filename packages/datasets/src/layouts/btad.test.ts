import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, masks, odd } from '../testing/layoutFiles.js';
import { btad } from './btad.js';

test('ok and ko, bmp and png, masks of any ending', async () => {
  const dir = await makeFiles({
    'train/ok/0000.bmp': 'picture',
    'train/ok/0001.BMP': 'picture',
    'test/ok/0000.png': 'picture',
    'test/ko/0000.bmp': 'picture',
    'test/ko/0001.png': 'picture',
    'test/ko/0002.png': 'picture',
    'ground_truth/ko/0000.png': masks.end,
    'ground_truth/ko/0001.BMP': odd.palette,
    'ground_truth/ok/0000.png': masks.empty,
  });
  const dataset = await btad(dir);
  expect(await describeSamples(dataset)).toEqual([
    'test/ko/0000.bmp ko test [22 23]',
    'test/ko/0001.png ko test [22 23]',
    'test/ko/0002.png ko test',
    'test/ok/0000.png good test',
    'train/ok/0000.bmp good train',
    'train/ok/0001.BMP good train',
  ]);
  expect(dataset.warnings).toEqual([expect.stringContaining('1 of 3 pictures in')]);
});

test('everything wrong at once', async () => {
  const dir = await makeFiles({
    'train/ok/0000.bmp': 'picture',
    'train/good/0001.bmp': 'picture',
    'test/ko/0000.bmp': 'picture',
    'ground_truth/ko/0000.png': masks.wide,
    'ground_truth/ko/0007.png': masks.end,
  });
  expect((await problemsOf(btad(dir), dir)).map((line) => line.split('. ')[0])).toEqual([
    'train/ok: holds one picture; at least 2 are needed.',
    'ground_truth/ko/0007.png: there is no picture for this mask',
    'ground_truth/ko/0000.png: the mask is 5×1, its picture is 6×4 (width×height)',
  ]);
  expect((await failureOf(btad(join(dir, 'test')))).message).toContain('btad: ');
  expect((await failureOf(btad(join(dir, 'test')))).message).toContain('has no folder train/ok');
  await expect(btad(dir, { product: 1 } as object)).rejects.toThrow('got product');
});
