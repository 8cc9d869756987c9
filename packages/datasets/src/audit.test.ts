import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { audit } from './audit.js';
import { auditKinds } from './audit/kinds.js';
import { writePng } from './encode.js';
import { mvtec } from './mvtec.js';
import { synthetic } from './synthetic.js';
import { cleanSet } from './testing/plant.js';
import { writeMvtec } from './writeMvtec.js';

const clean = cleanSet('screw');

describe('audit', () => {
  test.each(['screw', 'weave'] as const)('a clean set of drawn parts has no finding: %s', async (kind) => {
    const report = await audit(synthetic(kind, { seed: 5, good: 30, testGood: 30, defective: 60, size: [72, 64] }));
    expect(report.findings).toEqual([]);
    expect(report.counts).toEqual({ error: 0, warning: 0, note: 0 });
    expect(report.comparison).toMatchObject({ pairs: 60 * 119, samePicture: 0 });
  });

  test('is plain JSON: counts by role and defect, sizes of defects', async () => {
    const report = await audit(clean, { inputSize: [32, 48] });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({
      schema: 'adlib.audit/1',
      dataset: 'synthetic-screw',
      samples: 36,
      inputSize: [32, 48],
    });
    expect(report.groups).toEqual([
      { role: 'train', label: 'good', defect: 'good', samples: 16, withMask: 0 },
      { role: 'test', label: 'good', defect: 'good', samples: 10, withMask: 0 },
      { role: 'test', label: 'defective', defect: 'stain', samples: 10, withMask: 10 },
    ]);
    const [stain] = report.defects;
    expect(stain).toMatchObject({ defect: 'stain', masks: 10 });
    const masks = await Promise.all(
      clean.samples.filter((s) => s.mask !== undefined).map(async (s) => (await s.mask!()).data),
    );
    const shares = masks.map((data) => data.reduce((a, b) => a + b, 0) / 4096).sort((a, b) => a - b);
    expect(stain!.share).toEqual([shares[0], (shares[4]! + shares[5]!) / 2, shares[9]]);
    expect(report.findings.length).toBeGreaterThan(0);
    for (const { kind, level, title, message, why, advice } of report.findings) {
      expect({ level, title, why, advice }).toEqual(auditKinds[kind]);
      expect(message).toMatch(/^[A-Z0-9].*\.$/);
    }
    for (const facts of Object.values(auditKinds)) {
      expect(facts.why).toMatch(/\.$/);
      expect(facts.advice).toMatch(/\.$/);
    }
  });

  test('one sample, none, and pictures that are all alike', async () => {
    expect((await audit({ ...clean, samples: [] })).findings).toEqual([]);
    expect((await audit({ ...clean, samples: clean.samples.slice(0, 1) })).comparison.pairs).toBe(0);
    const same = clean.samples.map((sample) => ({ ...sample, hash: () => Promise.resolve('one') }));
    const kinds = (await audit({ ...clean, samples: same })).findings.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['label-conflict', 'leak']));
  });

  test('reads each picture once', async () => {
    const reads = new Map<string, number>();
    const samples = clean.samples.map((sample) => ({
      ...sample,
      image: () => {
        reads.set(sample.id, (reads.get(sample.id) ?? 0) + 1);
        return sample.image();
      },
    }));
    await audit({ ...clean, samples });
    expect([...new Set(reads.values())]).toEqual([1]);
    expect(reads.size).toBe(36);
  });

  test('looks at the files of masks as they are stored', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'adlib-audit-'));
    await writeMvtec(
      synthetic('weave', { good: 4, testGood: 2, defective: 2, defects: ['dent'], size: [64, 80] }),
      dir,
    );
    const truth = join(dir, 'ground_truth/dent/000_mask.png');
    const data = Uint8Array.from({ length: 64 * 80 }, (_, i) => (i > 2000 && i < 2100 ? 130 + (i % 100) : 0));
    await writePng(truth, { data, width: 80, height: 64, channels: 1 });
    const { findings } = await audit(await mvtec(dir));
    const grey = findings.filter(({ kind }) => kind === 'mask-grey');
    expect(grey.map(({ files }) => files)).toEqual([['test/dent/000.png']]);
    expect(grey[0]!.message).toBe('Its mask has 98 values between black and white.');
  });

  test('every kind stands in the manual, with its level and title', async () => {
    const page = await readFile(new URL('../../../docs/datasets.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (error|warning|note) +\| (.*?) +\|$/gm)];
    expect(rows.map(([, kind, level, title]) => [kind, level, title])).toEqual(
      Object.entries(auditKinds).map(([kind, { level, title }]) => [kind, level, title]),
    );
  });

  test('can be stopped, and refuses wrong options', async () => {
    await expect(audit(clean, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
    await expect(audit(clean, { inputSize: [0, 3] })).rejects.toThrow('inputSize[0] must be an integer >= 1');
    await expect(audit(clean, { group: 'x' } as object)).rejects.toThrow('group must be a function');
    await expect(audit(clean, { size: 3 } as object)).rejects.toThrow('got size');
  });

  const real = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
  test.skipIf(!existsSync(real)).each([
    ['hazelnut_toy', ['size', 'test-small', 'test-small', 'class-small'], 1275],
    ['mvtec/bottle', ['mask-border', 'mask-border', 'mask-border', 'test-small'], 42_486],
    ['mvtec/screw', ['drift', 'mask-missing'], 114_960],
  ] as const)(
    'no false leak in a real set: %s',
    async (name, kinds, pairs) => {
      const { counts, findings, comparison } = await audit(await mvtec(join(real, name)));
      expect(counts.error).toBe(0);
      expect(comparison).toMatchObject({ pairs, samePicture: 0 });
      expect(findings.map(({ kind }) => kind)).toEqual(kinds);
    },
    60_000,
  );
});
