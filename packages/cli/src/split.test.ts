import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthetic, type RoleManifest } from '@adlib/datasets';
import { readRoles, writeMvtec } from '@adlib/datasets/node';
import type { EvaluationResults } from '@adlib/pipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spawnCli } from './testing/spawnCli.js';

const small = ['--option', 'size=[16,16]', '--option', 'widths=[4,8]', '--epochs', '1', '--json'];
let dir: string;
const adlib = (...args: string[]) => spawnCli(dir, args);
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-split-'));
  await writeMvtec(synthetic('screw', { good: 18, testGood: 3, defective: 12, size: 64 }), join(dir, 'screws'));
});
afterAll(() => rm(dir, { recursive: true }));

const count = ({ samples }: RoleManifest, role: string, label: string) =>
  samples.filter((entry) => entry.role === role && entry.label === label).length;

describe('split', () => {
  test('writes the roles: same seed, same file; shares of defective images are recorded with it', async () => {
    const args = ['split', 'screws', '--seed', '5', '--partial', '0.2', '--noise', '0.1', '--out'];
    const [first, again, other, none] = await Promise.all([
      adlib(...args, 'a/roles.json'),
      adlib(...args, 'again.json'),
      adlib(...args, 'other.json', '--seed', '6'),
      adlib('split', 'screws', '--out', 'none.json'),
    ]);
    for (const { code, err } of [first, again, other, none]) expect([code, err]).toEqual([0, '']);
    const text = await readFile(join(dir, 'a/roles.json'), 'utf8');
    expect(await readFile(join(dir, 'again.json'), 'utf8')).toBe(text);
    const manifest = await readRoles(join(dir, 'a/roles.json'));
    expect(manifest.drawn.seed).toBe(5);
    expect(manifest.changes).toEqual([
      { by: 'partial', share: 0.2, seed: 5, defective: 5, total: 23 },
      { by: 'withNoise', share: 0.1, seed: 5, defective: 1, total: 13 },
    ]);
    expect([count(manifest, 'calibration', 'defective'), count(manifest, 'train', 'defective')]).toEqual([5, 1]);
    expect(count(manifest, 'test', 'defective')).toBe(12 - 5 - 1);
    expect(first.out).toMatch(/noise +0\.1 asked for: 1 of 13 images to learn from are defective/);
    expect(first.out).toMatch(/^test +3 +6$/m);
    const ofTest = (one: RoleManifest) => one.samples.filter(({ role }) => role === 'test').map(({ id }) => id);
    expect(ofTest(await readRoles(join(dir, 'other.json')))).not.toEqual(ofTest(manifest));
    expect((await readRoles(join(dir, 'none.json'))).changes).toBeUndefined();
  });

  test('train learns and calibrates by the roles, evaluate scores their test images', async () => {
    const split = await adlib('split', 'screws', '--partial', '0.2', '--noise', '0.1', '--out', 'roles.json');
    expect(split.code, split.err).toBe(0);
    const rule = ['--threshold-rule', 'maxF1'];
    const trained = await adlib('train', 'screws', '--roles', 'roles.json', '--out', 'bundle', ...rule, ...small);
    expect(trained.code, trained.err).toBe(0);
    expect(JSON.parse(trained.out)).toMatchObject({ training: { images: { train: 13 } }, threshold: { rule: 'maxF1' } }); // prettier-ignore
    const scored = await adlib('evaluate', 'bundle', 'screws', '--roles', 'roles.json', '--json');
    expect(scored.code, scored.err).toBe(0);
    const { counts, warnings } = JSON.parse(scored.out) as EvaluationResults;
    expect(counts).toMatchObject({ good: 3, defective: 6 });
    expect(warnings.join()).not.toContain('learned from');
    // Without the roles, the images mixed in are tested on, and that is told.
    const careless = await adlib('evaluate', 'bundle', 'screws', '--json');
    expect((JSON.parse(careless.out) as EvaluationResults).counts.defective).toBe(12);
    expect(careless.err).toMatch(/warning: .*6 /);
  });

  test.each([
    [['split', 'screws', '--out', 'x.json', '--noise', '0.6'], 'withNoise: level must be'],
    [['split', 'screws', '--out', 'x.json', '--partial', 'ten'], 'It must be a number like 0.1.'],
    [['train', 'screws', '--out', 'y', '--roles', 'list.json'], "schema must be 'adlib.roles/1'"],
    [['train', 'screws', '--out', 'y', '--roles', 'list.json', '--group', 'a'], 'Give it to adlib split.'],
    [['train', 'screws', '--out', 'y', '--threshold-rule', 'maxF1'], 'defective'],
  ])('%j: one line, exit code 2', async (args, text) => {
    await writeFile(join(dir, 'list.json'), '[{"image":"a.png","label":"good"}]');
    const { code, out, err } = await adlib(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^adlib: [^\n]*\n$/);
    expect(err).toContain(text);
  });

  test('options of a layout go to it', async () => {
    await writeFile(join(dir, 'list.csv'), 'image,label\ntrain/good/000.png,good\ntrain/good/001.png,good\n');
    const args = ['audit', 'list.csv', '--layout', 'csv', '--layout-option'];
    const named = await adlib(...args, 'root=screws', '--layout-option', 'name=two screws');
    expect(named.code, named.err).toBe(0);
    expect(named.out).toMatch(/^data +two screws: 2 images$/m);
    const wrong = await adlib(...args, 'folder=screws');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('csvList: options must only have')]);
    const alone = await adlib('audit', 'screws', '--layout-option', 'name=x');
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining('--layout-option needs --layout')]);
  });
});
