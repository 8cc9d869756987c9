import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { augmentImage, augmentMask } from './augment.js';
import { augmentedDataset } from './augmentedDataset.js';
import { mvtec } from './mvtec.js';
import { assignRoles } from './roles.js';
import { synthetic } from './synthetic.js';
import { writeMvtec } from './writeMvtec.js';

const dataset = synthetic('weave', { seed: 3, good: 8, testGood: 2, defective: 4, size: [64, 80] });
const flip = { rotation: 0, scale: 1, shift: [0, 0], flip: true, brightness: 1, contrast: 1 } as const;

test('each training picture as it is and changed, the same for the same seed', async () => {
  const [a, b, c] = [1, 1, 2].map((seed) => augmentedDataset(dataset, 'strong', { copies: 2, seed }));
  expect(a!.samples).toHaveLength(6 + 24);
  expect(a!.samples.filter(({ split }) => split === 'train').slice(0, 3).map(({ id }) => id)).toEqual(
    ['train/good/000.png', 'train/good/000_aug0.png', 'train/good/000_aug1.png'],
  ); // prettier-ignore
  for (const id of ['train/good/003_aug0.png', 'train/good/003_aug1.png', 'train/good/003.png']) {
    const [x, y, z] = await Promise.all([a!, b!, c!].map((set) => set.samples.find((s) => s.id === id)!.image()));
    expect(y).toEqual(x);
    if (id.includes('_aug')) expect(z).not.toEqual(x);
    else expect(x).toEqual(await dataset.samples.find((s) => s.id === id)!.image());
  }
});

test('masks follow their pictures, and everything can be written and opened again', async () => {
  const all = augmentedDataset(dataset, { flip: true }, { copies: 4, seed: 5, part: 'all' });
  expect(all.samples).toHaveLength(5 * 14);
  let flipped = 0;
  for (const sample of all.samples.filter(({ id }) => /dent.*_aug/.test(id))) {
    const original = dataset.samples.find(({ id }) => id === sample.id.replace(/_aug\d/, ''))!;
    const [image, mask] = [await original.image(), await original.mask!()];
    const isFlipped = JSON.stringify(await sample.image()) === JSON.stringify(augmentImage(image, flip));
    flipped += Number(isFlipped);
    expect(await sample.mask!()).toEqual(isFlipped ? augmentMask(mask, flip) : mask);
  }
  expect(flipped).toBeGreaterThan(0);
  const dir = await mkdtemp(join(tmpdir(), 'adlib-augmented-'));
  await writeMvtec(all, dir);
  const opened = await mvtec(dir);
  expect(opened.samples.map(({ id }) => id)).toEqual(all.samples.map(({ id }) => id));
  expect(await opened.samples[2]!.mask!()).toEqual(await all.samples[2]!.mask!());
});

test('versions of one picture are one group and get one role', async () => {
  const augmented = augmentedDataset(dataset, 'mild', { copies: 3 });
  const { samples } = await assignRoles(augmented, { seed: 2 });
  const roles = new Map<string, Set<string>>();
  for (const { id, role } of samples.filter((s) => s.id.startsWith('train'))) {
    const name = id.replace(/_aug\d/, '');
    roles.set(name, (roles.get(name) ?? new Set()).add(role));
  }
  expect([...roles.values()].every((some) => some.size === 1)).toBe(true);
  expect(new Set([...roles.values()].flatMap((some) => [...some])).size).toBe(3);
});

test('none leaves pictures as they are, zero copies the set', async () => {
  const copy = augmentedDataset(dataset, 'none').samples.find(({ id }) => id.endsWith('_aug0.png'))!;
  expect(await copy.image()).toEqual(await dataset.samples.find(({ id }) => id === 'train/good/000.png')!.image());
  expect(augmentedDataset(dataset, 'strong', { copies: 0 }).samples).toEqual(dataset.samples);
});

test('refuses wrong arguments and names that are taken', () => {
  expect(() => augmentedDataset(dataset, 'wild' as 'mild')).toThrow('ranges must be');
  expect(() => augmentedDataset(dataset, 'mild', { copies: -1 })).toThrow('copies must be an integer in [0, 1000]');
  expect(() => augmentedDataset(dataset, 'mild', { part: 'test' as 'all' })).toThrow('part must be');
  const again = augmentedDataset(dataset, 'mild');
  expect(() => augmentedDataset(again, 'mild')).toThrow('names that end in _aug');
});
