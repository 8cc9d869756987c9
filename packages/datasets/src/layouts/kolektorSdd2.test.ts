import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, masks } from '../testing/layoutFiles.js';
import { kolektorSdd2 } from './kolektorSdd2.js';

const train = {
  'train/10000.png': 'picture',
  'train/10000_GT.png': masks.empty,
  'train/10001.png': 'picture',
  'train/10001_GT.png': masks.empty,
  'train/10002.png': 'picture',
  'train/10002_gt.PNG': masks.end,
} as const;

test('both parts hold good and defective pictures', async () => {
  const dir = await makeFiles({
    ...train,
    'test/20000.png': 'picture',
    'test/20000_GT.png': masks.end,
    'test/20001.png': 'picture',
    'test/20001_GT.png': masks.empty,
  });
  const dataset = await kolektorSdd2(dir);
  expect(await describeSamples(dataset)).toEqual([
    'test/20000.png defective test [22 23]',
    'test/20001.png good test',
    'train/10000.png good train',
    'train/10001.png good train',
    'train/10002.png defective train [22 23]',
  ]);
  expect(dataset.warnings).toEqual([]);
});

test('everything wrong at once; no test', async () => {
  const dir = await makeFiles({ ...train, 'train/10001_GT.png': masks.wide, 'test/1.png': 'picture' });
  expect((await problemsOf(kolektorSdd2(dir), dir)).map((line) => line.split('. ')[0])).toEqual([
    'test/1.png: has no mask _GT.png, so nothing says whether it is good',
    'train/10001_GT.png: the mask is 5×1, its picture is 6×4 (width×height)',
  ]);
  expect((await kolektorSdd2(await makeFiles(train))).warnings).toEqual([
    expect.stringContaining('has no folder test: nothing can be evaluated on it'),
  ]);
  expect((await failureOf(kolektorSdd2(join(dir, 'test')))).message).toContain('has no folder train');
  await expect(kolektorSdd2(dir, { part: 1 } as object)).rejects.toThrow('got part');
});
