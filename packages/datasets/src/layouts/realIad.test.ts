import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, masks } from '../testing/layoutFiles.js';
import { realIad } from './realIad.js';

const category = 'realiad_256/audiojack';
const ok = (part: string, view: number): string => `OK/${part}/audiojack_0001_OK_C${view}_20231021130235.jpg`;
const ng = (view: number, ending: string): string =>
  `NG/BX/S0012/audiojack__0012_NG_BX_C${view}_20230922140928.${ending}`;
const entry = (image_path: unknown, anomaly_class: unknown = 'OK', mask_path: unknown = null): object => ({
  ...{ category: 'audiojack', anomaly_class, image_path, mask_path },
});
const list = {
  meta: { normal_class: 'OK', prefix: 'audiojack/' },
  train: [entry(ok('S0001', 1)), entry(ok('S0001', 2))],
  test: [
    entry(ok('S0002', 1)),
    entry(ng(1, 'jpg'), 'BX', ng(1, 'png')),
    entry(ng(2, 'jpg')), // the defect cannot be seen from here
    entry(ng(3, 'jpg'), 'BX'),
  ],
};
const pictures = Object.fromEntries(
  [ok('S0001', 1), ok('S0001', 2), ok('S0002', 1), ng(1, 'jpg'), ng(2, 'jpg'), ng(3, 'jpg')].map(
    (name) => [`${category}/${name}`, 'picture'] as const,
  ),
);

test('the list decides, views of one part are one group', async () => {
  const dir = await makeFiles({
    ...pictures,
    [`${category}/${ng(1, 'png')}`]: masks.end,
    'realiad_jsons/realiad_jsons/audiojack.json': JSON.stringify(list),
  });
  const dataset = await realIad(join(dir, category));
  expect(await describeSamples(dataset)).toEqual([
    `${ng(1, 'jpg')} BX test {NG/BX/S0012} [22 23]`,
    `${ng(2, 'jpg')} good test {NG/BX/S0012}`,
    `${ng(3, 'jpg')} BX test {NG/BX/S0012}`,
    `${ok('S0001', 1)} good train {OK/S0001}`,
    `${ok('S0001', 2)} good train {OK/S0001}`,
    `${ok('S0002', 1)} good test {OK/S0002}`,
  ]);
  expect(dataset.warnings).toEqual([expect.stringContaining('1 of 2 pictures in')]);
});

test('a list of its own, or one folder up', async () => {
  const dir = await makeFiles({
    ...pictures,
    'realiad_jsons/audiojack.json': JSON.stringify({ ...list, test: [] }),
    'own list.json': JSON.stringify({ ...list, test: list.test.slice(0, 1) }),
  });
  expect((await realIad(join(dir, category))).samples).toHaveLength(2);
  expect((await realIad(join(dir, category), { list: join(dir, 'own list.json') })).samples).toHaveLength(3);
});

test('everything wrong at once', async () => {
  const test = [
    ...[entry(7), entry('OK/a.jpg', null), entry('OK/a.jpg', 'BX', 3), null, 'x', entry('OK/gone.jpg')],
    ...[entry('../../x.jpg'), entry(ok('S0001', 1)), entry('')],
    ...[entry(ng(1, 'jpg'), 'BX', ng(1, 'png')), entry(ng(3, 'jpg'), 'BX', ng(3, 'png'))],
  ];
  const dir = await makeFiles({
    ...pictures,
    [`${category}/${ng(1, 'png')}`]: masks.wide,
    'list.json': JSON.stringify({ train: list.train.slice(0, 1), test }),
  });
  const found = await problemsOf(realIad(join(dir, category), { list: join(dir, 'list.json') }), dir);
  const form = '{ image_path, mask_path, anomaly_class }';
  expect(found.map((line) => line.split('. ')[0])).toEqual([
    ...[0, 1, 2, 3, 4].map((i) => `list.json: test[${i}] is not ${form}`),
    `${category}/OK/gone.jpg: there is no such file, but list.json names it`,
    `list.json: names '../../x.jpg', which is not a path inside of ${category}`,
    `list.json: test[7]: ${ok('S0001', 1)} is listed twice`,
    `list.json: names '', which is not a path inside of ${category}`,
    `${category}/${ng(3, 'png')}: there is no such file, but list.json names it`,
    `${category}: holds one picture; at least 2 are needed.`,
    `${category}/${ng(1, 'png')}: the mask is 5×1, its picture is 6×4 (width×height)`,
  ]);
});

test('not Real-IAD at all', async () => {
  const dir = await makeFiles({ [`${category}/a.jpg`]: 'picture', 'a.json': '[1', 'b.json': '[]', 'c.json': 'null' });
  const text = async (...call: Parameters<typeof realIad>): Promise<string> =>
    (await failureOf(realIad(...call))).message;
  expect(await text(join(dir, 'none'))).toContain('there is no folder');
  expect(await text(join(dir, category))).toContain('realiad_jsons/realiad_jsons/audiojack.json. Give it as { list }.');
  expect(await text(join(dir, category), { list: join(dir, 'a.json') })).toContain('is not whole JSON');
  for (const name of ['b.json', 'c.json']) {
    expect(await text(join(dir, category), { list: join(dir, name) })).toContain(
      "must hold the lists 'train' and 'test'",
    );
  }
  await expect(realIad(dir, { resolution: 256 } as object)).rejects.toThrow('got resolution');
});
