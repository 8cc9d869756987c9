import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodePng } from './encode.js';
import { layouts, readDataset } from './readDataset.js';
import { describeSamples, failureOf } from './testing/describeSamples.js';
import { makeFiles, maskFile, masks, odd } from './testing/layoutFiles.js';

const good = { 'train/good/a b.png': 'picture', 'train/good/001.PNG': 'picture' } as const;

test('opens by name, with the options of the layout', async () => {
  const dir = await makeFiles([
    'Partial-1/ok/1.png',
    'Partial-1/ok/2.png',
    'Partial-10/ok/3.png',
    'Partial-10/ok/4.png',
  ]);
  const dataset = await readDataset('ssi', dir, { subset: 'Partial-1' });
  expect(await describeSamples(dataset)).toEqual(['Partial-1/ok/1.png good train', 'Partial-1/ok/2.png good train']);
  await expect(readDataset('ssi', dir, { subsets: 1 })).rejects.toThrow('got subsets');
  await expect(readDataset('imagenet', dir)).rejects.toThrow(/name must be 'mvtec', .*'visa', .* got 'imagenet'/);
});

test.each(Object.keys(layouts))('%s: a folder of something else, an empty one, none', async (name) => {
  for (const dir of [await makeFiles({ 'sub/readme.txt': 'x' }), '/nowhere']) {
    expect((await failureOf(readDataset(name, dir))).message.length).toBeLessThan(600);
  }
});

test('the table of the manual names every layout and its licence', () => {
  const page = readFileSync(new URL('../../../docs/datasets.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  for (const [name, { licence }] of Object.entries(layouts)) {
    const row = rows.find((line) => line.startsWith(`| \`${name}\` `));
    expect(row, name).toBeDefined();
    expect(row).toContain(licence);
  }
});

describe('odd files', () => {
  test.each<[string, string, Uint8Array | Promise<Uint8Array>, string]>([
    ['a palette PNG', '1_mask.png', odd.palette, '[22 23]'],
    ['grey edges: above half counts', '1.png', maskFile({ 3: 127, 4: 128, 5: 254 }), '[4 5]'],
    ['numbers per defect', '1_mask.PNG', maskFile({ 3: 1, 4: 7 }), '[3 4]'],
    ['nothing', '1_mask.png', masks.empty, '[]'],
  ])('a mask with %s', async (_, name, content, places) => {
    const dir = await makeFiles({ ...good, 'test/cut/1.png': 'picture', [`ground_truth/cut/${name}`]: await content });
    expect((await describeSamples(await readDataset('mvtec', dir)))[0]).toBe(`test/cut/1.png cut test ${places}`);
  });

  test('a picture that is turned by EXIF: the mask is upright too', async () => {
    const files = { ...good, 'test/cut/1.jpg': odd.turned };
    const upright = await makeFiles({ ...files, 'ground_truth/cut/1_mask.png': masks.end });
    expect((await describeSamples(await readDataset('mvtec', upright)))[0]).toBe('test/cut/1.jpg cut test [22 23]');
    const lying = await encodePng({ data: new Uint8Array(24), width: 4, height: 6 });
    const stored = await makeFiles({ ...files, 'ground_truth/cut/1_mask.png': lying });
    expect((await failureOf(readDataset('mvtec', stored))).message).toContain(
      'the mask is 4×6, its picture is 6×4 (width×height). Its sides are swapped: pictures are turned as their EXIF rotation says, so turn the mask too.',
    );
  });

  test('16 bit pictures stay 16 bit, CMYK is refused with a way out', async () => {
    const dir = await makeFiles({ ...good, 'test/good/1.png': odd.deep });
    expect((await (await readDataset('mvtec', dir)).samples[0]!.image()).data).toEqual(
      new Uint16Array(24).fill(40_000),
    );
    const cmyk = await makeFiles({ ...good, 'test/good/1.jpg': odd.cmyk });
    expect((await failureOf(readDataset('mvtec', cmyk))).message).toMatch(
      /test\/good\/1\.jpg: is in CMYK \(print\) colours.*Convert it to RGB\.$/,
    );
  });
});
