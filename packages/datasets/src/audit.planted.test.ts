import { DatasetFormatError, resizeBilinear, toChannels, type Image } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { audit } from './audit.js';
import { auditKinds, type FindingKind } from './audit/kinds.js';
import type { Dataset, Sample } from './dataset.js';
import { decodeImage } from './decode.js';
import { encodePng } from './encode.js';
import { assignRoles } from './roles.js';
import { changed, cleanSet, mapped, masked, planted, remade, turned, withSpot } from './testing/plant.js';

const clean = cleanSet('screw');
const cloth = cleanSet('weave');
const train = 'train/good/003.png';
const stain = 'test/stain/002.png';
const one = 'train/good/007.png';
const copy = 'test/good/copy.png';
const pair = [copy, train];

const leaked = (change: (image: Image) => Image | Promise<Image>): Dataset =>
  planted(clean, copy, remade(clean, train, change));
const spoilt = (change: (image: Image) => Image | Promise<Image>, set = clean): Dataset =>
  planted(set, one, remade(set, one, change));
const mask = (fill: (i: number) => number, size?: number): Dataset => planted(clean, stain, masked(fill, size));
const isGood = ({ label }: Sample): boolean => label === 'good';
const isTrain = ({ split }: Sample): boolean => split === 'train';
const withFiles = (data: number[]): Dataset => {
  const file: Image = { data: Uint8Array.from({ length: 4096 }, (_, i) => data[i % data.length]!), width: 64, height: 64, channels: 1 }; // prettier-ignore
  return planted(clean, stain, { maskFiles: () => Promise.resolve([file]) });
};
const trainIds = clean.samples.filter(isTrain).map(({ id }) => id);
const goodIds = clean.samples.filter(isGood).map(({ id }) => id);
const stainIds = clean.samples.filter((sample) => !isGood(sample)).map(({ id }) => id);
const testGoodIds = goodIds.filter((id) => id.startsWith('test'));

type Case = [fault: string, kind: FindingKind, files: readonly string[], dataset: Dataset, options?: object];
const copies: Case[] = [
  ['a training picture in the test part', 'leak', pair, planted(clean, copy, { from: train })],
  ['the same, saved as JPEG', 'near-leak', pair, leaked(throughJpeg)],
  ['the same, a little brighter', 'near-leak', pair, leaked(mapped((v) => v + 3))],
  ['the same, with noise of one level', 'near-leak', pair, leaked(mapped((v, _y, _x, i) => v + ((i * 7) % 3) - 1))],
  ['the same, resized', 'near-leak', pair, leaked(doubled)],
  ['the same, mirrored', 'near-leak', pair, leaked((image) => ({ ...turned(turned(image)), data: flipped(image) }))],
  ['the same, turned by 90°', 'near-leak', pair, leaked(turned)],
  ['the same, turned by 180° and brighter', 'near-leak', pair, leaked((image) => mapped((v) => v + 2)(turned(turned(image))))],
  ['a copy within the training part', 'duplicate', [train, 'train/good/zz.png'], planted(clean, 'train/good/zz.png', { from: train })],
  ['a near copy within it', 'near-duplicate', [train, 'train/good/zz.png'], planted(clean, 'train/good/zz.png', remade(clean, train, mapped((v) => v + 2)))],
  ['a defective picture among the good', 'label-conflict', ['test/good/x.png', stain], planted(clean, 'test/good/x.png', { from: stain })],
  ['a near copy of one among the good', 'near-conflict', ['test/good/x.png', stain], planted(clean, 'test/good/x.png', remade(clean, stain, mapped((v) => v + 2)))],
  ['one file under two defect types', 'type-conflict', ['test/rust/x.png', stain], planted(clean, 'test/rust/x.png', { from: stain })],
  ['another view of a part in the test part', 'group-leak', ['test/good/004.png', train], planted(planted(clean, train, { group: 'p7' }), 'test/good/004.png', { group: 'p7' })],
  ['views told apart by name', 'group-leak', ['test/good/003.png', train], clean, { group: ({ id }: Sample) => (id.endsWith('good/003.png') ? '3' : undefined) }],
  ['a defective picture to learn from', 'defective-in-train', ['train/stain/000.png'], planted(clean, 'train/stain/000.png', { ...remade(clean, stain, mapped((v) => 255 - v)), ...masked((i) => (i > 1000 && i < 1020 ? 1 : 0)) })],
]; // prettier-ignore

const pictures: Case[] = [
  ['a grey card', 'blank', [one], spoilt(mapped(() => 120))],
  ['lamp off', 'brightness', [one], spoilt(mapped((v) => v * 0.6))],
  ['haze', 'contrast', [one], spoilt(mapped((v) => 160 + (v - 160) * 0.45))],
  ['overexposed', 'clipped', [one], spoilt(mapped((v) => (v > 150 ? 255 : v)))],
  ['out of focus', 'blur', [one], spoilt(blurred)],
  ['a noisy sensor', 'noise', [one], spoilt(mapped((v, _y, _x, i) => v + ((i * 7919) % 61) - 30))],
  ['a colour cast', 'colour', [one], spoilt(mapped((v, _y, _x, i) => v * (i % 3 === 2 ? 0.75 : 1)), cloth)],
  ['a green cast', 'colour', [one], spoilt(mapped((v, _y, _x, i) => v * (i % 3 === 1 ? 1.25 : 1)), cloth)],
  ['a picture without colour', 'colour', [one], spoilt((image) => toChannels(toChannels(image, 1), 3), cloth)],
  ['another size', 'size', [one], spoilt(doubled)],
  ['16 bit among 8 bit', 'bit-depth', [one], spoilt((image) => ({ ...image, data: Uint16Array.from(image.data, (v) => 257 * v) }))],
  ['colour among grey', 'channels', [one], spoilt((image) => toChannels(image, 3))],
  ['JPEG among PNG', 'file-type', ['train/good/photo.JPEG'], planted(clean, 'train/good/photo.JPEG', remade(clean, one, mapped((v, y) => v - 20 * y)))],
  ['all defective pictures of another type', 'shortcut', stainIds.map((id) => id.replace('png', 'jpg')), { ...clean, samples: clean.samples.map((s) => (isGood(s) ? s : { ...s, id: s.id.replace('png', 'jpg') })) }],
  ['black bars', 'bars', [one], spoilt(mapped((v, y) => (y < 0.1 || y > 0.9 ? 0 : v)))],
  ['a transfer that broke off', 'bars', [one], spoilt(mapped((v, y) => (y > 0.5 ? 128 : v)))],
  ['a part pushed out of the frame', 'out-of-frame', [one], spoilt(pushed)],
  ['another part among the good', 'stranger', [one], planted(clean, one, remade(cloth, one, (image) => toChannels(image, 1)))],
  ['a broken file', 'unreadable', [one], planted(clean, one, { image: () => Promise.reject(new DatasetFormatError(`${one}: is damaged.`)) })],
]; // prettier-ignore

const dark = (v: number, y: number, x: number): number => v * (1 - 0.5 * ((y - 0.5) ** 2 + (x - 0.5) ** 2));
const light: Case[] = [
  ['a lens that darkens the corners', 'vignetting', goodIds, changed(clean, () => true, mapped(dark))],
  ['one picture with dark corners', 'vignetting', [one], spoilt(mapped(dark))],
  ['a reflection in another place', 'highlight', [one], changed(clean, isGood, (image, i) => withSpot(goodIds[i] === one ? [0.8, 0.75] : [0.2 + 0.001 * (i % 7), 0.25])(image))],
  ['a reflection that wanders', 'order-drift', trainIds, changed(clean, isGood, (image, i) => withSpot(goodIds[i]!.startsWith('train') ? [0.2 + 0.01 * i, 0.3] : [0.28, 0.3])(image))],
  ['a lamp that fades from file to file', 'order-drift', trainIds, changed(clean, isTrain, (image, i) => mapped((v) => v * (1 - 0.012 * i))(image))],
  ['test pictures under other light', 'drift', testGoodIds, changed(clean, ({ id }) => id.startsWith('test/good'), mapped((v) => v * 0.85))],
]; // prettier-ignore

const masks: Case[] = [
  ['an empty mask', 'mask-empty', [stain], mask(() => 0)],
  ['an inverted mask', 'mask-full', [stain], mask((i) => (i % 10 === 0 ? 0 : 1))],
  ['a mask of another size', 'mask-size', [stain], mask(() => 1, 32)],
  ['a mask that cannot be read', 'mask-unreadable', [stain], planted(clean, stain, { mask: () => Promise.reject(new Error('x.png: is damaged.')) })],
  ['a mask at the border', 'mask-border', [stain], mask((i) => (i < 90 ? 1 : 0))],
  ['a mask file with soft edges', 'mask-grey', [stain], withFiles([0, 0, 90, 255, 140])],
  ['mask values other than 0 and 1', 'mask-grey', [stain], mask((i) => (i > 2000 && i < 2010 ? i % 5 : 0))],
  ['specks beside the defect', 'mask-specks', [stain], mask((i) => ((i > 1000 && i < 1020) || i === 3000 ? 1 : 0))],
  ['one mask for two pictures', 'mask-copy', ['test/stain/000.png', stain], planted(mask((i) => (i > 1000 && i < 1020 ? 1 : 0)), 'test/stain/000.png', masked((i) => (i > 1000 && i < 1020 ? 1 : 0)))],
  ['a mark on a good picture', 'mask-good', ['test/good/001.png'], planted(clean, 'test/good/001.png', masked((i) => (i > 1000 && i < 1020 ? 1 : 0)))],
  ['a tiny defect', 'defect-small', [stain], mask((i) => (i >= 1000 && i < 1003 ? 1 : 0)), { inputSize: [128, 128] }],
  ['no mask', 'mask-missing', [stain], { ...clean, samples: clean.samples.map((s) => (s.id === stain ? without(s) : s)) }],
]; // prettier-ignore

const few = { ...clean, samples: clean.samples.filter(({ id }) => id !== stain) };
const counts: Case[] = [
  ['nine pictures of a defect', 'class-small', stainIds.filter((id) => id !== stain), few],
  ['a small test part', 'test-small', [...testGoodIds, ...stainIds], clean],
  ['a small training part', 'train-small', trainIds, clean],
];

const faults = [...copies, ...pictures, ...light, ...masks, ...counts];

describe('planted faults', () => {
  test('are 30 kinds or more, and every kind of finding', () => {
    expect(faults.length).toBeGreaterThanOrEqual(30);
    expect([...new Set(faults.map(([, kind]) => kind))].sort()).toEqual(Object.keys(auditKinds).sort());
  });

  const usual = new Set(['test-small', 'train-small']);
  test.each(faults)('finds %s: %s', async (_, kind, files, dataset, options = {}) => {
    const { findings } = await audit(dataset, options);
    const all = findings.filter((one) => one.kind === kind).flatMap((one) => one.files);
    expect(all.sort()).toEqual([...files].sort());
    // Whatever else is found concerns the same pictures: anything more would be a false alarm.
    for (const other of findings.filter((one) => !usual.has(one.kind)))
      expect(files, `${other.kind}: ${other.message}`).toEqual(expect.arrayContaining([...other.files]));
  });

  test('finds a leak between the roles of a manifest', async () => {
    const near = planted(clean, 'train/good/zz.png', remade(clean, train, mapped((v) => v + 2))); // prettier-ignore
    const manifest = await assignRoles(near);
    manifest.samples.find(({ id }) => id === train)!.role = 'train';
    manifest.samples.find(({ id }) => id === 'train/good/zz.png')!.role = 'calibration';
    const { findings } = await audit(near, { manifest });
    expect(findings[0]).toMatchObject({ kind: 'near-leak', files: [train, 'train/good/zz.png'] });
    expect(findings[0]!.message).toContain('Roles: train and calibration.');
  });
});

function without(sample: Sample): Sample {
  const bare = { ...sample };
  delete bare.mask;
  return bare;
}

async function throughJpeg(image: Image): Promise<Image> {
  const { default: sharp } = await import('sharp');
  const png = await encodePng(image);
  return decodeImage(await sharp(png).toColourspace('b-w').jpeg({ quality: 92 }).toBuffer());
}

function flipped({ data, width }: Image): Uint8Array {
  return Uint8Array.from(data, (_, i) => data[i - (i % width) + width - 1 - (i % width)]!);
}

function doubled(image: Image): Image {
  const [height, width] = [image.height * 2, image.width * 2];
  const data = Uint8Array.from(resizeBilinear(image.data, [image.height, image.width], [height, width]));
  return { ...image, height, width, data };
}

function blurred(image: Image): Image {
  const small = resizeBilinear(image.data, [64, 64], [20, 20]);
  return { ...image, data: Uint8Array.from(resizeBilinear(small, [20, 20], [64, 64])) };
}

/** The picture moved by 40 % of its width, what comes in repeated. */
function pushed({ data, width, height, channels }: Image): Image {
  const by = Math.round(0.4 * width);
  const moved = Uint8Array.from(data, (_, i) => data[i - (i % width) + Math.min((i % width) + by, width - 1)]!);
  return { data: moved, width, height, channels };
}
