import { join } from 'node:path';
import { isFolder, listPictures, subfolders, type DataFile, type FileSampleSource } from '../files.js';
import { pairMasks, type Problems } from '../layout.js';
import { missingMasks } from './missingMasks.js';
import { Reading } from './reading.js';

/** How a layout differs from that of MVTec AD. */
export interface MvtecForm {
  /** Folder of good pictures in each part. */
  readonly good: string;
  /** Folder of the validation part, where there is one. */
  readonly validation?: string;
  /** Folder of the test part. */
  readonly test: string;
  /** Folder of the masks. */
  readonly truth: string;
  /** Finds the masks of each picture. */
  readonly pair: (
    pictures: readonly DataFile[],
    masks: readonly DataFile[],
    problems: Problems,
  ) => readonly (readonly string[])[];
  /** Share of full brightness above which a mask's pixel is defective; absent: as `readMask` says. */
  readonly maskAbove?: number;
  /** Group of a picture in the test part. */
  readonly group?: (id: string) => string;
}

/** The form of MVTec AD itself. */
export const mvtecAdForm: MvtecForm = { good: 'good', test: 'test', truth: 'ground_truth', pair: oneMask };

/**
 * Reads a folder in the form of MVTec AD.
 *
 * @param fn - the layout's function, for messages
 * @param dir - the folder of one category
 * @param form - what its folders are called
 * @returns samples, warnings and problems
 * @throws DatasetFormatError if there are no training pictures
 */
export async function readMvtecForm(fn: string, dir: string, form: MvtecForm): Promise<Reading> {
  const reading = new Reading(fn, dir);
  const good = join(dir, 'train', form.good);
  if (!(await isFolder(good))) {
    throw reading.refusal(
      `${dir} has no folder train/${form.good}. Give the folder of one category, or use folder({ good, defective }) for plain folders.`,
    );
  }
  await readGood(reading, `train/${form.good}`, 'train');
  reading.needGood(good);
  await warnOfOthers(reading, 'train', form.good);
  if (form.validation !== undefined && (await isFolder(join(dir, form.validation, form.good)))) {
    await readGood(reading, `${form.validation}/${form.good}`, 'validation');
    await warnOfOthers(reading, form.validation, form.good);
  }
  await readTest(reading, form);
  return reading;
}

/**
 * Pairs each picture with at most one mask, by name.
 *
 * @param pictures - the pictures
 * @param masks - the masks
 * @param problems - takes what does not fit
 * @returns for each picture none or one path
 */
export function oneMask(
  pictures: readonly DataFile[],
  masks: readonly DataFile[],
  problems: Problems,
): readonly (readonly string[])[] {
  return pairMasks(pictures, masks, problems).map((mask) => (mask === undefined ? [] : [mask.path]));
}

async function warnOfOthers({ dir, warnings }: Reading, part: string, good: string): Promise<void> {
  for (const other of (await subfolders(join(dir, part))).filter((folder) => folder !== good)) {
    warnings.push(`${join(dir, part, other)} is not read: only ${part}/${good} is.`);
  }
}

async function readGood(reading: Reading, folder: string, split: FileSampleSource['split']): Promise<void> {
  for (const { path, below } of await reading.pictures(folder)) {
    reading.sources.push({ id: `${folder}/${below}`, label: 'good', defect: 'good', split, path, masks: [] });
  }
}

async function readTest(reading: Reading, form: MvtecForm): Promise<void> {
  const { dir, warnings, problems, sources } = reading;
  const { good, test, group } = form;
  if (!(await isFolder(join(dir, test)))) {
    warnings.push(`${dir} has no folder ${test}: nothing can be evaluated on it.`);
    return;
  }
  const truth = join(dir, form.truth);
  const truthFolders = (await isFolder(truth)) ? await subfolders(truth) : [];
  const defects = (await subfolders(join(dir, test))).filter((folder) => join(dir, test, folder) !== truth);
  if (!defects.includes(good)) {
    warnings.push(`${join(dir, test)} has no folder ${good}: false alarms cannot be counted.`);
  }
  const before = sources.length;
  for (const defect of defects) {
    if (defect === good) await readGood(reading, `${test}/${good}`, 'test');
    else await readDefect(reading, form, defect, truthFolders.includes(defect));
  }
  if (group !== undefined) {
    for (let i = before; i < sources.length; i++) sources[i] = { ...sources[i]!, group: group(sources[i]!.id) };
  }
  for (const folder of truthFolders.filter((name) => name !== good && !defects.includes(name))) {
    const path = join(truth, folder);
    if ((await listPictures(path)).pictures.length === 0) continue;
    problems.add(path, `${path}: there is no folder ${join(dir, test, folder)} for these masks. Rename or remove it.`);
  }
}

async function readDefect(reading: Reading, form: MvtecForm, defect: string, hasTruth: boolean): Promise<void> {
  const { dir, warnings, problems, sources } = reading;
  const folder = join(dir, form.test, defect);
  const pictures = await reading.pictures(`${form.test}/${defect}`);
  if (pictures.length === 0) warnings.push(`${folder} holds no picture.`);
  const masks = hasTruth ? (await listPictures(join(dir, form.truth, defect))).pictures : [];
  const paired = form.pair(pictures, masks, problems);
  pictures.forEach(({ path, below }, i) => {
    sources.push({
      id: `${form.test}/${defect}/${below}`,
      label: 'defective',
      defect,
      split: 'test',
      path,
      masks: paired[i]!,
      ...(form.maskAbove === undefined ? {} : { maskAbove: form.maskAbove }),
    });
  });
  const without = pictures.filter((_, i) => paired[i]!.length === 0).map((file) => file.path);
  warnings.push(...missingMasks(folder, pictures.length, without));
}
