import { join } from 'node:path';
import { assertKnownOptions, DatasetFormatError } from '@adlib/core';
import type { Dataset } from './dataset.js';
import { isFolder, listPictures, subfolders, type FileSampleSource } from './files.js';
import { checkHeaders, fileDataset, nameOf, pairMasks, Problems, skippedWarning } from './layout.js';

/** Options of {@link mvtec}. */
export interface MvtecOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens a data set in the layout of MVTec AD: `train/good`, `test/good`, `test/<defect>`, and masks in
 * `ground_truth/<defect>/<name>_mask.png` (the `_mask` may be missing, pictures and masks may have any ending). Folders in
 * folders are read too. Every file's header is checked at once; pixels are read later.
 *
 * A defect folder without masks is allowed: its pictures count in image-level figures only, and a warning says so.
 * MVTec AD itself is licensed CC BY-NC-SA 4.0 (Bergmann et al., CVPR 2019 and IJCV 2021).
 *
 * @param dir - the folder of one category, for example `mvtec/screw`
 * @param options - another name
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong: no `train/good`, fewer than two pictures there, files that are
 *   not pictures or cut off, masks of another size, without a picture, or for two pictures
 * @example
 * ```ts
 * import { synthetic } from '@adlib/datasets';
 * import { mvtec, writeMvtec } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writeMvtec(synthetic('screw', { good: 4, testGood: 2, defective: 4, size: 128 }), dir);
 * const { samples } = await mvtec(dir);
 * console.log(samples.length, samples[0]?.id); // 10 test/dent/000.png
 * ```
 */
export async function mvtec(dir: string, options: MvtecOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('mvtec', options, ['name']);
  const good = join(dir, 'train', 'good');
  if (!(await isFolder(good))) {
    throw new DatasetFormatError(
      `mvtec: ${dir} has no folder train/good. Give the folder of one category, or use folder({ good, defective }) for plain folders.`,
      { path: dir },
    );
  }
  const problems = new Problems();
  const warnings: string[] = [];
  const sources: FileSampleSource[] = [];
  await readGood(dir, ['train', 'good'], sources, warnings);
  if (sources.length < 2) {
    problems.add(good, `${good}: holds ${sources.length === 0 ? 'no picture' : 'one picture'}; at least 2 are needed.`);
  }
  for (const other of (await subfolders(join(dir, 'train'))).filter((folder) => folder !== 'good')) {
    warnings.push(`${join(dir, 'train', other)} is not read: only train/good is.`);
  }
  await readTest(dir, sources, warnings, problems);
  await checkHeaders(sources, problems);
  problems.throwIfAny('mvtec');
  return fileDataset(name, sources, warnings);
}

async function readGood(
  dir: string,
  [part, folder]: readonly ['train' | 'test', string],
  sources: FileSampleSource[],
  warnings: string[],
): Promise<void> {
  const { pictures, others } = await listPictures(join(dir, part, folder));
  warnings.push(...skippedWarning(others));
  for (const { path, below } of pictures) {
    sources.push({ id: `${part}/${folder}/${below}`, label: 'good', defect: 'good', split: part, path, masks: [] });
  }
}

async function readTest(
  dir: string,
  sources: FileSampleSource[],
  warnings: string[],
  problems: Problems,
): Promise<void> {
  if (!(await isFolder(join(dir, 'test')))) {
    warnings.push(`${dir} has no folder test: nothing can be evaluated on it.`);
    return;
  }
  const truth = join(dir, 'ground_truth');
  const truthFolders = (await isFolder(truth)) ? await subfolders(truth) : [];
  const defects = await subfolders(join(dir, 'test'));
  if (!defects.includes('good'))
    warnings.push(`${join(dir, 'test')} has no folder good: false alarms cannot be counted.`);
  for (const defect of defects) {
    if (defect === 'good') await readGood(dir, ['test', 'good'], sources, warnings);
    else await readDefect(dir, defect, truthFolders.includes(defect), sources, warnings, problems);
  }
  for (const folder of truthFolders.filter((name) => name !== 'good' && !defects.includes(name))) {
    const { pictures } = await listPictures(join(truth, folder));
    if (pictures.length > 0) {
      const path = join(truth, folder);
      problems.add(
        path,
        `${path}: there is no folder ${join(dir, 'test', folder)} for these masks. Rename or remove it.`,
      );
    }
  }
}

async function readDefect(
  dir: string,
  defect: string,
  hasTruth: boolean,
  sources: FileSampleSource[],
  warnings: string[],
  problems: Problems,
): Promise<void> {
  const folder = join(dir, 'test', defect);
  const { pictures, others } = await listPictures(folder);
  warnings.push(...skippedWarning(others));
  if (pictures.length === 0) warnings.push(`${folder} holds no picture.`);
  const masks = hasTruth ? (await listPictures(join(dir, 'ground_truth', defect))).pictures : [];
  const paired = pairMasks(pictures, masks, problems);
  pictures.forEach(({ path, below }, i) => {
    const mask = paired[i];
    const id = `test/${defect}/${below}`;
    sources.push({ id, label: 'defective', defect, split: 'test', path, masks: mask === undefined ? [] : [mask.path] });
  });
  const without = pictures.filter((_, i) => paired[i] === undefined);
  warnings.push(
    ...missingMasks(
      folder,
      pictures.length,
      without.map((file) => file.path),
    ),
  );
}

/**
 * A sentence on defective pictures without a mask.
 *
 * @param folder - their folder
 * @param count - pictures there
 * @param without - paths of those without a mask
 * @returns none, or one warning
 */
export function missingMasks(folder: string, count: number, without: readonly string[]): string[] {
  if (without.length === 0) return [];
  if (without.length === count)
    return [`${folder} has no masks: its ${count} pictures count in image-level figures only.`];
  const names = `${without.slice(0, 3).join(', ')}${without.length > 3 ? ', ...' : ''}`;
  return [
    `${without.length} of ${count} pictures in ${folder} have no mask and count in image-level figures only: ${names}.`,
  ];
}
