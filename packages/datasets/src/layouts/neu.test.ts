import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles } from '../testing/layoutFiles.js';
import { neu } from './neu.js';

const voc = (box: string, width = 6): string =>
  `<annotation><size><width>${width}</width><height>4</height></size><object><name>crazing</name><bndbox>${box}</bndbox></object></annotation>`;
const corner = '<xmin>5</xmin><ymin>4</ymin><xmax>6</xmax><ymax>4</ymax>';

test('NEU-CLS: codes in the names', async () => {
  const dir = await makeFiles(['Cr_1.bmp', 'In_2.bmp', 'Pa_3.bmp', 'PS_4.bmp', 'RS_5.bmp', 'Sc_300.BMP']);
  const dataset = await neu(dir);
  expect((await describeSamples(dataset)).sort()).toEqual([
    'Cr_1.bmp crazing -',
    'In_2.bmp inclusion -',
    'PS_4.bmp pitted_surface -',
    'Pa_3.bmp patches -',
    'RS_5.bmp rolled-in_scale -',
    'Sc_300.BMP scratches -',
  ]);
  expect(dataset.warnings).toEqual([
    `${dir} holds no good pictures: a detector needs some from elsewhere to learn from.`,
  ]);
});

test('class folders, in any spelling', async () => {
  const dir = await makeFiles(['Rolled in Scale/a 1.jpg', 'pitted-surface/2.jpg', 'scratches/b/crazing/3.jpg']);
  expect(await describeSamples(await neu(dir))).toEqual([
    'Rolled in Scale/a 1.jpg rolled-in_scale -',
    'pitted-surface/2.jpg pitted_surface -',
    'scratches/b/crazing/3.jpg crazing -',
  ]);
});

test('NEU-DET: boxes are the masks', async () => {
  const dir = await makeFiles({
    'IMAGES/crazing_1.jpg': 'picture',
    'IMAGES/rolled-in_scale_2.jpg': 'picture',
    'ANNOTATIONS/crazing_1.xml': voc(corner),
    'ANNOTATIONS/readme.txt': 'x',
  });
  const dataset = await neu(dir);
  expect(await describeSamples(dataset)).toEqual([
    'IMAGES/crazing_1.jpg crazing - [22 23]',
    'IMAGES/rolled-in_scale_2.jpg rolled-in_scale -',
  ]);
  expect(dataset.warnings[0]).toBe(
    `1 of 2 pictures in ${join(dir, 'IMAGES/')} have no boxes and count in image-level figures only.`,
  );
});

test('NEU-DET with parts and class folders', async () => {
  const dir = await makeFiles({
    'train/images/crazing/crazing_1.jpg': 'picture',
    'train/annotations/crazing_1.xml': voc(corner),
    'validation/images/patches/patches_241.jpg': 'picture',
    'validation/annotations/patches_241.xml': voc(corner),
  });
  expect(await describeSamples(await neu(dir))).toEqual([
    'train/images/crazing/crazing_1.jpg crazing train [22 23]',
    'validation/images/patches/patches_241.jpg patches validation [22 23]',
  ]);
});

test('everything wrong at once', async () => {
  const dir = await makeFiles({
    'IMAGES/crazing_1.jpg': 'picture',
    'IMAGES/crazing_2.jpg': 'picture',
    'IMAGES/dent_1.jpg': 'picture',
    'IMAGES/dent_2.jpg': 'picture',
    'ANNOTATIONS/crazing_1.xml': voc(corner, 7),
    'ANNOTATIONS/crazing_2.xml': '<annotation>',
    'ANNOTATIONS/patches_9.xml': voc(corner),
  });
  const found = await problemsOf(neu(dir), dir);
  expect(found.map((line) => line.split(' (')[0]!.split('. ')[0])).toEqual([
    'ANNOTATIONS/crazing_2.xml: is not whole XML',
    "IMAGES/dent_1.jpg: 'dent' is not a class of NEU",
    'ANNOTATIONS/patches_9.xml: there is no picture for these boxes',
    'ANNOTATIONS/crazing_1.xml: the mask is 7×4, its picture is 6×4',
  ]);
  expect((await failureOf(neu('/nowhere'))).message).toContain('there is no folder /nowhere');
  expect((await failureOf(neu(await makeFiles({ 'a.txt': 'x' })))).message).toContain('holds no picture of NEU');
  await expect(neu(dir, { boxes: false } as object)).rejects.toThrow('got boxes');
});
