import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetFormatError } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { borderline } from './borderline.js';
import { mvtec } from './mvtec.js';
import { readBorderline } from './readBorderline.js';
import { assignRoles, samplesByRole } from './roles.js';
import { synthetic } from './synthetic.js';
import { writeMvtec } from './writeMvtec.js';

const dataset = synthetic('screw', { good: 12, testGood: 3, defective: 4, size: [64, 80] });
const list = [
  { file: 'train/good/003.png', reason: 'tool mark within tolerance' },
  { file: 'test/good/001.png', reason: 'stain or shadow' },
];

describe('borderline', () => {
  test('keeps disputed pictures out of every role', async () => {
    const marked = borderline(dataset, list);
    expect(marked.samples.map(({ id }) => id)).toEqual(dataset.samples.map(({ id }) => id));
    expect(marked.samples.filter(({ disputed }) => disputed).map(({ id, split, disputed }) => [id, split, disputed])).toEqual([
      ['test/good/001.png', 'test', 'stain or shadow'],
      ['train/good/003.png', 'test', 'tool mark within tolerance'],
    ]); // prettier-ignore
    expect(dataset.samples.some(({ disputed }) => disputed)).toBe(false);
    for (const seed of [0, 1, 2]) {
      const manifest = await assignRoles(marked, { seed });
      const used = Object.values(await samplesByRole(marked, manifest)).flat();
      expect(used).toHaveLength(17);
      expect(used.some(({ disputed }) => disputed)).toBe(false);
      expect(manifest.leftOut?.map(({ id, by }) => [id, by])).toEqual([
        ['test/good/001.png', 'disputed'],
        ['train/good/003.png', 'disputed'],
      ]);
    }
  });

  test('works on files, and pictures and masks stay what they are', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'adlib-borderline-'));
    await writeMvtec(dataset, dir);
    const id = 'test/dent/000.png';
    const marked = borderline(await mvtec(dir), [{ file: id, reason: 'faint' }]);
    const [sample, drawn] = [marked, dataset].map(({ samples }) => samples.find((one) => one.id === id)!);
    expect(await sample!.image()).toEqual(await drawn!.image());
    expect(await sample!.mask!()).toEqual(await drawn!.mask!());
    expect(await sample!.maskFiles!()).toHaveLength(1);
  });

  test('names what does not fit, all at once', () => {
    const wrong = [...list, { file: 'train/good/3.png', reason: 'x' }, list[0]!];
    expect(() => borderline(dataset, wrong)).toThrow(DatasetFormatError);
    expect(() => borderline(dataset, wrong)).toThrow(
      'train/good/3.png is not in it, train/good/003.png is listed twice. Name files by their path inside the data set, for example test/dent/000.png.',
    );
    expect(() => borderline(dataset, [{ file: 'train/good/003.png', reason: ' ' }])).toThrow('list[0] must be');
    expect(borderline(dataset, []).samples).toEqual(dataset.samples);
  });
});

describe('readBorderline', () => {
  const written = async (name: string, text: string): Promise<string> => {
    const path = join(await mkdtemp(join(tmpdir(), 'adlib-borderline-')), name);
    await writeFile(path, text);
    return path;
  };

  test('reads CSV and JSON', async () => {
    const csv = '\ufefffile;reason;who\r\ntrain\\good\\003.png;"tool mark within tolerance";me\r\n\r\n./test/good/001.png;stain or shadow;me\r\n'; // prettier-ignore
    expect(await readBorderline(await written('a.csv', csv))).toEqual(list);
    expect(await readBorderline(await written('a.JSON', JSON.stringify(list)))).toEqual(list);
  });

  test.each([
    ['a.csv', 'file,why\nx,y\n', /a\.csv: has no column reason/],
    ['a.csv', 'file,reason\nx,y\nz,\n', /a\.csv: line 3 needs a file and a reason/],
    ['a.csv', '', /a\.csv: has no column file, reason\. It is empty/],
    ['a.json', '{"file":"x"}', /a\.json: must be a list/],
    ['a.json', '[{"file":"x","reason":"y"},{"file":1,"reason":"y"}]', /a\.json: entry 2 needs/],
    ['a.json', '[', /a\.json: is not whole JSON/],
  ])('refuses %s %j by name', async (name, text, message) => {
    const path = await written(name, text);
    await expect(readBorderline(path)).rejects.toThrow(DatasetFormatError);
    await expect(readBorderline(path)).rejects.toThrow(message);
  });
});
