import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSamples, failureOf, problemsOf } from '../testing/describeSamples.js';
import { makeFiles, odd } from '../testing/layoutFiles.js';
import { ssi } from './ssi.js';

const subsets = [
  ...['Partial-10/Good/1.png', 'Partial-10/Good/2 b.PNG', 'Partial-10/Defects/3.png'],
  ...['Partial-1/Good/1.png', 'Partial-1/Good/2.png'],
  ...['Test-split/Good/8.png', 'Test-split/Defects/9.png'],
];

test('class folders alone, whatever their case', async () => {
  const dir = await makeFiles(['NORMAL/1.png', 'NORMAL/deep/2.png', 'defective/3.png', 'notes/4.png']);
  const dataset = await ssi(dir);
  expect(await describeSamples(dataset)).toEqual([
    'NORMAL/1.png good -',
    'NORMAL/deep/2.png good -',
    'defective/3.png defective -',
  ]);
  expect(dataset.warnings).toEqual([`${join(dir, 'notes')} is not read: it holds no class folders.`]);
  const named = await ssi(await makeFiles(['Klasse A/1.png', 'Klasse A/2.png', 'B/3.png']), {
    good: 'Klasse A',
    defective: 'B',
  });
  expect(await describeSamples(named)).toEqual([
    'B/3.png defective -',
    'Klasse A/1.png good -',
    'Klasse A/2.png good -',
  ]);
});

test('one training subset at a time, and the test part', async () => {
  const dir = await makeFiles([...subsets, 'Test-split/other/1.png', 'paper/a/1.png']);
  const dataset = await ssi(dir, { subset: 'Partial-10', name: 'seals' });
  expect(await describeSamples(dataset)).toEqual([
    'Partial-10/Defects/3.png defective train',
    'Partial-10/Good/1.png good train',
    'Partial-10/Good/2 b.PNG good train',
    'Test-split/Defects/9.png defective test',
    'Test-split/Good/8.png good test',
  ]);
  expect(dataset.warnings).toEqual([
    `${join(dir, 'Test-split/other')} is not read: it is not a class.`,
    `${join(dir, 'paper')} is not read: it holds no class folders.`,
  ]);
  const only = await makeFiles(subsets.filter((name) => !name.startsWith('Partial-10')));
  expect((await describeSamples(await ssi(only)))[0]).toBe('Partial-1/Good/1.png good train');
});

test('what is wrong', async () => {
  const text = async (...call: Parameters<typeof ssi>): Promise<string> => (await failureOf(ssi(...call))).message;
  const dir = await makeFiles(subsets);
  expect(await text(dir)).toContain('holds the training subsets Partial-1, Partial-10. Choose one as { subset }.');
  expect(await text(dir, { subset: 'Partial-50' })).toContain('Partial-1, Partial-10, not Partial-50');
  expect(await text(join(dir, 'Partial-1'), { subset: 'Partial-1' })).toContain("Leave 'subset' out");
  expect(await text(await makeFiles(['Test-split/good/1.png']))).toContain('holds test pictures only (Test-split)');
  expect(await text(await makeFiles(['a/1.png']))).toContain(
    'neither class folders (good, defective, ...) nor subsets',
  );
  expect(await text('/nowhere')).toContain('ssi: /nowhere holds neither');
  const bad = await makeFiles({ 'good/1.png': odd.text, 'defect/2.jpg': odd.cmyk });
  expect((await problemsOf(ssi(bad, { name: 'x' }), bad)).map((line) => line.split('. ')[0]!.replace(bad, ''))).toEqual(
    [
      ': holds one picture; at least 2 are needed.',
      'defect/2.jpg: is in CMYK (print) colours, which have no one RGB value',
      'good/1.png: is not a picture (PNG, JPEG, BMP, TIFF and WebP are read)',
    ],
  );
  await expect(ssi(dir, { part: 1 } as object)).rejects.toThrow('got part');
});
