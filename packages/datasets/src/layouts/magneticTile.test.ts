import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, masks } from '../testing/layoutFiles.js';
import { magneticTile } from './magneticTile.js';

test('pictures and masks of one name side by side', async () => {
  const dir = await makeFiles({
    'MT_Free/Imgs/exp1_num_1.jpg': 'picture',
    'MT_Free/Imgs/exp1_num_1.png': masks.empty,
    'MT_Free/Imgs/exp1_num_2.JPG': 'picture',
    'MT_Blowhole/Imgs/exp1_num_4727.jpg': 'picture',
    'MT_Blowhole/Imgs/exp1_num_4727.png': masks.end,
    'MT_Uneven/Imgs/exp2_num_3.jpg': 'picture',
    'other/a.png': 'picture',
  });
  const dataset = await magneticTile(dir);
  expect(await describeSamples(dataset)).toEqual([
    'MT_Blowhole/Imgs/exp1_num_4727.jpg blowhole - [22 23]',
    'MT_Free/Imgs/exp1_num_1.jpg good -',
    'MT_Free/Imgs/exp1_num_2.JPG good -',
    'MT_Uneven/Imgs/exp2_num_3.jpg uneven -',
  ]);
  expect(dataset.warnings).toEqual([
    `${join(dir, 'MT_Uneven')} has no masks: its 1 pictures count in image-level figures only.`,
    `${join(dir, 'other')} is not read: its name does not begin with MT_.`,
  ]);
});

test('everything wrong at once', async () => {
  const dir = await makeFiles({
    'MT_Free/Imgs/1.jpg': 'picture',
    'MT_Free/Imgs/1.png': masks.wide,
    'MT_Crack/Imgs/2.png': masks.end,
  });
  expect((await problemsOf(magneticTile(dir), dir)).map((line) => line.split('. ')[0])).toEqual([
    'MT_Crack/Imgs/2.png: there is no picture for this mask',
    'MT_Free: holds one picture; at least 2 are needed.',
    'MT_Free/Imgs/1.png: the mask is 5×1, its picture is 6×4 (width×height)',
  ]);
  expect((await failureOf(magneticTile('/nowhere'))).message).toContain('has no folder MT_Free');
  await expect(magneticTile(dir, { defect: 1 } as object)).rejects.toThrow('got defect');
});
