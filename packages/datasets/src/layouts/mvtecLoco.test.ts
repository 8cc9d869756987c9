import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, maskFile, masks } from '../testing/layoutFiles.js';
import { mvtecLoco } from './mvtecLoco.js';

const good = ['train/good/000.png', 'train/good/001.png', 'validation/good/000.png', 'test/good/000.png'];
const pictures = Object.fromEntries(good.map((name) => [name, 'picture'] as const));
const logical = 'ground_truth/logical_anomalies';
const entry = (name: string, value: number, threshold: number, relative = false): object => ({
  ...{ defect_name: name, pixel_value: value, saturation_threshold: threshold, relative_saturation: relative },
});
const config = (...entries: unknown[]): string => JSON.stringify(entries);

test('several mask files per picture; regions with their saturation', async () => {
  const dir = await makeFiles({
    ...pictures,
    'test/logical_anomalies/000.png': 'picture',
    'test/logical_anomalies/001.PNG': 'picture',
    'test/structural_anomalies/000.png': 'picture',
    'test/structural_anomalies/001.png': 'picture',
    [`${logical}/000/000.png`]: await maskFile({ 0: 254, 1: 254, 2: 254 }),
    [`${logical}/000/001.png`]: await maskFile({ 2: 9, 3: 9, 4: 9, 5: 9, 6: 9 }),
    [`${logical}/001/000.png`]: await maskFile({ 0: 255 }),
    'ground_truth/structural_anomalies/000/000.png': await maskFile({ 7: 255, 8: 255 }),
    'defects_config.json': config(entry('missing', 255, 5), entry('extra', 254, 2), entry('broken', 9, 0.5, true)),
  });
  const dataset = await mvtecLoco(dir, { name: 'pins' });
  expect(dataset.name).toBe('pins');
  expect(await describeSamples(dataset)).toEqual([
    'test/good/000.png good test',
    'test/logical_anomalies/000.png logical_anomalies test [0 1 2 3 4 5 6]',
    'test/logical_anomalies/001.PNG logical_anomalies test [0]',
    'test/structural_anomalies/000.png structural_anomalies test [7 8]',
    'test/structural_anomalies/001.png structural_anomalies test',
    'train/good/000.png good train',
    'train/good/001.png good train',
    'validation/good/000.png good validation',
  ]);
  expect(dataset.defects[2]).toEqual({ name: 'broken', pixelValue: 9, saturation: 0.5, relative: true });
  const regions = await Promise.all(dataset.samples.map(async (sample) => sample.regions?.()));
  expect(regions[1]!.map(({ defect, saturation }) => [defect, saturation])).toEqual([
    ['extra', 2],
    ['broken', 2], // floor(0.5 * 5)
  ]);
  expect([...regions[1]![1]!.mask.data.keys()].filter((i) => regions[1]![1]!.mask.data[i] === 1)).toEqual([
    2, 3, 4, 5, 6,
  ]);
  expect(regions[2]![0]).toMatchObject({ defect: 'missing', saturation: 1, mask: { width: 6, height: 4 } });
  expect(regions[3]![0]!.saturation).toBe(2); // the whole area: the threshold of 5 pixels is larger
  expect([regions[0], regions[4]]).toEqual([undefined, undefined]);
  expect(dataset.warnings).toEqual([
    `1 of 2 pictures in ${join(dir, 'test/structural_anomalies')} have no mask and count in image-level figures only: ${join(dir, 'test/structural_anomalies/001.png')}.`,
  ]);
});

test('a relative saturation below one pixel is one pixel', async () => {
  const dir = await makeFiles({
    ...pictures,
    'test/logical_anomalies/000.png': 'picture',
    [`${logical}/000/000.png`]: await maskFile({ 0: 8 }),
    'defects_config.json': config(entry('a', 8, 0.1, true)),
  });
  const { samples } = await mvtecLoco(dir);
  expect((await samples[1]!.regions!())[0]!.saturation).toBe(1);
});

test('without a configuration there are masks, but no regions', async () => {
  const dir = await makeFiles({
    ...pictures,
    'test/logical_anomalies/000.png': 'picture',
    [`${logical}/000/000.png`]: masks.end,
  });
  const { samples, defects, warnings } = await mvtecLoco(dir);
  expect(['regions' in samples[1]!, defects, 'mask' in samples[1]!]).toEqual([false, [], true]);
  expect(warnings).toEqual([
    `${join(dir, 'defects_config.json')} is missing: there are no regions for the saturated region overlap (sPRO).`,
  ]);
});

test('everything wrong at once', async () => {
  const dir = await makeFiles({
    ...pictures,
    'test/logical_anomalies/000.png': 'picture',
    'test/logical_anomalies/000.jpg': 'picture',
    [`${logical}/000/000.png`]: masks.wide,
    [`${logical}/001/000.png`]: masks.end,
    [`${logical}/002.png`]: masks.end,
    'ground_truth/structural_anomalies/000/000.png': masks.end,
    'defects_config.json': config(
      ...[entry('a', 255, 1), entry('b', 255, 1), entry('c', 0, 1), entry('d', 3, 2, true), entry('e', 4, 0), 7],
      { ...entry('f', 5, 1), defect_name: 1 },
      { ...entry('g', 6, 1), relative_saturation: 'no' },
    ),
  });
  expect(await problemsOf(mvtecLoco(dir), dir)).toEqual([
    'test/logical_anomalies/000.png: has the masks of test/logical_anomalies/000.jpg too. Give the pictures names of their own.',
    `${logical}/001/000.png: there is no picture for this mask. Masks lie in a folder with the name of their picture.`,
    `${logical}/002.png: there is no picture for this mask. Masks lie in a folder with the name of their picture.`,
    'ground_truth/structural_anomalies: there is no folder test/structural_anomalies for these masks. Rename or remove it.',
    'defects_config.json: entry 1: pixel_value 255 is taken by another defect. Restore the file.',
    'defects_config.json: entry 2: pixel_value must be a whole number from 1 to 255. Restore the file.',
    'defects_config.json: entry 3: saturation_threshold must be a share in (0, 1]. Restore the file.',
    'defects_config.json: entry 4: saturation_threshold must be a number of pixels above 0. Restore the file.',
    'defects_config.json: entry 5: is not an object. Restore the file.',
    'defects_config.json: entry 6: defect_name must be a text. Restore the file.',
    'defects_config.json: entry 7: relative_saturation must be true or false. Restore the file.',
    `${logical}/000/000.png: the mask is 5×1, its picture is 6×4 (width×height). Export the mask at the size of the picture.`,
  ]);
  for (const text of ['[', '{}']) {
    const other = await makeFiles({ ...pictures, 'defects_config.json': text });
    expect((await failureOf(mvtecLoco(other))).message).toContain('is not a JSON list of defects');
  }
  expect((await failureOf(mvtecLoco(join(dir, 'test')))).message).toContain('mvtecLoco: ');
  await expect(mvtecLoco(dir, { names: 'x' } as object)).rejects.toThrow('got names');
});

test.each<[string, Record<number, number>, string]>([
  ['two values', { 0: 255, 1: 3 }, 'holds 2 values besides 0'],
  ['another value', { 0: 4 }, 'holds the value 4, which defects_config.json does not have'],
  ['nothing', {}, 'is empty; each mask shows one defect'],
])('a mask of a region with %s', async (_, places, text) => {
  const dir = await makeFiles({
    ...pictures,
    'test/logical_anomalies/a b.png': 'picture',
    [`${logical}/a b/000.png`]: await maskFile(places),
    'defects_config.json': config(entry('a', 255, 1)),
  });
  const { samples } = await mvtecLoco(dir);
  expect((await failureOf(samples[1]!.regions!())).message).toContain(`${join(dir, logical, 'a b/000.png')}: ${text}`);
});
