import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthetic, type AuditReport } from '@adlib/datasets';
import { mvtec, writeMvtec } from '@adlib/datasets/node';
import type { EvaluationResults } from '@adlib/pipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spawnCli, type Outcome } from './testing/spawnCli.js';

let dir: string;
const adlib = (args: readonly string[], interruptAt?: RegExp): Promise<Outcome> => spawnCli(dir, args, interruptAt);
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'adlib-audit-'));
  const dataset = synthetic('screw', { good: 10, testGood: 4, defective: 4, size: [64, 80] });
  await writeMvtec(dataset, join(dir, 'clean'));
  await writeMvtec(dataset, join(dir, 'leaky'));
  await copyFile(join(dir, 'leaky/train/good/002.png'), join(dir, 'leaky/test/good/009.png'));
  await writeFile(join(dir, 'disputed.csv'), 'file,reason\ntrain/good/003.png,"mark, within tolerance"\n');
}, 60_000);
afterAll(() => rm(dir, { recursive: true }));

describe('audit', () => {
  test('errors: exit code 3, a table on stdout, one page and JSON', async () => {
    const args = ['audit', 'leaky', '--html', 'out/audit.html', '--json', 'out/audit.json', '--input-size', '32x40'];
    const { code, out, err } = await adlib(args);
    expect(code, err).toBe(3);
    expect(err).toMatch(/^audit: \d+\/19/m);
    expect(err).toContain('written: out/audit.html\nwritten: out/audit.json\n');
    expect(out).toMatch(/^data {6}leaky: 19 images\nfound {5}1 errors, /);
    expect(out).toMatch(/^error +leak +1 +2 +test\/good\/009\.png, train\/good\/002\.png$/m);
    expect(out).toContain(
      'error: test/good/009.png, train/good/002.png: One file is in the roles test and train. Remove it',
    );
    const report = JSON.parse(await readFile(join(dir, 'out/audit.json'), 'utf8')) as AuditReport;
    expect(report).toMatchObject({ schema: 'adlib.audit/1', samples: 19, inputSize: [32, 40], counts: { error: 1 } });
    const page = await readFile(join(dir, 'out/audit.html'), 'utf8');
    expect(page).toContain('<title>Data audit: leaky</title>');
    // The copies, and four defects that are too small, with their masks.
    expect(page.match(/<image href="data:image\/png;base64,/g)?.length).toBe(2 + 4 * 2);
    expect((await readdir(join(dir, 'out'))).sort()).toEqual(['audit.html', 'audit.json']);
  });

  test('no error: exit code 0; --json - prints the report alone; groups by pattern are errors', async () => {
    const [plain, grouped] = await Promise.all([
      adlib(['audit', 'clean', '--json', '-']),
      adlib(['audit', 'clean', '--json', '-', '--group', 'good/(003)']),
    ]);
    expect(plain.code, plain.err).toBe(0);
    expect((JSON.parse(plain.out) as AuditReport).counts.error).toBe(0);
    expect(grouped.code).toBe(3);
    const [leak] = (JSON.parse(grouped.out) as AuditReport).findings;
    expect(leak).toMatchObject({ kind: 'group-leak', files: ['test/good/003.png', 'train/good/003.png'] });
  });

  test('Ctrl-C: 130, an older page stays, nothing is left behind', async () => {
    await mkdir(join(dir, 'old'));
    await writeFile(join(dir, 'old/audit.html'), 'old');
    const { code, out, err } = await adlib(
      ['audit', 'synthetic:screw', '--html', 'old/audit.html', '--json', 'fresh/audit.json'],
      /^audit: /m,
    );
    expect([code, out]).toEqual([130, '']);
    expect(err.trimEnd().split('\n').at(-1)).toBe('adlib: cancelled');
    expect(await readFile(join(dir, 'old/audit.html'), 'utf8')).toBe('old');
    expect(await readdir(join(dir, 'old'))).toEqual(['audit.html']);
    expect(await readdir(dir)).not.toContain('fresh');
  });

  test('disputed images are in no role and in no figure', async () => {
    const train = [
      'train',
      'clean',
      '--out',
      'bundle',
      '--json',
      '--option',
      'size=[16,24]',
      '--option',
      'widths=[4,8]',
    ];
    const trained = await adlib([...train, '--epochs', '1', '--borderline', 'disputed.csv']);
    expect(trained.code, trained.err).toBe(0);
    const { training } = JSON.parse(trained.out) as { training: { images: object; seen: string[] } };
    const { samples } = await mvtec(join(dir, 'clean'));
    const hash = await samples.find(({ id }) => id === 'train/good/003.png')!.hash();
    expect(training.seen).toHaveLength(9);
    expect(training.seen).not.toContain(hash);
    const [json, plain] = await Promise.all([
      adlib(['evaluate', 'bundle', 'clean', '--borderline', 'disputed.csv', '--json', '--report', 'r.html']),
      adlib(['evaluate', 'bundle', 'clean', '--borderline', 'disputed.csv']),
    ]);
    const results = JSON.parse(json.out) as EvaluationResults;
    expect(results.counts).toMatchObject({ images: 8, good: 4 });
    expect(results.disputed).toMatchObject([
      { id: 'train/good/003.png', label: 'good', reason: 'mark, within tolerance' },
    ]);
    expect(plain.out).toMatch(
      /\ndisputed: train\/good\/003\.png, mark, within tolerance: score [\d.e-]+, called \w+\n$/,
    );
    expect(await readFile(join(dir, 'r.html'), 'utf8')).toContain('Disputed images');
  });
});

describe('augment', () => {
  test('writes images and masks that open again, the same for the same seed', async () => {
    const args = ['augment', 'clean', '--regime', 'strong', '--copies', '2', '--part', 'all', '--seed', '4', '--out'];
    const [a, b] = await Promise.all([adlib([...args, 'deep/a']), adlib([...args, 'b'])]);
    expect(a.code, a.err).toBe(0);
    expect(a.err).toMatch(/^write: 54\/54/m);
    expect(a.out).toMatch(
      /^folder {2}deep\/a\nimages {2}54, 36 of them changed\nmasks {3}12\nregime {2}strong, 2 versions, seed 4\n$/,
    );
    expect(b.code).toBe(0);
    const [first, second] = await Promise.all([mvtec(join(dir, 'deep/a')), mvtec(join(dir, 'b'))]);
    expect(first.warnings).toEqual([]);
    expect(first.samples).toHaveLength(54);
    const hashes = (set: typeof first) => Promise.all(set.samples.map((sample) => sample.hash()));
    expect(await hashes(first)).toEqual(await hashes(second));
    expect(new Set(await hashes(first)).size).toBe(54);
  });

  test('versions of one image get one role with --group', async () => {
    const made = await adlib(['augment', 'clean', '--copies', '3', '--out', 'grown']);
    expect(made.code, made.err).toBe(0);
    const group = ['--group', '(.*?)(_aug\\d+)?\\.png'];
    const small = ['--epochs', '1', '--option', 'size=[16,24]', '--option', 'widths=[4,8]', '--json'];
    const { code, out, err } = await adlib(['train', 'grown', '--out', 'grown-bundle', ...small, ...group]);
    expect(code, err).toBe(0);
    const { training, calibration } = JSON.parse(out) as { training: { images: { train: number; validation: number } }; calibration: { n: number } }; // prettier-ignore
    expect([training.images.train, training.images.validation, calibration.n].map((n) => n % 4)).toEqual([0, 0, 0]);
  });

  test('refuses a folder that holds something, and stops at Ctrl-C without a trace', async () => {
    const full = await adlib(['augment', 'clean', '--out', 'leaky']);
    expect([full.code, full.out]).toEqual([2, '']);
    expect(full.err).toBe('adlib: leaky is not empty. Give a new or empty folder, or remove what is in it.\n');
    const stopped = await adlib(['augment', 'synthetic:screw', '--copies', '9', '--out', 'stopped/x'], /^write: /m);
    expect([stopped.code, stopped.out]).toEqual([130, '']);
    expect(await readdir(dir)).not.toContain('stopped');
    expect((await readdir(dir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test.concurrent.each([
  [['audit', 'nowhere'], 'there is no folder nowhere'],
  [['audit', 'clean', '--input-size', '0'], 'It must be a side like 256'],
  [['audit', 'clean', '--group', '('], 'It is no regular expression'],
  [['audit', 'clean', '--layout', 'guess'], 'Allowed choices are'],
  [['audit', 'clean', '--html', 'x.out', '--json', 'x.out'], '--html and --json both name x.out'],
  [['audit', 'clean', '--html', 'clean'], 'clean is a folder; give the name of a file'],
  [['audit', 'clean', '--borderline', 'none.csv'], 'none.csv'],
  [['audit', 'leaky', '--borderline', 'clean/train/good/000.png'], 'clean/train/good/000.png'],
  [['augment', 'clean', '--out', 'y.out', '--regime', 'wild'], 'Allowed choices are none, mild, strong'],
  [['augment', 'clean/train/good', '--out', 'y.out'], 'use a layout with train and test'],
  [['augment', 'clean'], "required option '--out <dir>' not specified"],
])('%j: one line, exit code 2', async (args, text) => {
  const { code, out, err } = await adlib(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^adlib: [^\n]*\n$/);
  expect(err).toContain(text);
  expect((await readdir(dir)).filter((name) => name.endsWith('.out'))).toEqual([]);
});
