import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetFormatError } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import type { Dataset, Sample } from './dataset.js';
import { partial, withNoise } from './mixing.js';
import { readRoles, writeRoles } from './roleFile.js';
import { assignRoles, samplesByRole, type RoleManifest } from './roles.js';

type Facts = Partial<Pick<Sample, 'label' | 'defect' | 'split'>> & { content?: string };

function sample(id: string, { label = 'good', defect = label, split, content = id }: Facts = {}): Sample {
  const hash = Buffer.from(content).toString('hex').padEnd(64, '0').slice(0, 64);
  const image = () => Promise.resolve({ data: new Uint8Array(1), width: 1, height: 1, channels: 1 } as const);
  const mask = () => Promise.resolve({ data: new Uint8Array(1), width: 1, height: 1 });
  return { id, label, defect, split, hash: () => Promise.resolve(hash), image, mask };
}
const dataset = (...samples: Sample[]): Dataset => ({
  name: 'toy',
  samples: samples.sort((a, b) => (a.id < b.id ? -1 : 1)),
  warnings: [],
});
const many = (n: number, prefix: string, facts: Facts = {}): Sample[] =>
  Array.from({ length: n }, (_, i) => sample(`${prefix}${String(i).padStart(3, '0')}`, facts));
const defect = (n: number, name: string): Sample[] =>
  many(n, `test/${name}/`, { split: 'test', label: 'defective', defect: name });

/** 100 for training, of which 70 have role train; 20 good, 60 cut, 30 dent and 10 hole for testing. */
const layout = (): Dataset =>
  dataset(
    ...many(100, 'train/', { split: 'train' }),
    ...many(20, 'test/good/', { split: 'test' }),
    ...defect(60, 'cut'),
    ...defect(30, 'dent'),
    ...defect(10, 'hole'),
  );
const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

describe('withNoise', () => {
  test.each([
    [0, {}],
    [0.1, { cut: 5, dent: 2, hole: 1 }],
    [0.3, { cut: 18, dent: 9, hole: 3 }],
    [0.5, { cut: 42, dent: 21, hole: 7 }],
  ])('level %f: its share of the training pictures, each defect type in proportion', async (level, expected) => {
    const data = layout();
    const clean = await assignRoles(data, { seed: 3 });
    const manifest = withNoise(clean, level, { seed: 5 });
    const mixed = manifest.samples.filter(({ mixedIn }) => mixedIn);
    const total = 70 + mixed.length;
    expect(mixed.length).toBe(Math.round((level * 70) / (1 - level)));
    expect(tally(mixed.map((entry) => entry.defect))).toEqual(expected);
    expect(manifest.changes).toEqual([{ by: 'withNoise', share: level, seed: 5, defective: mixed.length, total }]);
    const { train, validation, calibration, test } = await samplesByRole(data, manifest);
    expect(tally(train.map(({ label }) => label))).toEqual({ good: total });
    expect(train.every((one) => one.defect === 'good' && (one.id.startsWith('train/') || !('mask' in one)))).toBe(true);
    expect([validation.length, calibration.length, test.length]).toEqual([10, 20, 120 - mixed.length]);
    // Nobody is in both parts, and everybody is somewhere.
    const ids = [...train, ...validation, ...calibration, ...test].map(({ id }) => id);
    expect(new Set(ids).size).toBe(data.samples.length);
    // The good ones kept their roles, and the manifest that was passed is as it was.
    const rest = manifest.samples.filter(({ mixedIn }) => mixedIn !== true);
    expect(rest).toEqual(clean.samples.filter(({ id }) => rest.some((entry) => entry.id === id)));
    expect(clean.changes).toBeUndefined();
  });

  test('seeds: the same draw again, another with another seed, and lower levels are part of higher ones', async () => {
    const clean = await assignRoles(layout());
    const mixed = (level: number, seed: number): string[] =>
      withNoise(clean, level, { seed }).samples.flatMap(({ id, mixedIn }) => (mixedIn ? [id] : []));
    expect(mixed(0.2, 1)).toEqual(mixed(0.2, 1));
    expect(mixed(0.2, 1)).not.toEqual(mixed(0.2, 2));
    for (const [low, high] of [
      [0.1, 0.2],
      [0.2, 0.35],
      [0.35, 0.5],
    ] as const) {
      expect(mixed(high, 1)).toEqual(expect.arrayContaining(mixed(low, 1)));
    }
  });

  test('total holds the size of the training part and brings high levels in reach', async () => {
    const data = dataset(
      ...many(100, 'train/', { split: 'train' }),
      ...many(5, 'test/good/', { split: 'test' }),
      ...defect(30, 'cut'),
    );
    const clean = await assignRoles(data);
    expect(() => withNoise(clean, 0.5)).toThrow(
      'level must be at most 0.3 with 30 defective and 70 good pictures, got 0.5',
    );
    const manifest = withNoise(clean, 0.5, { total: 50 });
    expect(manifest.leftOut?.length).toBe(45);
    expect(manifest.leftOut?.every(({ label, by }) => label === 'good' && by === 'withNoise')).toBe(true);
    const { train, test } = await samplesByRole(data, manifest);
    expect([train.length, test.length]).toEqual([50, 10]);
    expect(() => withNoise(clean, 0.1, { total: 90 })).toThrow(
      'total must be a number of pictures that can be had (79 are there)',
    );
  });

  test('groups and copies move whole', async () => {
    const views = dataset(
      ...many(40, 'train/', { split: 'train' }),
      ...Array.from({ length: 20 }, (_, part) => [
        sample(`test/${part}/a`, { split: 'test', label: 'defective', defect: 'cut' }),
        sample(`test/${part}/b`, {
          split: 'test',
          label: 'defective',
          defect: 'cut',
          content: part < 2 ? 'copy' : `b${part}`,
        }),
      ]).flat(),
    );
    const clean = await assignRoles(views, { group: ({ id }) => id.replace(/\/[ab]$/, '') });
    for (let seed = 0; seed < 10; seed++) {
      const { samples } = withNoise(clean, 0.3, { seed });
      const roleOf = new Map(samples.map(({ id, role }) => [id, role]));
      for (let part = 0; part < 20; part++) expect(roleOf.get(`test/${part}/a`)).toBe(roleOf.get(`test/${part}/b`));
      expect(roleOf.get('test/0/a')).toBe(roleOf.get('test/1/a'));
      expect(samples.filter(({ mixedIn }) => mixedIn).length).toBe(12);
    }
  });

  test('refuses a second mixing and wrong arguments', async () => {
    const clean = await assignRoles(layout());
    expect(() => withNoise(withNoise(clean, 0.1), 0.1)).toThrow('manifest must be one that nothing was mixed into yet');
    expect(() => withNoise(clean, 0.6)).toThrow('level must be a finite number in [0, 0.5], got 0.6');
    expect(() => withNoise(clean, NaN)).toThrow(RangeError);
    expect(() => withNoise(clean, 0.1, { level: 2 } as object)).toThrow('got level');
    expect(() => withNoise(clean, 0.1, { total: 0 })).toThrow('total must be an integer >= 1');
  });
});

describe('partial', () => {
  test.each([
    ['Partial-10', 0.1, 42],
    ['Partial-1', 0.01, 4],
  ])('%s of the surface seal images: 424 pictures, of which %f are defective', async (_, share, defective) => {
    const data = dataset(
      ...many(440, 'train/', { split: 'train' }),
      ...many(180, 'test/good/', { split: 'test' }),
      ...defect(222, 'seal'),
    );
    const manifest = partial(await assignRoles(data), share, { total: 424 });
    expect(manifest.changes).toEqual([{ by: 'partial', share, seed: 0, defective, total: 424 }]);
    const { train, validation, calibration, test } = await samplesByRole(data, manifest);
    expect(train.length + validation.length + calibration.length).toBe(424);
    expect(calibration.filter(({ label }) => label === 'defective').length).toBe(defective);
    expect([...train, ...validation].every(({ label }) => label === 'good')).toBe(true);
    expect(test.filter(({ label }) => label === 'defective').length).toBe(222 - defective);
    expect('mask' in calibration.find(({ label }) => label === 'defective')!).toBe(true);
  });

  test('defects that the layout puts in training are kept first, in proportion; more than that are left out', async () => {
    const data = dataset(
      ...many(90, 'train/good/', { split: 'train' }),
      ...many(40, 'train/cut/', { split: 'train', label: 'defective', defect: 'cut' }),
      ...many(20, 'train/dent/', { split: 'train', label: 'defective', defect: 'dent' }),
      ...defect(20, 'cut'),
    );
    const clean = await assignRoles(data);
    expect(tally(clean.samples.filter(({ role }) => role === 'calibration').map((entry) => entry.defect))).toEqual({
      cut: 40,
      dent: 20,
      good: 18,
    });
    const tenth = partial(clean, 0.1);
    expect(tally(tenth.leftOut!.map((entry) => entry.defect))).toEqual({ cut: 33, dent: 17 });
    expect((await samplesByRole(data, tenth)).test.length).toBe(20);
    const more = partial(clean, 0.45);
    expect(more.leftOut).toBeUndefined();
    expect((await samplesByRole(data, more)).test.length).toBe(20 - 14);
    expect(() => partial(clean, 0.6)).toThrow('share must be at most 0.47 with 80 defective and 90 good pictures');
  });
});

describe('checked at load', () => {
  test('survives the file, and a manifest that was edited is refused', async () => {
    const data = layout();
    const path = join(await mkdtemp(join(tmpdir(), 'adlib-mixing-')), 'roles.json');
    const manifest = partial(withNoise(await assignRoles(data, { seed: 2 }), 0.2, { total: 60 }), 0.1);
    await writeRoles(path, manifest);
    expect(await readRoles(path)).toEqual(manifest);
    expect((await samplesByRole(data, await readRoles(path))).train.length).toBe(60);

    const edited = async (change: (copy: RoleManifest) => void): Promise<Error> => {
      const copy = structuredClone(withNoise(await assignRoles(data), 0.2));
      change(copy);
      return samplesByRole(data, copy).then(
        () => new Error('accepted'),
        (error: unknown) => error as Error,
      );
    };
    const mixedOf = ({ samples }: RoleManifest) => samples.find(({ mixedIn }) => mixedIn)!;
    const cases: [(copy: RoleManifest) => void, RegExp][] = [
      [(copy) => (mixedOf(copy).role = 'test'), /is marked as mixed in, but is defective in role test/],
      [(copy) => delete mixedOf(copy).mixedIn, /records 18 of 88 by withNoise, its samples say 17 of 88/],
      [(copy) => delete copy.changes, /records no change by withNoise, its samples say 18 of 88/],
      [(copy) => (copy.changes![0]!.total = 5), /records 18 of 5/],
      [(copy) => copy.samples.splice(0, 1), /is new/],
      [(copy) => (copy.samples[0]!.label = 'good'), /was good and is defective/],
    ];
    for (const [change, message] of cases) {
      const error = await edited(change);
      expect(error).toBeInstanceOf(DatasetFormatError);
      expect(error.message).toMatch(message);
    }
    const text = await readFile(path, 'utf8');
    for (const [from, to, message] of [
      ['"mixedIn": true', '"mixedIn": 1', /samples\[\d+\] is not/],
      ['"by": "withNoise"', '"by": "hand"', /leftOut\[0\] is not/],
      ['"share": 0.2', '"share": null', /changes\[0\] is not/],
    ] as const) {
      await writeFile(path, text.replace(from, to));
      await expect(readRoles(path)).rejects.toThrow(message);
    }
  });
});

describe('strata', () => {
  test('every role gets its share of each stratum', async () => {
    const data = dataset(
      ...many(80, 'left/'),
      ...many(20, 'right/'),
      ...many(60, 'x/cut/', { label: 'defective', defect: 'cut' }),
      ...many(10, 'x/hole/', { label: 'defective', defect: 'hole' }),
    );
    for (let seed = 0; seed < 20; seed++) {
      const { samples, drawn } = await assignRoles(data, {
        seed,
        defectiveCalibration: 0.3,
        stratum: ({ id, defect }) => (defect === 'good' ? id.split('/')[0]! : defect),
      });
      const of = (role: string, prefix: string): number =>
        samples.filter((entry) => entry.role === role && entry.id.startsWith(prefix)).length;
      expect([of('calibration', 'left'), of('calibration', 'right')]).toEqual([16, 4]);
      expect([of('test', 'left'), of('test', 'right')]).toEqual([16, 4]);
      expect([of('validation', 'left'), of('validation', 'right')]).toEqual([8, 2]);
      expect([of('calibration', 'x/cut'), of('calibration', 'x/hole')]).toEqual([18, 3]);
      expect([of('test', 'x/cut'), of('test', 'x/hole')]).toEqual([42, 7]);
      expect(drawn.defectiveCalibration).toBe(0.3);
    }
  });

  test('a part with a defective view is defective as a whole', async () => {
    const data = dataset(
      ...Array.from({ length: 30 }, (_, part) => [
        sample(`${part}/a`),
        sample(`${part}/b`, part < 6 ? { label: 'defective' } : {}),
      ]).flat(),
    );
    const { samples } = await assignRoles(data, { group: ({ id }) => id.split('/')[0]! });
    for (const { id, role } of samples) if (Number(id.split('/')[0]) < 6) expect(role).toBe('test');
  });
});

describe('what samples say of themselves', () => {
  test('a validation part serves validation and calibration, train stays whole; groups of samples hold', async () => {
    const data = dataset(
      ...many(50, 'train/', { split: 'train' }),
      ...many(30, 'validation/', { split: 'validation' }).map((one, i) => ({ ...one, group: `part ${i >> 1}` })),
      ...many(3, 'validation/bad/', { split: 'validation', label: 'defective' }),
      ...many(5, 'test/', { split: 'test' }),
    );
    const manifest = await assignRoles(data);
    expect(manifest.drawn.grouped).toBe(true);
    const byRole = await samplesByRole(data, manifest);
    expect(tally(byRole.train.map(({ split }) => split!))).toEqual({ train: 50 });
    expect(tally(byRole.validation.map(({ split, label }) => `${split!} ${label}`))).toEqual({ 'validation good': 10 });
    expect(tally(byRole.calibration.map(({ label }) => label))).toEqual({ good: 20, defective: 3 });
    const groups = byRole.validation.map(({ group }) => group);
    expect(new Set(groups).size).toBe(5);
  });

  test('disputed samples have no role, and it is noticed when the list changes', async () => {
    const samples = [...many(20, 'train/', { split: 'train' }), ...many(4, 'test/', { split: 'test' })];
    const disputed = dataset(
      ...samples.map((one) => (/[03]$/.test(one.id) ? { ...one, disputed: 'two inspectors disagree' } : one)),
    );
    const manifest = await assignRoles(disputed);
    expect(manifest.leftOut?.map(({ id, by }) => [id, by])).toEqual(
      ['test/000', 'test/003', 'train/000', 'train/003', 'train/010', 'train/013'].map((id) => [id, 'disputed']),
    );
    expect((await samplesByRole(disputed, manifest)).test.length).toBe(2);
    await expect(samplesByRole(dataset(...samples), manifest)).rejects.toThrow('test/000 is not disputed any more');
    await expect(samplesByRole(disputed, await assignRoles(dataset(...samples)))).rejects.toThrow(
      'test/000 is disputed now',
    );
  });
});
