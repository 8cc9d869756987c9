import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFiles, width } from '../testing/layoutFiles.js';
import { gc10 } from './gc10.js';

const xml = (...names: string[]): string =>
  `<annotation><filename>x.jpg</filename><size><width>6</width><height>4</height></size>${names
    .map(
      (name, i) =>
        `<object><name>${name}</name><bndbox><xmin>${i + 1}</xmin><ymin>2</ymin><xmax>${i + 2}</xmax><ymax>2</ymax></bndbox></object>`,
    )
    .join('')}</annotation>`;

test('classes by number, boxes as masks, pictures without boxes by their folder, oddities as warnings', async () => {
  const dir = await makeFiles({
    '01/img_01.jpg': 'picture',
    '10/img_10.jpg': 'picture',
    '03/img_10.jpg': 'picture',
    '07/img_07.jpg': 'picture',
    'other/img_99.jpg': 'picture',
    'crescent gap/img_03.jpg': 'picture',
    'lable/img_01.xml': xml('1_chongkong', '10_yaozhed'),
    'lable/img_10.xml': xml('10_yaozhe'),
    'lable/img_03.xml': xml(),
    'lable/img_gone.xml': xml('d'),
  });
  const { samples, warnings } = await gc10(dir);
  expect(samples.map((s) => [s.id, s.label, s.defect, s.mask !== undefined])).toEqual([
    ['01/img_01.jpg', 'defective', 'punching_hole+waist_folding', true],
    ['03/img_10.jpg', 'defective', 'waist_folding', true],
    ['07/img_07.jpg', 'defective', 'inclusion', false],
    ['crescent gap/img_03.jpg', 'defective', 'crescent_gap', false],
  ]);
  const { data } = await samples[0]!.mask!();
  expect([...data].flatMap((v, i) => (v === 1 ? [i] : []))).toEqual([width, width + 1, width + 2]);
  expect(warnings).toEqual([
    `1 files in ${dir} have the name of another one and are not read again: ${join(dir, '10/img_10.jpg')}.`,
    `1 files in ${dir} have no boxes and no folder of a class, and are not read: ${join(dir, 'other/img_99.jpg')}.`,
    `1 files in ${dir} have no picture and are not read: ${join(dir, 'lable/img_gone.xml')}.`,
    `${dir} holds no good pictures: a detector needs some from elsewhere to learn from.`,
  ]);
});

test('everything wrong at once', async () => {
  const dir = await makeFiles({
    '01/a.jpg': 'picture',
    '01/b.jpg': 'picture',
    'lable/a.xml': xml('1_chongkong').replace('<width>6', '<width>7'),
    'lable/b.xml': '<annotation>',
  });
  await expect(gc10(dir)).rejects.toThrow(/^gc10: 2 problems:\n- .*b\.xml: is not whole XML.*\n- .*a\.xml: .* 7×4/);
  await expect(gc10(await makeFiles(['01/a.jpg']))).rejects.toThrow('holds no annotation (.xml)');
  await expect(gc10(await makeFiles({ 'a.xml': xml() }))).rejects.toThrow('holds no picture');
  await expect(gc10('/nowhere')).rejects.toThrow('there is no folder /nowhere');
});
