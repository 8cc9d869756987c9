import { join } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import type { Dataset } from '../dataset.js';
import { isFolder, subfolders, type FileSampleSource } from '../files.js';
import { nameOf } from '../layout.js';
import { Reading } from './reading.js';

/** Options of {@link ssi}. */
export interface SsiOptions {
  /** Which training set, for example `Partial-10`, where the folder holds several. @defaultValue the only one */
  subset?: string;
  /** Name of the folders of good pictures. @defaultValue good, normal, ok, pass or accepted, in any case */
  good?: string;
  /** Name of the folders of defective pictures. @defaultValue defect(s), defective, bad, ng, fail, reject(ed), anomaly */
  defective?: string;
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

const goodNames = ['good', 'goods', 'normal', 'ok', 'pass', 'accept', 'accepted', 'nondefective', 'nodefect'];
const defectiveNames = ['defect', 'defects', 'defective', 'bad', 'ng', 'fail', 'reject', 'rejected', 'anomaly'];

/**
 * Opens surface seal images of sterile barrier packaging: two class folders, good and defective, directly in the folder, or in
 * subsets (`Partial-10`, `Partial-1`, `Test-split`). A subset with `test` in its name is the test part, the others are for
 * training, one at a time since they share pictures. There are no masks: image-level figures only. Without subsets the layout
 * does not say what is for training: `assignRoles` does, and gives defective pictures of a training subset to calibration.
 *
 * Licence: see the page of the data. Cite: J. Zanon Diaz, P. Corcoran, "Surface seal image dataset of sterile barrier
 * packaging", Data in Brief 57, 2024, doi 10.1016/j.dib.2024.110996.
 *
 * @param dir - the folder that holds the class folders or the subsets
 * @param options - the training subset, names of the class folders, another name
 * @returns the data set, sorted by path; the defect type is `defective`
 * @throws DatasetFormatError listing everything that is wrong: no class folders, several training subsets and none chosen, too
 *   few good pictures, files that are cut off or not pictures
 * @example
 * ```ts
 * import { ssi, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * const picture = { data: new Uint8Array(6), width: 3, height: 2, channels: 1 } as const;
 * for (const name of ['Partial-10/Good/1', 'Partial-10/Good/2', 'Partial-1/Good/1', 'Test-split/Defects/3'])
 *   await writePng(join(dir, `${name}.png`), picture);
 * const { samples } = await ssi(dir, { subset: 'Partial-10' });
 * console.log(samples.map(({ split, label }) => `${split} ${label}`)); // train good, train good, test defective
 * ```
 * @see paper: J. Zanon Diaz, G. Siogkas, P. Corcoran, "Dual-mode deep anomaly detection for medical manufacturing", table 1
 */
export async function ssi(dir: string, options: SsiOptions = {}): Promise<Dataset> {
  const { subset, good, defective, name = nameOf(dir) } = options;
  assertKnownOptions('ssi', options, ['subset', 'good', 'defective', 'name']);
  const reading = new Reading('ssi', dir);
  const classOf = classNames(good, defective);
  const folders = (await isFolder(dir)) ? await subfolders(dir) : [];
  const classes = folders.filter((folder) => classOf(folder) !== undefined);
  if (classes.length > 0) {
    if (subset !== undefined) throw reading.refusal(`${dir} holds classes and no subsets. Leave 'subset' out.`);
    for (const folder of classes) await readClass(reading, folder, classOf(folder)!, undefined);
    warnOfOthers(reading, folders, classes);
  } else {
    const parts: string[] = [];
    for (const folder of folders) {
      if ((await subfolders(join(dir, folder))).some((inner) => classOf(inner) !== undefined)) parts.push(folder);
    }
    await readSubsets(reading, parts, classOf, subset);
    warnOfOthers(reading, folders, parts);
  }
  reading.needGood(dir);
  return reading.dataset(name);
}

type ClassOf = (folder: string) => 'good' | 'defective' | undefined;

/** Class of a folder by its name, without case and without what is not a letter. */
function classNames(good: string | undefined, defective: string | undefined): ClassOf {
  const letters = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');
  return (folder) => {
    if (good === undefined ? goodNames.includes(letters(folder)) : folder === good) return 'good';
    if (defective === undefined ? defectiveNames.includes(letters(folder)) : folder === defective) return 'defective';
    return undefined;
  };
}

async function readSubsets(
  reading: Reading,
  parts: readonly string[],
  classOf: ClassOf,
  subset: string | undefined,
): Promise<void> {
  const { dir } = reading;
  const training = parts.filter((part) => !/test/i.test(part));
  const chosen = subset ?? (training.length === 1 ? training[0] : undefined);
  if (chosen === undefined || !training.includes(chosen)) {
    const found = training.join(', ');
    throw reading.refusal(
      parts.length === 0
        ? `${dir} holds neither class folders (good, defective, ...) nor subsets of them. Name them as { good, defective }.`
        : training.length === 0
          ? `${dir} holds test pictures only (${parts.join(', ')}). Give the folder that holds the training subsets too.`
          : `${dir} holds the training subsets ${found}${subset === undefined ? '' : `, not ${subset}`}. Choose one as { subset }.`,
    );
  }
  for (const part of [chosen, ...parts.filter((folder) => !training.includes(folder))]) {
    for (const inner of await subfolders(join(dir, part))) {
      const kind = classOf(inner);
      const folder = `${part}/${inner}`;
      if (kind === undefined) reading.warnings.push(`${join(dir, folder)} is not read: it is not a class.`);
      else await readClass(reading, folder, kind, part === chosen ? 'train' : 'test');
    }
  }
}

async function readClass(
  reading: Reading,
  folder: string,
  label: 'good' | 'defective',
  split: FileSampleSource['split'],
): Promise<void> {
  for (const { path, below } of await reading.pictures(folder)) {
    reading.sources.push({ id: `${folder}/${below}`, label, defect: label, split, path, masks: [] });
  }
}

function warnOfOthers({ dir, warnings }: Reading, folders: readonly string[], read: readonly string[]): void {
  for (const folder of folders) {
    if (!read.includes(folder)) warnings.push(`${join(dir, folder)} is not read: it holds no class folders.`);
  }
}
