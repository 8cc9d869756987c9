import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assignRoles, samplesByRole } from '../roles.js';
import { makeFiles, masks, type FileContent } from '../testing/layoutFiles.js';
import { encodePng } from '../encode.js';
import { csvList } from './csvList.js';
import { jsonList } from './jsonList.js';

const files = {
  'a.png': 'picture',
  'sub/b b.JPG': 'picture',
  'sub/c.png': 'picture',
  'm/c.png': masks.end,
} satisfies Record<string, FileContent>;
const made = async (list: string, more: Record<string, FileContent> = {}): Promise<string> =>
  join(await makeFiles({ ...files, 'list.csv': list, ...more }), 'list.csv');

test('labels, defects, masks, groups, roles, both slashes', async () => {
  const file = await made(
    'image;label;mask;defect;role;group;camera\n./a.png;ok;;;train;p1;2\nsub\\b b.JPG;;;good;;p1;2\nsub/c.png;NG;m/c.png;dent;test;p2;2\n',
  );
  const { samples, warnings } = await csvList(file, { name: 'toy' });
  expect(samples.map(({ id, label, defect, split, role, group }) => [id, label, defect, split, role, group])).toEqual([
    ['a.png', 'good', 'good', 'train', 'train', 'p1'],
    ['sub/b b.JPG', 'good', 'good', undefined, undefined, 'p1'],
    ['sub/c.png', 'defective', 'dent', 'test', 'test', 'p2'],
  ]);
  expect((await samples[2]!.mask!()).data.reduce((a, b) => a + b)).toBe(2);
  expect(warnings).toEqual([`${file}: columns camera are not read (image, label, mask, defect, role, group are).`]);
});

test('assignRoles keeps the roles of a list and draws the others', async () => {
  const names = Array.from({ length: 8 }, (_, i) => `${i}.png`);
  const pictures = await Promise.all(
    names.map((_, i) => encodePng({ data: new Uint8Array(6).fill(i), width: 3, height: 2, channels: 1 })),
  );
  const roles = ['train', 'train', 'validation', 'calibration', 'test', 'test', '', ''];
  const rows = names.map((name, i) => `${name},${i === 5 ? 'dent' : 'good'},${roles[i]!}`);
  const list = ['image,defect,role', ...rows].join('\n');
  const file = await made(list, Object.fromEntries(names.map((name, i) => [name, pictures[i]!])));
  const dataset = await csvList(file);
  const byRole = await samplesByRole(dataset, await assignRoles(dataset, { validation: 0, calibration: 0, test: 0 }));
  expect(Object.values(byRole).map((samples) => samples.map(({ id }) => id))).toEqual([
    ['0.png', '1.png', '6.png', '7.png'],
    ['2.png'],
    ['3.png'],
    ['4.png', '5.png'],
  ]);
});

test.each([
  ['../list.csv', 'names '],
  ['/etc/hostname', 'names '],
  ['sub/../../x.png', 'names '],
  ['..\\x.png', 'names '],
  ['a\0.png', 'names '],
  ['', 'names '],
])('paths stay in the folder: %j', async (image, what) => {
  const file = await made(`image,label\n"${image}",good\na.png,good\n`);
  await expect(csvList(file)).rejects.toThrow(what);
  await expect(csvList(file)).rejects.toThrow(`which is not a path inside of ${join(file, '..')}`);
});

test("a path may pass through '..' inside of the folder, and root may lie above", async () => {
  expect((await csvList(await made('image,label\nsub/../a.png,good\n'))).samples).toHaveLength(1);
  const above = join(await makeFiles({ ...files, 'lists/l.csv': 'image,label\na.png,good\n' }), 'lists/l.csv');
  expect((await csvList(above, { root: join(above, '../..') })).samples).toHaveLength(1);
});

describe('everything wrong at once', () => {
  const rows = [
    ['gone.png', 'good', '', '', '', ''],
    ['a.png', 'fine', '', '', '', ''],
    ['a.png', 'good', '', 'dent', '', ''],
    ['sub/b b.JPG', 'bad', '', '', 'exam', ''],
    ['sub/c.png', 'bad', 'm/gone.png', '', 'train', ''],
    ['a.png', 'good', '', '', '', ''],
    ['a.png', 'good', '', '', '', ''],
    ['sub/b b.JPG', 'bad', 'wide.png', '', 'constructor', ''],
    ['./sub/b b.JPG', '1', 'wide.png', '', '', ''],
  ];
  const columns = ['image', 'label', 'mask', 'defect', 'role', 'group'];
  const expected = (file: string, place: (i: number) => string): string[] => [
    '10 problems',
    'gone.png: there is no such file, but',
    `${file}: ${place(1)}: label 'fine' with defect '' is neither good nor defective.`,
    `${file}: ${place(2)}: label 'good' with defect 'dent' is neither good nor defective.`,
    `${file}: ${place(3)}: role must be train, validation, calibration, test or empty, got 'exam'.`,
    `${file}: ${place(4)}: a defective picture is not for training.`,
    'm/gone.png: there is no such file, but',
    `${file}: ${place(6)}: a.png is in ${place(5)} too.`,
    `${file}: ${place(7)}: role must be train, validation, calibration, test or empty, got 'constructor'.`,
    'wide.png: the mask is 5×1, its picture is 6×4',
  ];
  const more = { 'wide.png': masks.wide, 'list.json': '' };

  test('csvList', async () => {
    const file = await made([columns, ...rows].map((row) => row.join(',')).join('\n'), more);
    const error = (await csvList(file).catch((e: unknown) => e)) as Error;
    for (const part of expected(file, (i) => `line ${i + 2}`).slice(1)) expect(error.message).toContain(part);
  });

  test('jsonList', async () => {
    const value = rows.map((row) => Object.fromEntries(row.map((text, i) => [columns[i]!, text])));
    const file = await made('', { ...more, 'list.json': JSON.stringify(value) });
    const list = join(file, '../list.json');
    const error = (await jsonList(list).catch((e: unknown) => e)) as Error;
    for (const part of expected(list, (i) => `entry ${i + 1}`).slice(1)) expect(error.message).toContain(part);
  });
});

test('without a column label, an empty defect type means good; with one, an empty label means nothing', async () => {
  const { samples } = await csvList(await made('image,defect\na.png,\nsub/c.png,dent\n'));
  expect(samples.map(({ label }) => label)).toEqual(['good', 'defective']);
  await expect(csvList(await made('image,label,defect\na.png,,\n'))).rejects.toThrow('is neither good nor defective');
});

test('lists that are none', async () => {
  await expect(csvList(await made('image\na.png\n'))).rejects.toThrow('has neither a column label nor defect');
  await expect(csvList(await made('label\ngood\n'))).rejects.toThrow('has no column image');
  await expect(csvList(await made('image,label\n'))).rejects.toThrow('lists no picture');
  await expect(csvList(await made('image,label\n'), { dir: '' } as never)).rejects.toThrow('got dir');
});

describe('jsonList', () => {
  const opened = async (value: unknown): ReturnType<typeof jsonList> =>
    jsonList(join(await makeFiles({ ...files, 'list.json': JSON.stringify(value) }), 'list.json'));

  test('a list, or an object with samples; numbers, null, other fields', async () => {
    const entries = [
      { image: 'a.png', label: 0, mask: null, group: 12 },
      { image: 'sub/c.png', defect: 'dent', mask: 'm/c.png', lot: 4 },
    ];
    for (const value of [entries, { samples: entries, version: 1 }]) {
      const { samples, warnings } = await opened(value);
      expect(samples.map(({ id, defect, group }) => [id, defect, group])).toEqual([
        ['a.png', 'good', '12'],
        ['sub/c.png', 'dent', undefined],
      ]);
      expect(warnings[0]).toMatch(/fields lot are not read/);
    }
  });

  test('what is no list', async () => {
    for (const value of [{}, 3, null, { samples: 'x' }]) {
      await expect(opened(value)).rejects.toThrow("is not a list of objects with the field 'image'");
    }
    await expect(opened([{ label: 'good' }, 3, { image: 'a.png', label: ['good'] }])).rejects.toThrow(
      /4 problems:(.|\n)*entry 1: is not an object(.|\n)*entry 2: is not(.|\n)*entry 3: label is not text/,
    );
    await expect(opened([])).rejects.toThrow('lists no picture');
  });
});
