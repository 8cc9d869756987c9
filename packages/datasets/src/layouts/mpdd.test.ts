import { expect, test } from 'vitest';
import { describeSamples, failureOf } from '../testing/describeSamples.js';
import { makeFiles, masks } from '../testing/layoutFiles.js';
import { mpdd } from './mpdd.js';

test('the form of MVTec AD', async () => {
  const dir = await makeFiles({
    'train/good/000.png': 'picture',
    'train/good/001.png': 'picture',
    'test/good/000.png': 'picture',
    'test/major rust/000.png': 'picture',
    'ground_truth/major rust/000_mask.png': masks.end,
  });
  const dataset = await mpdd(dir, { name: 'tubes' });
  expect([dataset.name, dataset.warnings]).toEqual(['tubes', []]);
  expect(await describeSamples(dataset)).toEqual([
    'test/good/000.png good test',
    'test/major rust/000.png major rust test [22 23]',
    'train/good/000.png good train',
    'train/good/001.png good train',
  ]);
  expect((await failureOf(mpdd('/nowhere'))).message).toContain('mpdd: /nowhere has no folder train/good');
  await expect(mpdd(dir, { category: 'tubes' } as object)).rejects.toThrow('got category');
});
