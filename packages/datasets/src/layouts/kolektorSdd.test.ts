import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, maskFile, masks, odd } from '../testing/layoutFiles.js';
import { kolektorSdd } from './kolektorSdd.js';

test('the mask says whether a picture is good', async () => {
  const dir = await makeFiles({
    'kos01/Part0.jpg': 'picture',
    'kos01/Part0_label.bmp': masks.empty,
    'kos01/Part1.JPG': 'picture',
    'kos01/Part1_label.bmp': masks.end,
    'kos02/Part0.jpg': odd.turned,
    'kos02/Part0_label.bmp': masks.empty,
    'kos02/Part1.jpg': 'picture',
    'kos02/Part1_LABEL.BMP': await maskFile({ 3: 1 }),
    'readme.txt': 'x',
  });
  const dataset = await kolektorSdd(dir);
  expect(await describeSamples(dataset)).toEqual([
    'kos01/Part0.jpg good -',
    'kos01/Part1.JPG defective - [22 23]',
    'kos02/Part0.jpg good -',
    'kos02/Part1.jpg defective - [3]',
  ]);
  expect(dataset.warnings).toEqual([expect.stringContaining('readme.txt')]);
});

test('everything wrong at once', async () => {
  const dir = await makeFiles({
    'kos01/Part0.jpg': 'picture',
    'kos01/Part1.jpg': 'picture',
    'kos01/Part1_label.bmp': masks.wide,
    'kos01/Part2_label.bmp': masks.end,
    'kos01/Part3.jpg': 'picture',
    'kos01/Part3_label.bmp': odd.text,
    'kos01/Part4.jpg': odd.cmyk,
    'kos01/Part4_label.bmp': masks.end,
  });
  expect((await problemsOf(kolektorSdd(dir), dir)).map((line) => line.split('. ')[0])).toEqual([
    'kos01/Part2_label.bmp: there is no picture for this mask',
    'kos01/Part0.jpg: has no mask _label.bmp, so nothing says whether it is good',
    'kos01/Part3_label.bmp: is not a picture (PNG, JPEG, BMP, TIFF and WebP are read)',
    'kos01/Part1_label.bmp: the mask is 5×1, its picture is 6×4 (width×height)',
    'kos01/Part4.jpg: is in CMYK (print) colours, which have no one RGB value',
  ]);
  expect((await failureOf(kolektorSdd('/nowhere'))).message).toBe(
    'kolektorSdd: there is no folder /nowhere. Check the path.',
  );
  const empty = await makeFiles({ 'a.txt': 'x' });
  expect(await problemsOf(kolektorSdd(empty), join(empty, '..'))).toHaveLength(2);
  await expect(kolektorSdd(dir, { fold: 1 } as object)).rejects.toThrow('got fold');
});
