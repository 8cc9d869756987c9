import { join } from 'node:path';
import { expect, test } from 'vitest';
import { height, makeFiles, odd, width } from '../testing/layoutFiles.js';
import { severstal } from './severstal.js';

const images: Record<string, 'picture'> = {
  'train_images/a.jpg': 'picture',
  'train_images/b b.JPG': 'picture',
  'train_images/c.jpg': 'picture',
};
const facts = async (dir: string) =>
  (await severstal(dir)).samples.map((s) => [s.id, s.label, s.defect, s.split, s.mask !== undefined]);

const long = `ImageId_ClassId,EncodedPixels
a.jpg_1,
a.jpg_2,1 2 9 1
a.jpg_3,
a.jpg_4,24 1
b b.JPG_1,
b b.JPG_2,
c.jpg_1,
`;
const short = 'ImageId,ClassId,EncodedPixels\na.jpg,4,24 1\na.jpg,2,1 2 9 1\n';

test.each([
  ['ImageId_ClassId', long],
  ['ImageId and ClassId', short],
])('runs down the columns, classes joined, the rest good: %s', async (_, csv) => {
  const dir = await makeFiles({ ...images, 'train.csv': csv });
  expect(await facts(dir)).toEqual([
    ['train_images/a.jpg', 'defective', 'class-2+class-4', undefined, true],
    ['train_images/b b.JPG', 'good', 'good', undefined, false],
    ['train_images/c.jpg', 'good', 'good', undefined, false],
  ]);
  const { data } = await (await severstal(dir)).samples[0]!.mask!();
  const expected = new Uint8Array(width * height);
  for (const place of [0, 1, 8, 23]) expected[(place % height) * width + Math.floor(place / height)] = 1;
  expect(data).toEqual(expected);
});

test('everything wrong at once', async () => {
  const rows = ['a.jpg,1,1 2 3', 'a.jpg,2,0 4', 'a.jpg,2,1 1', 'b b.JPG,x,1 1', 'gone.jpg,1,1 1', 'c.jpg,3,24 2'];
  const dir = await makeFiles({
    ...images,
    'train_images/cut.png': odd.cut,
    'train.csv': ['ImageId,ClassId,EncodedPixels', ...rows].join('\n'),
  });
  const list = join(dir, 'train.csv');
  const error = (await severstal(dir).catch((e: unknown) => e)) as Error;
  expect(error.name).toBe('DatasetFormatError');
  for (const part of [
    'severstal: 7 problems:',
    `${list}: line 2: EncodedPixels: text must be pairs of whole numbers, got '1 2 3'.`,
    `${list}: line 3: EncodedPixels: text must be runs in order`,
    `${list}: line 4: a.jpg_2 is listed twice`,
    `${list}: line 5: 'b b.JPG_x' is not a picture and the number of a class`,
    `${list}: there is no picture train_images/gone.jpg.`,
    `${list}: c.jpg: line 7: text must be runs in order, each within 24 pixels, got '24 2'.`,
    `cut.png: is damaged or cut off`,
  ])
    expect(error.message).toContain(part);
});

test('another folder, another table', async () => {
  await expect(severstal(await makeFiles(['a.jpg']))).rejects.toThrow('has no folder train_images');
  const dir = await makeFiles(images);
  await expect(severstal(dir)).rejects.toThrow(`${join(dir, 'train.csv')}: there is no such file.`);
  await expect(severstal(await makeFiles({ ...images, 'train.csv': 'a,EncodedPixels\n' }))).rejects.toThrow(
    'has neither a column ImageId_ClassId nor ImageId and ClassId',
  );
});
