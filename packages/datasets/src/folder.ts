import { realpath } from 'node:fs/promises';
import { assertKnownOptions, argumentMessage, DatasetFormatError } from '@adlib/core';
import type { Dataset } from './dataset.js';
import { isFolder, listPictures, type FileSampleSource } from './files.js';
import { checkHeaders, fileDataset, nameOf, pairMasks, Problems, skippedWarning } from './layout.js';
import { missingMasks } from './layouts/missingMasks.js';

/** Folders of {@link folder}. */
export interface FolderOptions {
  /** Pictures of good parts; folders in it are read too. */
  good: string;
  /** Pictures of defective parts: folders in it are defect types, pictures directly in it are of type `defective`. */
  defective?: string;
  /** Masks of `defective`, under the same names (ending aside, `_mask` allowed) in the same folders. */
  masks?: string;
  /** Name for reports. @defaultValue the name of the good folder, or of the one above it */
  name?: string;
}

/**
 * Opens plain folders as a data set. They do not say what is for training and what for testing: `assignRoles` does, once.
 *
 * @param options - the folders
 * @returns the data set, sorted; ids are `good/<path>` and `defective/<path>`
 * @throws DatasetFormatError listing everything that is wrong: a folder missing or empty, fewer than two good pictures, files
 *   that are not pictures or cut off, a picture in both folders, masks of another size, without a picture, or for two pictures
 * @example
 * ```ts
 * import { synthetic } from '@adlib/datasets';
 * import { folder, writeMvtec } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writeMvtec(synthetic('screw', { good: 4, testGood: 0, defective: 0, size: 128 }), dir);
 * const { samples } = await folder({ good: join(dir, 'train/good') });
 * console.log(samples[0]?.id, samples[0]?.split); // good/000.png undefined
 * ```
 */
export async function folder(options: FolderOptions): Promise<Dataset> {
  assertKnownOptions('folder', options, ['good', 'defective', 'masks', 'name']);
  const { good, defective, masks, name = nameOf(good) } = options;
  if (masks !== undefined && defective === undefined) {
    throw new TypeError(
      argumentMessage('folder', 'defective', 'given when masks is', defective, 'Masks belong to defective parts.'),
    );
  }
  for (const [key, dir] of Object.entries({ good, defective, masks })) {
    if (dir !== undefined && !(await isFolder(dir))) {
      throw new DatasetFormatError(`folder: ${key}: there is no folder ${dir}. Check the path.`, { path: dir });
    }
  }
  const problems = new Problems();
  const warnings: string[] = [];
  const sources: FileSampleSource[] = [];
  const listed = await listPictures(good);
  warnings.push(...skippedWarning(listed.others));
  if (listed.pictures.length < 2) {
    const count = listed.pictures.length === 0 ? 'no picture' : 'one picture';
    problems.add(good, `${good}: holds ${count}; at least 2 are needed.`);
  }
  for (const { path, below } of listed.pictures) {
    sources.push({ id: `good/${below}`, label: 'good', defect: 'good', split: undefined, path, masks: [] });
  }
  if (defective !== undefined) await readDefective(defective, masks, sources, warnings, problems);
  await checkTwice(sources, problems);
  await checkHeaders(sources, problems);
  problems.throwIfAny('folder');
  return fileDataset(name, sources, warnings);
}

async function readDefective(
  dir: string,
  masks: string | undefined,
  sources: FileSampleSource[],
  warnings: string[],
  problems: Problems,
): Promise<void> {
  const { pictures, others } = await listPictures(dir);
  warnings.push(...skippedWarning(others));
  if (pictures.length === 0) problems.add(dir, `${dir}: holds no picture. Leave 'defective' out if there is none.`);
  const paired = pairMasks(pictures, masks === undefined ? [] : (await listPictures(masks)).pictures, problems);
  pictures.forEach(({ path, below }, i) => {
    const slash = below.indexOf('/');
    const mask = paired[i];
    sources.push({
      id: `defective/${below}`,
      label: 'defective',
      defect: slash < 0 ? 'defective' : below.slice(0, slash),
      split: undefined,
      path,
      masks: mask === undefined ? [] : [mask.path],
    });
  });
  const without = pictures.filter((_, i) => paired[i] === undefined).map((file) => file.path);
  warnings.push(...missingMasks(dir, pictures.length, without));
}

/** A file that is reached through both folders would be good and defective at once. */
async function checkTwice(sources: readonly FileSampleSource[], problems: Problems): Promise<void> {
  const seen = new Map<string, string>();
  for (const { path, id } of sources) {
    const real = await realpath(path);
    const other = seen.get(real);
    if (other !== undefined) {
      problems.add(path, `${path}: is read twice, as ${other} and as ${id}. Keep the folders apart.`);
    }
    seen.set(real, id);
  }
}
