import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assignRoles } from '../roles.js';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, maskFile, masks } from '../testing/layoutFiles.js';
import { dagm } from './dagm.js';

const part = (folder: string, first: number) => ({
  [`${folder}/000${first}.PNG`]: 'picture' as const,
  [`${folder}/000${first + 1}.png`]: 'picture' as const,
  [`${folder}/000${first + 2}.PNG`]: 'picture' as const,
  [`${folder}/Label/000${first + 2}_label.PNG`]: masks.end,
  [`${folder}/Label/Labels.txt`]: '1\n',
});

test('a label makes a picture defective, in both parts', async () => {
  const dir = await makeFiles({ ...part('Train', 0), ...part('Test', 4) });
  const dataset = await dagm(dir, { name: 'Class1' });
  expect(await describeSamples(dataset)).toEqual([
    'Test/0004.PNG good test',
    'Test/0005.png good test',
    'Test/0006.PNG defective test [22 23]',
    'Train/0000.PNG good train',
    'Train/0001.png good train',
    'Train/0002.PNG defective train [22 23]',
  ]);
  expect([dataset.name, dataset.warnings]).toEqual(['Class1', []]);
});

test('defective pictures of the training part are for calibration', async () => {
  const unlike = async (i: number): Promise<Uint8Array> => maskFile({ [i]: 9 });
  const dir = await makeFiles({
    ...Object.fromEntries(
      await Promise.all([1, 2, 3, 4].map(async (i) => [`Train/${i}.PNG`, await unlike(i)] as const)),
    ),
    'Train/Label/4_label.PNG': masks.end,
  });
  const { samples } = await assignRoles(await dagm(dir), { validation: 0, calibration: 0 });
  expect(samples.map(({ role }) => role)).toEqual(['train', 'train', 'train', 'calibration']);
});

test('everything wrong at once', async () => {
  const dir = await makeFiles({
    ...part('Train', 0),
    'Train/Label/0002_label.PNG': masks.wide,
    'Train/Label/0009_label.PNG': masks.end,
    'Test/0004.PNG': 'picture',
  });
  expect((await problemsOf(dagm(dir), dir)).map((line) => line.split('. ')[0])).toEqual([
    'Train/Label/0009_label.PNG: there is no picture for this mask',
    'Test/Label: holds no label, so nothing says which pictures are defective',
    'Train/Label/0002_label.PNG: the mask is 5×1, its picture is 6×4 (width×height)',
  ]);
  expect((await dagm(await makeFiles(part('Train', 0)))).warnings).toEqual([
    expect.stringContaining('has no folder Test'),
  ]);
  expect((await failureOf(dagm(join(dir, 'Test')))).message).toContain('has no folder Train');
  await expect(dagm(dir, { class: 1 } as object)).rejects.toThrow('got class');
});
