import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Dataset } from './dataset.js';
import { mvtec } from './mvtec.js';
import { synthetic } from './synthetic.js';
import { writeMvtec } from './writeMvtec.js';

const newDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'adlib-write-'));

test('what is written opens as the same data set', async () => {
  for (const kind of ['screw', 'weave'] as const) {
    const dir = await newDir();
    const dataset = synthetic(kind, { seed: 2, good: 3, testGood: 1, defective: 4, size: [64, 72] });
    const stages: number[] = [];
    await writeMvtec(dataset, dir, { onProgress: ({ done }) => stages.push(done) });
    expect(stages).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const opened = await mvtec(dir);
    expect(opened.warnings).toEqual([]);
    expect(opened.samples.map(({ id }) => id)).toEqual(dataset.samples.map(({ id }) => id));
    for (const [i, sample] of opened.samples.entries()) {
      expect(await sample.image()).toEqual(await dataset.samples[i]!.image());
      expect(await sample.mask?.()).toEqual(await dataset.samples[i]!.mask?.());
    }
  }
});

test('refuses a folder that holds something, samples without a place, and stops when told', async () => {
  const dir = await newDir();
  const dataset = synthetic('screw', { good: 2, testGood: 0, defective: 0, size: 64 });
  await expect(writeMvtec(dataset, dir, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  expect(await readdir(dir)).toEqual([]);
  await writeFile(join(dir, 'x'), '');
  await expect(writeMvtec(dataset, dir)).rejects.toThrow('dir must be a new or empty folder');
  const noSplit: Dataset = { ...dataset, samples: dataset.samples.map((s) => ({ ...s, split: undefined })) };
  await expect(writeMvtec(noSplit, join(dir, 'a'))).rejects.toThrow(/got 'train\/good\/000\.png \(good, no split\)'/);
  const twice: Dataset = { ...dataset, samples: [dataset.samples[0]!, dataset.samples[0]!] };
  await expect(writeMvtec(twice, join(dir, 'a'))).rejects.toThrow('two samples would be written to train/good/000.png');
});
