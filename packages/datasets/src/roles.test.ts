import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetFormatError } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import type { Dataset, Role, Sample } from './dataset.js';
import { readRoles, writeRoles } from './roleFile.js';
import { assignRoles, roles, samplesByRole, type RoleManifest } from './roles.js';

type Facts = Partial<Pick<Sample, 'label' | 'defect' | 'split'>> & { content?: string };

function sample(id: string, { label = 'good', defect = label, split, content = id }: Facts = {}): Sample {
  const hash = Buffer.from(content).toString('hex').padEnd(64, '0').slice(0, 64);
  return {
    id,
    label,
    defect,
    split,
    hash: () => Promise.resolve(hash),
    image: () => Promise.resolve({ data: new Uint8Array(1), width: 1, height: 1, channels: 1 }),
  };
}
const dataset = (samples: Sample[]): Dataset => ({
  name: 'toy',
  samples: samples.sort((a, b) => (a.id < b.id ? -1 : 1)),
  warnings: [],
});
const many = (n: number, prefix: string, facts: Facts = {}): Sample[] =>
  Array.from({ length: n }, (_, i) => sample(`${prefix}${String(i).padStart(3, '0')}`, facts));
const counts = ({ samples }: RoleManifest): Record<Role, number> =>
  Object.fromEntries(roles.map((role) => [role, samples.filter((s) => s.role === role).length])) as Record<
    Role,
    number
  >;

const layout = (): Dataset =>
  dataset([
    ...many(100, 'train/', { split: 'train' }),
    ...many(20, 'test/good/', { split: 'test' }),
    ...many(30, 'test/cut/', { split: 'test', label: 'defective', defect: 'cut' }),
  ]);

describe('assignRoles', () => {
  test('a layout: train is drawn into three, test stays test', async () => {
    const manifest = await assignRoles(layout(), { seed: 4 });
    expect(counts(manifest)).toEqual({ train: 70, validation: 10, calibration: 20, test: 50 });
    for (const { id, role } of manifest.samples) expect(role === 'test').toBe(id.startsWith('test/'));
    expect(manifest.drawn).toEqual({ seed: 4, validation: 0.1, calibration: 0.2, test: 0.2, grouped: false });
    expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
  });

  test('plain folders: good ones into all four, defective ones test', async () => {
    const plain = dataset([...many(50, 'good/'), ...many(7, 'defective/', { label: 'defective' })]);
    const manifest = await assignRoles(plain);
    expect(counts(manifest)).toEqual({ train: 25, validation: 5, calibration: 10, test: 17 });
    const defective = manifest.samples.filter(({ label }) => label === 'defective');
    expect(defective.every(({ role }) => role === 'test')).toBe(true);
  });

  test('the draw depends on the seed alone, and is not the order of the files', async () => {
    const first = await assignRoles(layout(), { seed: 1 });
    expect(await assignRoles(layout(), { seed: 1 })).toEqual(first);
    expect((await assignRoles(layout(), { seed: 2 })).samples).not.toEqual(first.samples);
    const calibration = first.samples.flatMap(({ role }, i) => (role === 'calibration' ? [i] : []));
    expect(Math.max(...calibration) - Math.min(...calibration)).toBeGreaterThan(40);
  });

  test('every sample is in calibration about as often as its share says', async () => {
    const hits = new Map<string, number>();
    const small = dataset(many(20, 'train/', { split: 'train' }));
    for (let seed = 0; seed < 300; seed++) {
      for (const { id, role } of (await assignRoles(small, { seed })).samples) {
        if (role === 'calibration') hits.set(id, (hits.get(id) ?? 0) + 1);
      }
    }
    // Binomial(300, 0.2): mean 60, standard deviation 6.9.
    for (const n of hits.values()) expect(Math.abs(n - 60)).toBeLessThan(30);
    expect(hits.size).toBe(20);
  });

  test('few samples: one each where a share is above 0, then it says there are too few', async () => {
    expect(counts(await assignRoles(dataset(many(3, 'train/', { split: 'train' }))))).toEqual({
      train: 1,
      validation: 1,
      calibration: 1,
      test: 0,
    });
    expect(counts(await assignRoles(dataset(many(4, 'g/'))))).toEqual({
      train: 1,
      validation: 1,
      calibration: 1,
      test: 1,
    });
    await expect(assignRoles(dataset(many(3, 'g/')))).rejects.toThrow(/good samples to train on.*3 samples, none left/);
    await expect(assignRoles(dataset([]))).rejects.toThrow(RangeError);
    const none = await assignRoles(dataset(many(3, 'train/', { split: 'train' })), { validation: 0, calibration: 0 });
    expect(counts(none).train).toBe(3);
  });

  test('groups stay whole, through shared content too', async () => {
    const views = dataset([
      ...Array.from({ length: 60 }, (_, i) =>
        sample(`g/${i}`, { content: i === 7 ? 'copy' : i === 31 ? 'copy' : `c${i}` }),
      ),
    ]);
    const group = ({ id }: Sample): string => String(Math.floor(Number(id.slice(2)) / 3));
    for (let seed = 0; seed < 20; seed++) {
      const { samples, drawn } = await assignRoles(views, { seed, group });
      const roleOf = new Map(samples.map(({ id, role }) => [id, role]));
      for (let i = 0; i < 60; i += 3) {
        expect(new Set([roleOf.get(`g/${i}`), roleOf.get(`g/${i + 1}`), roleOf.get(`g/${i + 2}`)]).size).toBe(1);
      }
      expect(roleOf.get('g/7')).toBe(roleOf.get('g/31'));
      expect(drawn.grouped).toBe(true);
    }
    const split = dataset([
      sample('train/1_a', { split: 'train' }),
      sample('train/2_a', { split: 'train' }),
      sample('train/3_a', { split: 'train' }),
      sample('test/1_b', { split: 'test' }),
    ]);
    await expect(assignRoles(split, { group: ({ id }) => /\d/.exec(id)![0] })).rejects.toThrow(
      /group 1 is in two roles: test\/1_b \(test\) and train\/1_a/,
    );
  });

  test('one content in train and test is a leak, with both names; good and defective a conflict', async () => {
    const leak = dataset([
      ...many(9, 'train/', { split: 'train' }),
      sample('test/x', { split: 'test', content: 'train/004' }),
    ]);
    const error = await assignRoles(leak).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DatasetFormatError);
    expect((error as Error).message).toMatch(/test\/x \(test\) and train\/004 \(.*\) have the same content: a leak/);
    const conflict = dataset([
      ...many(9, 'train/', { split: 'train' }),
      sample('test/a', { split: 'test', content: 'same' }),
      sample('test/b', { split: 'test', label: 'defective', content: 'same' }),
    ]);
    await expect(assignRoles(conflict)).rejects.toThrow(
      'test/a (good) and test/b (defective) have the same content but not',
    );
  });

  test('refuses wrong options', async () => {
    await expect(assignRoles(layout(), { validation: 1.5 })).rejects.toThrow(
      'validation must be a finite number in [0, 1]',
    );
    await expect(assignRoles(layout(), { seed: -1 })).rejects.toThrow('seed must be an integer');
    await expect(assignRoles(layout(), { train: 0.5 } as object)).rejects.toThrow('got train');
    await expect(assignRoles(layout(), { calibration: 1 })).rejects.toThrow('none left for training');
  });
});

describe('samplesByRole', () => {
  test('gives each sample once, under its role', async () => {
    const data = layout();
    const manifest = await assignRoles(data);
    const byRole = await samplesByRole(data, manifest);
    expect(roles.flatMap((role) => byRole[role].map(({ id }) => id)).sort()).toEqual(data.samples.map(({ id }) => id));
    expect(byRole.validation.length).toBe(10);
  });

  test('names what is new, gone and changed', async () => {
    const manifest = await assignRoles(layout());
    const samples = [...layout().samples.slice(1), sample('zz', { split: 'test' })];
    samples[3] = sample(samples[3]!.id, { split: 'test', content: 'edited' });
    await expect(samplesByRole(dataset(samples), manifest)).rejects.toThrow(
      'zz is new, test/cut/000 is gone, test/cut/004 has another content. Restore the files',
    );
  });

  test('a manifest edited into a leak is found', async () => {
    const data = dataset([
      ...many(5, 'train/', { split: 'train' }),
      sample('train/copy', { split: 'train', content: 'train/000' }),
    ]);
    const manifest = await assignRoles(data);
    manifest.samples.find(({ id }) => id === 'train/copy')!.role = 'test';
    await expect(samplesByRole(data, manifest)).rejects.toThrow('a leak');
  });
});

describe('readRoles', () => {
  test('reads what was written and refuses what is damaged, by name', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'adlib-roles-')), 'sub', 'roles.json');
    const manifest = await assignRoles(layout());
    await writeRoles(path, manifest);
    expect(await readRoles(path)).toEqual(manifest);
    const text = await readFile(path, 'utf8');
    const cases: [string, RegExp][] = [
      [text.slice(0, 500), /is not whole JSON/],
      ['null', /schema must be/],
      [text.replace('adlib.roles/1', 'adlib.roles/9'), /schema must be 'adlib.roles\/1', got "adlib.roles\/9"/],
      [text.replace('"role": "train"', '"role": "tests"'), /samples\[\d+\] is not/],
      [text.replace('"samples"', '"sample"'), /is missing/],
      [JSON.stringify({ ...manifest, samples: [manifest.samples[0], manifest.samples[0]] }), /is listed twice/],
    ];
    for (const [content, message] of cases) {
      await writeFile(path, content);
      const error = await readRoles(path).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(DatasetFormatError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toContain(path);
    }
  });
});
