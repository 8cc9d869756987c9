import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatasetFormatError, resizeBilinear, type Image, type Mask } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { audit, type AuditReport } from './audit.js';
import type { FindingKind } from './audit/findings.js';
import type { Dataset, Sample } from './dataset.js';
import { decodeImage } from './decode.js';
import { encodePng } from './encode.js';
import { mvtec } from './mvtec.js';
import { assignRoles } from './roles.js';
import { synthetic } from './synthetic.js';

const drawn = synthetic('screw', { seed: 1, good: 16, testGood: 10, defective: 10, defects: ['stain'], size: 64 });
/** The same, each picture drawn once. */
const clean: Dataset = {
  ...drawn,
  samples: drawn.samples.map((sample) => {
    const image = sample.image();
    const hash = sample.hash();
    return { ...sample, image: () => image, hash: () => hash };
  }),
};

/** The clean set with one sample replaced or added. */
function planted(id: string, change: Partial<Sample> & { from?: string }): Dataset {
  const { from = id, ...rest } = change;
  const source = clean.samples.find((sample) => sample.id === from)!;
  const label = id.includes('/good/') ? 'good' : 'defective';
  const sample: Sample = {
    ...source,
    id,
    label,
    defect: id.split('/')[1]!,
    split: id.startsWith('train') ? 'train' : 'test',
    ...rest,
  };
  const samples = [...clean.samples.filter((other) => other.id !== id), sample];
  return { ...clean, samples: samples.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Another picture made from one of the clean set's, under a hash of its own. */
function remade(from: string, change: (image: Image) => Image | Promise<Image>): Partial<Sample> & { from: string } {
  const source = clean.samples.find((sample) => sample.id === from)!;
  return { from, hash: () => Promise.resolve(`remade ${from}`), image: async () => change(await source.image()) };
}
const mapped =
  (f: (value: number, i: number) => number) =>
  (image: Image): Image => ({
    ...image,
    data: Uint8Array.from(image.data, (v, i) => Math.min(Math.max(f(v, i), 0), 255)),
  });
const masked = (fill: (i: number) => number, size = 64): Partial<Sample> => ({
  mask: () =>
    Promise.resolve({
      data: Uint8Array.from({ length: size * size }, (_, i) => fill(i)),
      width: size,
      height: size,
    } satisfies Mask),
});

async function found(dataset: Dataset, options = {}): Promise<Map<FindingKind, string[]>> {
  const report: AuditReport = await audit(dataset, options);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report.counts.error + report.counts.warning + report.counts.note).toBe(report.findings.length);
  for (const { message, advice } of report.findings) {
    expect(message).toMatch(/\.$/);
    expect(advice).toMatch(/\.$/);
  }
  return new Map(report.findings.map(({ kind, files }) => [kind, [...files]]));
}

describe('audit', () => {
  test.each(['screw', 'weave'] as const)('a clean set of drawn parts has no finding: %s', async (kind) => {
    expect(await found(synthetic(kind, { seed: 5, good: 30, testGood: 10, defective: 40, size: 64 }))).toEqual(
      new Map(),
    );
  });

  const train = 'train/good/003.png';
  const stain = 'test/stain/002.png';
  const one = 'train/good/007.png';
  const leaked = (change: (image: Image) => Image | Promise<Image>): Dataset =>
    planted('test/good/copy.png', remade(train, change));
  const cases: [string, FindingKind, string[], Dataset, object?][] = [
    [
      'a training picture in the test part',
      'leak',
      ['test/good/copy.png', train],
      planted('test/good/copy.png', { from: train }),
    ],
    ['the same, saved as JPEG', 'near-leak', ['test/good/copy.png', train], leaked(throughJpeg)],
    ['the same, a little brighter', 'near-leak', ['test/good/copy.png', train], leaked(mapped((v) => v + 3))],
    [
      'the same, with noise of one level',
      'near-leak',
      ['test/good/copy.png', train],
      leaked(mapped((v, i) => v + ((i * 7) % 3) - 1)),
    ],
    ['the same, resized', 'near-leak', ['test/good/copy.png', train], leaked(doubled)],
    [
      'a copy within the training part',
      'duplicate',
      ['train/good/zz.png', train].sort(),
      planted('train/good/zz.png', { from: train }),
    ],
    [
      'a near copy within it',
      'near-duplicate',
      [train, 'train/good/zz.png'],
      planted(
        'train/good/zz.png',
        remade(
          train,
          mapped((v) => v + 2),
        ),
      ),
    ],
    [
      'a defective picture among the good',
      'label-conflict',
      ['test/good/x.png', stain],
      planted('test/good/x.png', { from: stain }),
    ],
    [
      'a grey card',
      'blank',
      [one],
      planted(
        one,
        remade(
          one,
          mapped(() => 120),
        ),
      ),
    ],
    [
      'lamp off',
      'brightness',
      [one],
      planted(
        one,
        remade(
          one,
          mapped((v) => v * 0.6),
        ),
      ),
    ],
    [
      'haze',
      'contrast',
      [one],
      planted(
        one,
        remade(
          one,
          mapped((v) => 160 + (v - 160) * 0.45),
        ),
      ),
    ],
    [
      'overexposed',
      'clipped',
      [one],
      planted(
        one,
        remade(
          one,
          mapped((v) => (v > 150 ? 255 : v)),
        ),
      ),
    ],
    ['out of focus', 'blur', [one], planted(one, remade(one, blurred))],
    ['another size', 'format', [one], planted(one, remade(one, doubled))],
    [
      'a broken file',
      'unreadable',
      [one],
      planted(one, { image: () => Promise.reject(new DatasetFormatError(`${one}: is damaged.`)) }),
    ],
    [
      'an empty mask',
      'mask-empty',
      [stain],
      planted(
        stain,
        masked(() => 0),
      ),
    ],
    [
      'an inverted mask',
      'mask-full',
      [stain],
      planted(
        stain,
        masked((i) => (i % 10 === 0 ? 0 : 1)),
      ),
    ],
    [
      'a mask of another size',
      'mask-size',
      [stain],
      planted(
        stain,
        masked(() => 1, 32),
      ),
    ],
    [
      'a mask at the border',
      'mask-border',
      [stain],
      planted(
        stain,
        masked((i) => (i < 90 ? 1 : 0)),
      ),
    ],
    [
      'a tiny defect',
      'defect-small',
      [stain],
      planted(
        stain,
        masked((i) => (i === 999 ? 1 : 0)),
      ),
      { inputSize: [128, 128] },
    ],
  ];
  test.each(cases)('finds %s: %s', async (_, kind, files, dataset, options) => {
    expect((await found(dataset, options)).get(kind)).toEqual(files);
  });

  test('finds test pictures under other light', async () => {
    const samples = clean.samples.map((sample) =>
      sample.id.startsWith('test/good')
        ? { ...sample, image: async () => mapped((v) => v * 0.85)(await sample.image()) }
        : sample,
    );
    expect((await found({ ...clean, samples })).get('drift')?.length).toBe(10);
  });

  test('finds a missing mask, few pictures, and a leak between roles of a manifest', async () => {
    const bare = { ...clean.samples.find(({ id }) => id === stain)! };
    delete bare.mask;
    const samples = clean.samples.filter(({ id }) => id !== stain && id !== 'test/good/000.png');
    const all = await found({ ...clean, samples: [...samples, bare] });
    expect(all.get('mask-missing')).toEqual([stain]);
    expect(all.get('class-small')?.length).toBe(9);
    const near = planted(
      'train/good/zz.png',
      remade(
        train,
        mapped((v) => v + 2),
      ),
    );
    const manifest = await assignRoles(near);
    manifest.samples.find(({ id }) => id === train)!.role = 'train';
    manifest.samples.find(({ id }) => id === 'train/good/zz.png')!.role = 'calibration';
    expect((await found(near, { manifest })).get('near-leak')).toEqual([train, 'train/good/zz.png']);
  });

  test('can be stopped, and refuses wrong options', async () => {
    await expect(audit(clean, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
    await expect(audit(clean, { inputSize: [0, 3] })).rejects.toThrow('inputSize[0] must be an integer >= 1');
    await expect(audit(clean, { size: 3 } as object)).rejects.toThrow('got size');
  });

  const real = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
  test.skipIf(!existsSync(real))('no false leak in a real set', async () => {
    const { counts, findings } = await audit(await mvtec(join(real, 'hazelnut_toy')));
    expect(counts.error).toBe(0);
    expect(findings.map(({ kind }) => kind)).toEqual(['format', 'class-small']);
  });
});

async function throughJpeg(image: Image): Promise<Image> {
  const { default: sharp } = await import('sharp');
  const png = await encodePng(image);
  return decodeImage(await sharp(png).toColourspace('b-w').jpeg({ quality: 92 }).toBuffer());
}

function doubled(image: Image): Image {
  const [height, width] = [image.height * 2, image.width * 2];
  return {
    ...image,
    height,
    width,
    data: Uint8Array.from(resizeBilinear(image.data, [image.height, image.width], [height, width])),
  };
}

function blurred(image: Image): Image {
  const small = resizeBilinear(image.data, [64, 64], [20, 20]);
  return { ...image, data: Uint8Array.from(resizeBilinear(small, [20, 20], [64, 64])) };
}
