import { join } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import type { Dataset, Sample } from '../dataset.js';
import { fileSample, isFolder, type FileSampleSource } from '../files.js';
import { checkHeaders, nameOf } from '../layout.js';
import { mvtecAdForm, readMvtecForm } from './mvtecForm.js';
import type { Reading } from './reading.js';

/** Options of {@link mvtecAd2}. */
export interface MvtecAd2Options {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/** A picture whose ground truth is not public. */
export type UnlabelledSample = Pick<Sample, 'id' | 'group' | 'hash' | 'image'>;

/** What {@link mvtecAd2} opens. */
export interface MvtecAd2Dataset extends Dataset {
  /** Pictures of `test_private` and `test_private_mixed`, sorted by id: to be scored, and measured by the authors' server. */
  readonly unlabelled: readonly UnlabelledSample[];
}

const form = {
  ...mvtecAdForm,
  validation: 'validation',
  test: 'test_public',
  truth: 'test_public/ground_truth',
  group: partOf,
} as const;

/**
 * Opens a category of MVTec AD 2: `train/good`, `validation/good`, `test_public/good`, `test_public/bad`, masks in
 * `test_public/ground_truth/bad/<name>_mask.png`. The validation part keeps its own (`split` is `validation`). Pictures of one
 * part under several lights (`001_regular.png`, `001_overexposed.png`) have one `group`. Pictures of `test_private` and
 * `test_private_mixed` have no public ground truth: they are in `unlabelled`, never in `samples`.
 *
 * Licence: CC BY-NC-SA 4.0. Cite: L. Heckler-Kram, J.-H. Neudeck, U. Scheler, R. König, C. Steger, "The MVTec AD 2 dataset:
 * advanced scenarios for unsupervised anomaly detection", arXiv 2503.21622, 2025.
 *
 * @param dir - the folder of one category, for example `mvtec_ad_2/can`
 * @param options - another name
 * @returns the data set, sorted by path; the defect type is `bad`
 * @throws DatasetFormatError listing everything that is wrong, as for `mvtec`
 * @example
 * ```ts
 * import { mvtecAd2, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * const picture = { data: new Uint8Array(6), width: 3, height: 2, channels: 1 } as const;
 * for (const name of ['train/good/000', 'train/good/001', 'validation/good/000', 'test_private/000_regular'])
 *   await writePng(join(dir, `${name}.png`), picture);
 * const { samples, unlabelled } = await mvtecAd2(dir);
 * console.log(samples.length, unlabelled[0]?.id); // 3 test_private/000_regular.png
 * ```
 * @see https://www.mvtec.com/company/research/datasets/mvtec-ad-2
 */
export async function mvtecAd2(dir: string, options: MvtecAd2Options = {}): Promise<MvtecAd2Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('mvtecAd2', options, ['name']);
  const reading = await readMvtecForm('mvtecAd2', dir, form);
  const hidden = await readHidden(reading);
  await checkHeaders(hidden, reading.problems);
  return { ...(await reading.dataset(name)), unlabelled: hidden.map(unlabelled) };
}

async function readHidden(reading: Reading): Promise<FileSampleSource[]> {
  const sources: FileSampleSource[] = [];
  for (const part of ['test_private', 'test_private_mixed']) {
    if (!(await isFolder(join(reading.dir, part)))) continue;
    for (const { path, below } of await reading.pictures(part)) {
      const id = `${part}/${below}`;
      sources.push({ id, label: 'good', defect: 'good', split: 'test', path, masks: [], group: partOf(id) });
    }
  }
  return sources;
}

/** A picture without the label that nobody knows. */
function unlabelled(source: FileSampleSource): UnlabelledSample {
  const sample = fileSample(source);
  const { id, group } = sample;
  return { id, ...(group === undefined ? {} : { group }), hash: () => sample.hash(), image: () => sample.image() };
}

/** `test_public/bad/001_shift_1.png` is a picture of part `test_public/bad/001`. */
function partOf(id: string): string {
  return id.replace(/_(regular|overexposed|underexposed|shift_\d+|mixed)\.[^.]*$/i, '');
}
