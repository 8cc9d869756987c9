import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthetic } from '@adlib/datasets';
import { writeMvtec, writePng } from '@adlib/datasets/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openData } from './openData.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-data-'));
  await writeMvtec(synthetic('screw', { good: 3, testGood: 1, defective: 4, size: 64 }), join(dir, 'mvtec'));
  const { samples } = synthetic('screw', { good: 3, testGood: 0, defective: 0, size: 64 });
  for (const [i, sample] of samples.entries()) {
    const image = await sample.image();
    const name = `${i}.png`;
    await writePng(join(dir, 'plain', name), image);
    await writePng(join(dir, 'sorted/good', name), image);
    await writePng(join(dir, 'sorted/defective/dent', name), { ...image, data: image.data.map((v) => 255 - v) });
  }
  await mkdir(join(dir, 'empty'));
  await writeFile(join(dir, 'file.txt'), '');
});
afterAll(() => rm(dir, { recursive: true }));

const kinds = async (data: string) => {
  const { samples } = await openData(data);
  return [samples.length, ...new Set(samples.map(({ defect, split }) => `${defect} ${split ?? '-'}`))];
};

test('knows the layouts', async () => {
  expect(await kinds(join(dir, 'plain'))).toEqual([3, 'good -']);
  expect(await kinds(join(dir, 'sorted'))).toEqual([6, 'dent -', 'good -']);
  expect((await kinds(join(dir, 'mvtec'))).slice(1)).toContain('good train');
  expect((await kinds('synthetic:weave'))[0]).toBeGreaterThan(100);
});

test('opens a layout by its name, and marks disputed images', async () => {
  const { samples } = await openData(join(dir, 'mvtec'), { layout: 'mpdd' });
  expect(samples).toHaveLength(8);
  const list = join(dir, 'list.csv');
  await writeFile(list, 'image,label\nplain/1.png,good\nplain/2.png,good\nplain/0.png,good\n');
  expect((await openData(list, { layout: 'csv' })).samples).toHaveLength(3);
  await expect(openData(`${list}x`, { layout: 'csv' })).rejects.toThrow('there is no file');
  await expect(openData(list, { layout: 'visa' })).rejects.toThrow('is a file');
  const disputed = join(dir, 'disputed.json');
  await writeFile(disputed, JSON.stringify([{ file: 'good/1.png', reason: 'faint' }]));
  const marked = await openData(join(dir, 'plain'), { borderline: disputed });
  expect(marked.samples.map((sample) => sample.disputed)).toEqual([undefined, 'faint', undefined]);
});

test('says what is wrong', async () => {
  await expect(openData(join(dir, 'none'))).rejects.toThrow('there is no folder');
  await expect(openData(join(dir, 'file.txt'))).rejects.toThrow('is a file');
  await expect(openData(join(dir, 'empty'))).rejects.toMatchObject({ name: 'DatasetFormatError' });
  await expect(openData('synthetic:nut')).rejects.toThrow('Use synthetic:screw or synthetic:weave');
});
