import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, maskFile, masks, odd, type FileContent } from '../testing/layoutFiles.js';
import { visa } from './visa.js';

const heading = 'object,split,label,image,mask';
const at = (name: string): string => `VisA/candle/Data/${name}`;
const row = (split: string, label: string, image: string, mask = ''): string =>
  `candle,${split},${label},candle/Data/${image},${mask === '' ? '' : `candle/Data/${mask}`}`;
const rows = [
  row('train', 'normal', 'Images/Normal/0000.JPG'),
  row('train', 'normal', 'Images/Normal/0001.JPG'),
  row('test', 'normal', 'Images/Normal/0002.JPG'),
  row('test', 'anomaly', 'Images/Anomaly/000.JPG', 'Masks/Anomaly/000.png'),
  row('test', 'anomaly', 'Images/Anomaly/001.JPG', 'Masks/Anomaly/001.png'),
  row('test', 'anomaly', 'Images/Anomaly/002.JPG'),
  'pcb1,train,normal,pcb1/Data/Images/Normal/0000.JPG,',
];
const pictures = ['Normal/0000', 'Normal/0001', 'Normal/0002', 'Anomaly/000', 'Anomaly/001', 'Anomaly/002'];

async function made(more: Record<string, FileContent> = {}): Promise<string> {
  return makeFiles({
    ...Object.fromEntries(pictures.map((name) => [at(`Images/${name}.JPG`), 'picture'] as const)),
    [at('Masks/Anomaly/000.png')]: await maskFile({ 0: 1, 1: 2, 5: 255 }),
    [at('Masks/Anomaly/001.png')]: odd.palette,
    'VisA/split_csv/1cls.csv': [heading, ...rows].join('\r\n'),
    ...more,
  });
}

test('the list says what is what; every mask value but 0 is defective, beside 255 too', async () => {
  const dir = join(await made(), 'VisA/candle/');
  const dataset = await visa(dir);
  expect(dataset.name).toBe('candle');
  expect(await describeSamples(dataset)).toEqual([
    'candle/Data/Images/Anomaly/000.JPG anomaly test [0 1 5]',
    'candle/Data/Images/Anomaly/001.JPG anomaly test [22 23]',
    'candle/Data/Images/Anomaly/002.JPG anomaly test',
    'candle/Data/Images/Normal/0000.JPG good train',
    'candle/Data/Images/Normal/0001.JPG good train',
    'candle/Data/Images/Normal/0002.JPG good test',
  ]);
  expect(dataset.warnings).toEqual([expect.stringContaining('1 of 3 pictures in')]);
});

test('other lists, defect types, pictures that no list names', async () => {
  const few = [
    ...rows.slice(0, 2),
    row('train', 'anomaly', 'Images/Anomaly/003.JPG', 'Masks/Anomaly/000.png'),
    rows[3],
  ];
  const dir = await made({
    [at('Images/Anomaly/003.JPG')]: 'picture',
    'VisA/split_csv/2cls_fewshot.csv': `\ufeff${[heading, ...few].join('\n')}\n\n`,
    'VisA/candle/image_anno.csv':
      'image,label,mask\ncandle/Data/Images/Anomaly/000.JPG,"chunk of wax missing,other",candle/Data/Masks/Anomaly/000.png\n',
  });
  const dataset = await visa(join(dir, 'VisA/candle'), { split: '2cls_fewshot', name: 'c' });
  expect((await describeSamples(dataset))[0]).toBe(
    'candle/Data/Images/Anomaly/000.JPG chunk of wax missing,other test [0 1 5]',
  );
  expect(dataset.warnings).toEqual([
    `3 pictures in ${join(dir, 'VisA/candle/Data/Images')} are not in 2cls_fewshot.csv and are not read, for example ${join(dir, 'VisA/candle/Data/Images/Anomaly/001.JPG')}.`,
  ]);
});

test('everything wrong at once', async () => {
  const list = [
    heading,
    row('train', 'normal', 'Images/Normal/0000.JPG'),
    row('val', 'normal', 'Images/Normal/0001.JPG'),
    row('train', 'good', 'Images/Normal/0001.JPG'),
    row('train', 'normal', 'Images/Normal/0000.JPG'),
    row('test', 'normal', 'Images/Normal/9999.JPG'),
    row('test', 'normal', '../../../secret.png'),
    row('test', 'anomaly', 'Images/Anomaly/000.JPG', 'Masks/Anomaly/000.png'),
    row('test', 'anomaly', 'Images/Anomaly/001.JPG', 'Masks/Anomaly/9.png'),
    row('test', 'anomaly', 'Images/Anomaly/002.JPG', 'Masks/Anomaly/001.png'),
    'candle,test,anomaly,/etc/hostname,',
  ].join('\n');
  const dir = await made({
    'VisA/split_csv/1cls.csv': list,
    [at('Images/Anomaly/002.JPG')]: odd.cmyk,
    [at('Masks/Anomaly/000.png')]: masks.wide,
  });
  const where = 'VisA/split_csv/1cls.csv';
  expect((await problemsOf(visa(join(dir, 'VisA/candle')), dir)).map((line) => line.split('. ')[0])).toEqual([
    `${where}: line 3: split must be 'train' or 'test', got 'val'`,
    `${where}: line 4: label must be 'normal' or 'anomaly', got 'good'`,
    `${where}: line 5: candle/Data/Images/Normal/0000.JPG is listed twice`,
    `${at('Images/Normal/9999.JPG')}: there is no such file, but ${where} names it`,
    `${where}: names 'candle/Data/../../../secret.png', which is not a path inside of VisA`,
    `${at('Masks/Anomaly/9.png')}: there is no such file, but ${where} names it`,
    `${where}: names '/etc/hostname', which is not a path inside of VisA`,
    'VisA/candle: holds one picture; at least 2 are needed.',
    `${at('Masks/Anomaly/000.png')}: the mask is 5×1, its picture is 6×4 (width×height)`,
    `${at('Images/Anomaly/002.JPG')}: is in CMYK (print) colours, which have no one RGB value`,
  ]);
});

test('not VisA at all', async () => {
  const dir = await made({ 'VisA/split_csv/2cls_highshot.csv': 'object,split\ncandle,train\n' });
  const text = async (...call: Parameters<typeof visa>): Promise<string> => (await failureOf(visa(...call))).message;
  expect(await text(join(dir, 'VisA'))).toContain('opened with mvtec');
  expect(await text(join(dir, 'VisA/split_csv'))).toContain("has no row of object 'split_csv', only of candle, pcb1");
  expect(await text(join(dir, 'VisA/candle'), { split: '2cls_fewshot' })).toContain('there is no such file');
  expect(await text(join(dir, 'VisA/candle'), { split: '2cls_highshot' })).toContain(
    'has no column label, image, mask',
  );
  await expect(visa(dir, { split: '3cls' as never })).rejects.toThrow(RangeError);
  await expect(visa(dir, { object: 'candle' } as object)).rejects.toThrow('got object');
});
