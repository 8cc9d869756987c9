import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assignRoles } from '../roles.js';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, masks, odd } from '../testing/layoutFiles.js';
import { mvtecAd2 } from './mvtecAd2.js';

const files = {
  'train/good/000_regular.png': 'picture',
  'train/good/001_regular.png': odd.deep,
  'validation/good/000_regular.png': odd.turned,
  'test_public/good/000_regular.png': 'picture',
  'test_public/good/000_overexposed.png': 'picture',
  'test_public/bad/000_shift_1.png': 'picture',
  'test_public/bad/000_underexposed.png': 'picture',
  'test_public/bad/012_regular.PNG': 'picture',
  'test_public/ground_truth/bad/000_shift_1_mask.png': masks.end,
  'test_public/ground_truth/bad/000_underexposed_mask.png': masks.end,
  'test_public/ground_truth/bad/012_regular_mask.png': masks.end,
  'test_private/000_regular.png': 'picture',
  'test_private_mixed/000_mixed.png': 'picture',
} as const;

test('parts, groups of lights, pictures without public ground truth', async () => {
  const dir = await makeFiles(files);
  const dataset = await mvtecAd2(dir);
  expect(await describeSamples(dataset)).toEqual([
    'test_public/bad/000_shift_1.png bad test {test_public/bad/000} [22 23]',
    'test_public/bad/000_underexposed.png bad test {test_public/bad/000} [22 23]',
    'test_public/bad/012_regular.PNG bad test {test_public/bad/012} [22 23]',
    'test_public/good/000_overexposed.png good test {test_public/good/000}',
    'test_public/good/000_regular.png good test {test_public/good/000}',
    'train/good/000_regular.png good train',
    'train/good/001_regular.png good train',
    'validation/good/000_regular.png good validation',
  ]);
  expect(dataset.warnings).toEqual([]);
  expect(dataset.unlabelled.map(({ id, group }) => [id, group])).toEqual([
    ['test_private/000_regular.png', 'test_private/000'],
    ['test_private_mixed/000_mixed.png', 'test_private_mixed/000'],
  ]);
  const [hidden] = dataset.unlabelled;
  expect(hidden).not.toHaveProperty('label');
  expect([(await hidden!.image()).width, (await hidden!.hash()).length]).toEqual([6, 64]);
});

test('the validation part serves validation and calibration, training stays whole', async () => {
  const part = (folder: string, n: number, shade: number): [string, Uint8Array | string][] =>
    Array.from({ length: n }, (_, i) => [`${folder}/${String(i).padStart(3, '0')}_regular.png`, bmp(shade + i)]);
  const dir = await makeFiles(
    Object.fromEntries([
      ...part('train/good', 8, 0),
      ...part('validation/good', 6, 20),
      ...part('test_public/good', 2, 40),
    ]),
  );
  const { samples } = await assignRoles(await mvtecAd2(dir));
  const roles = (folder: string): string[] => samples.filter(({ id }) => id.startsWith(folder)).map(({ role }) => role);
  expect(new Set(roles('train'))).toEqual(new Set(['train']));
  expect(roles('validation').sort()).toEqual([...Array<string>(4).fill('calibration'), 'validation', 'validation']);
  expect(new Set(roles('test'))).toEqual(new Set(['test']));
});

test('everything wrong at once', async () => {
  const dir = await makeFiles({
    ...files,
    'test_public/ground_truth/bad/000_shift_1_mask.png': masks.wide,
    'test_public/ground_truth/bad/077_regular_mask.png': masks.end,
    'test_private/001_regular.png': odd.text,
    'validation/good/001_regular.png': odd.cut,
  });
  expect((await problemsOf(mvtecAd2(dir), dir)).map((line) => line.split('. ')[0])).toEqual([
    'test_public/ground_truth/bad/077_regular_mask.png: there is no picture for this mask',
    'test_private/001_regular.png: is not a picture (PNG, JPEG, BMP, TIFF and WebP are read)',
    expect.stringContaining('validation/good/001_regular.png: is damaged or cut off'),
    'test_public/ground_truth/bad/000_shift_1_mask.png: the mask is 5×1, its picture is 6×4 (width×height)',
  ]);
  expect((await failureOf(mvtecAd2(join(dir, 'train')))).message).toContain('has no folder train/good');
  await expect(mvtecAd2(dir, { part: 1 } as object)).rejects.toThrow('got part');
});

/** A grey BMP of one pixel: a content of its own for each shade. */
function bmp(shade: number): Uint8Array {
  const bytes = new Uint8Array(58);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  for (const [at, value] of [
    [2, 58],
    [10, 54],
    [14, 40],
    [18, 1],
    [22, 1],
    [34, 4],
  ] as const) {
    view.setUint32(at, value, true);
  }
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  bytes.fill(shade, 54, 57);
  return bytes;
}
