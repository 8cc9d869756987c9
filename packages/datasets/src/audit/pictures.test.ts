import { expect, test } from 'vitest';
import { audit } from '../audit.js';
import { augmentImage, type Augmentation } from '../augment.js';
import { synthetic } from '../synthetic.js';
import { auditPictures } from './pictures.js';

const none: Augmentation = { rotation: 0, scale: 1, shift: [0, 0], flip: false, brightness: 1, contrast: 1 };
const drawn = synthetic('weave', { good: 9, testGood: 2, defective: 4, defects: ['dent'], size: [64, 96] });
const dents = [0, 1, 2, 3].map((i) => `test/dent/00${i}.png`);
const dark = 'train/good/004.png';
/** All dents are copies of one file, and one good picture is dark. */
const dataset = {
  ...drawn,
  samples: drawn.samples.map((sample) => {
    if (dents.includes(sample.id)) return { ...sample, hash: () => Promise.resolve('dent') };
    if (sample.id !== dark) return sample;
    return { ...sample, image: async () => augmentImage(await sample.image(), { ...none, brightness: 0.5 }) };
  }),
};

test('gives each picture once, small, with its mask where it has one, and a usual one', async () => {
  const stages: number[] = [];
  const report = await audit(dataset);
  const { usual } = report.findings.find(({ kind }) => kind === 'brightness')!;
  expect(usual).toMatch(/^train\/good\/00[^4]\.png$/);
  const pictures = await auditPictures(dataset, report, { side: 48, onProgress: ({ done }) => stages.push(done) });
  expect(pictures.map(({ id }) => id)).toEqual([...dents, dark, usual]);
  expect(stages).toEqual([1, 2, 3, 4, 5, 6]);
  for (const { id, image, mask } of pictures) {
    expect(image).toMatchObject({ width: 48, height: 32, channels: 3 });
    expect(image.data).toBeInstanceOf(Uint8Array);
    expect(mask?.data.length).toBe(id.includes('dent') ? 48 * 32 : undefined);
    if (mask) expect(mask.data).toContain(1);
  }
  expect(await auditPictures(dataset, report, { most: 2 })).toHaveLength(2);
  expect((await auditPictures(dataset, report))[0]!.image.width).toBe(96);
});

test('leaves out what cannot be read, and refuses another set and wrong options', async () => {
  const samples = dataset.samples.map((s) => (s.id === dents[0] ? { ...s, image: () => Promise.reject(new Error('x')) } : s)); // prettier-ignore
  const report = await audit({ ...dataset, samples });
  const ids = (await auditPictures({ ...dataset, samples }, report)).map(({ id }) => id);
  expect(ids).not.toContain(dents[0]);
  expect(ids).toContain(dents[1]);
  await expect(auditPictures({ ...dataset, samples: [] }, report)).rejects.toThrow('report must be of the data set');
  await expect(auditPictures(dataset, report, { side: 0 })).rejects.toThrow('side must be an integer in [8');
  const stop = { signal: AbortSignal.abort(new Error('stop')) };
  await expect(auditPictures(dataset, report, stop)).rejects.toThrow('stop');
});
