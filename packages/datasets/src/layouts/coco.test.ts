import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { height, makeFiles, width } from '../testing/layoutFiles.js';
import { coco, type CocoOptions } from './coco.js';

const size = { width, height };
const categories = [
  { id: 1, name: 'scratch' },
  { id: 2, name: 'dent' },
  { id: 3, name: 'part' },
];
const images = ['a.png', 'b.png', 'sub dir/c.JPG', 'd.png', 'e.png'].map((name, i) => ({
  ...{ id: i + 1, file_name: name, ...size },
}));
const box = (x: number, y: number, w: number, h: number): number[] => [x, y, x + w, y, x + w, y + h, x, y + h];
const annotations = [
  { id: 1, image_id: 1, category_id: 1, iscrowd: 0, segmentation: [box(0, 0, 2, 1), box(4, 3, 2, 1)] },
  { id: 2, image_id: 1, category_id: 2, iscrowd: 0, segmentation: { size: [4, 6], counts: [4, 1, 19] } },
  { id: 3, image_id: 2, category_id: 2, iscrowd: 1, segmentation: { size: [4, 6], counts: [20, 4] } },
  { id: 4, image_id: 3, category_id: 2, iscrowd: 0, segmentation: { size: [4, 6], counts: 'd04' } },
  { id: 5, image_id: 4, category_id: 2, bbox: [1, 1, 2, 2] },
  { id: 6, image_id: 5, category_id: 3, bbox: [0, 0, 6, 4] },
];

async function made(changes: object = {}): Promise<string> {
  const value = { info: {}, images, annotations, categories, ...changes };
  const pictures = Object.fromEntries(images.map(({ file_name: name }) => [name, 'picture'] as const));
  return join(await makeFiles({ ...pictures, 'coco.json': JSON.stringify(value) }), 'coco.json');
}
const facts = async (file: string, options: CocoOptions = {}) =>
  (await coco(file, options)).samples.map((s) => [s.id, s.defect, s.mask !== undefined]);
const ones = (data: Uint8Array): number[] => [...data].flatMap((v, i) => (v === 1 ? [i] : []));

describe('coco', () => {
  test('polygons, run lengths, crowds, boxes, pictures without annotations', async () => {
    const file = await made();
    const { samples, warnings } = await coco(file, { goodCategories: ['part'] });
    expect(samples.map((s) => [s.id, s.label, s.defect, s.split, s.mask !== undefined])).toEqual([
      ['a.png', 'defective', 'dent+scratch', undefined, true],
      ['b.png', 'defective', 'dent', undefined, true],
      ['d.png', 'defective', 'dent', undefined, true],
      ['e.png', 'good', 'good', undefined, false],
      ['sub dir/c.JPG', 'defective', 'dent', undefined, true],
    ]);
    expect(ones((await samples[0]!.mask!()).data)).toEqual([0, 1, 22, 23]);
    expect(ones((await samples[1]!.mask!()).data)).toEqual([5, 11, 17, 23]);
    expect(ones((await samples[2]!.mask!()).data)).toEqual([7, 8, 13, 14]);
    expect(ones((await samples[4]!.mask!()).data)).toEqual([5, 11, 17, 23]);
    expect(warnings).toEqual([`${file}: 1 annotations have a box and no segmentation: the box is the mask.`]);
  });

  test('options: skipped crowds and pictures, split, folder of the pictures', async () => {
    const file = await made();
    expect(await facts(file, { crowd: 'skip', unannotated: 'skip' })).toEqual([
      ['a.png', 'dent+scratch', true],
      ['d.png', 'dent', true],
      ['e.png', 'part', true],
      ['sub dir/c.JPG', 'dent', true],
    ]);
    // A picture whose only defects were left out is not good.
    expect((await facts(file, { crowd: 'skip' })).map(([id]) => id)).not.toContain('b.png');
    expect((await coco(file, { split: 'test', name: 'x' })).samples.every((s) => s.split === 'test')).toBe(true);
    await expect(coco(file, { images: join(file, '..', 'sub dir') })).rejects.toThrow(
      'a.png: there is no such file, but',
    );
    await expect(coco(file, { crowd: 'x' as never })).rejects.toThrow(RangeError);
    await expect(coco(file, { image: 'x' } as never)).rejects.toThrow('got image');
  });

  test('everything wrong at once', async () => {
    const file = await made({
      images: [
        ...images.slice(1),
        { id: 1, file_name: 'a.png', width: 7, height: 4 },
        { id: 1, file_name: 'z.png' },
        { id: 9, file_name: 'b.png' },
        { id: 10 },
        { id: 11, file_name: '../outside.png' },
        { id: 12, file_name: 'gone.png' },
      ],
      annotations: [
        ...annotations.slice(0, 1),
        { id: 20, image_id: 77, category_id: 1 },
        { id: 21, image_id: 2, category_id: 77 },
        { id: 22, image_id: 2, category_id: 1, segmentation: [[1, 2, 3, 4]] },
        { id: 23, image_id: 2, category_id: 1, segmentation: [[0, 0, 1, 'x', 2, 2]] },
        { id: 24, image_id: 2, category_id: 1, segmentation: { size: [4, 6], counts: [1, 2] } },
        { id: 25, image_id: 2, category_id: 1, segmentation: { size: [6, 4], counts: [20, 4] } },
        { id: 26, image_id: 2, category_id: 1 },
      ],
    });
    const error = (await coco(file).catch((e: unknown) => e)) as Error;
    expect(error.name).toBe('DatasetFormatError');
    for (const part of [
      'coco: 13 problems',
      `${file}: images[5] has the id 1 of another one`,
      `${file}: images[6] has the file_name 'b.png' of another one`,
      `${file}: images[7] has no id or no file_name`,
      `${file}: names '../outside.png', which is not a path inside of`,
      'gone.png: there is no such file, but',
      `${file}: annotation 20: its image_id is not that of a picture.`,
      `${file}: annotation 21: its category_id is not that of a category with a name.`,
      `${file}: annotation 22: part 1: points must be x, y of at least three corners, got '4 numbers'.`,
      `${file}: annotation 23: part 1: points[3] must be a finite number`,
      `${file}: annotation 24: segmentation: counts must sum to 24 (4×6), got 3.`,
      `${file}: annotation 25: segmentation: size is 6×4, its picture's is 4×6 (height×width).`,
      `${file}: annotation 26: bbox: points must be x, y of at least three corners`,
      `${file}: a.png: the mask is 7×4, its picture is 6×4 (width×height).`,
    ])
      expect(error.message).toContain(part);
  });

  test.each([
    ['cut off', '{"images": [', 'is not whole JSON ('],
    ['a list', '[]', "is not in COCO's form"],
    ['null', 'null', "is not in COCO's form"],
    ['other', '{"images": {}}', "is not in COCO's form"],
  ])('another file: %s', async (_, text, message) => {
    const file = join(await makeFiles({ 'x.json': text }), 'x.json');
    await expect(coco(file)).rejects.toThrow(message);
    await expect(coco(join(file, '..', 'gone.json'))).rejects.toThrow('gone.json: there is no such file.');
  });
});
