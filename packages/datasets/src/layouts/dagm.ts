import { join } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import type { Dataset } from '../dataset.js';
import { isFolder, listPictures, type DataFile } from '../files.js';
import { nameOf, pairMasks } from '../layout.js';
import { Reading } from './reading.js';

/** Options of {@link dagm}. */
export interface DagmOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens a class of DAGM 2007 (drawn textures): `Train/0576.PNG` and `Test/0001.PNG`, with `Label/0576_label.PNG` in the same
 * part for defective pictures; a picture without a label is good. Labels are ellipses around the defect, larger than it, so
 * pixel figures come out low. Both parts hold good and defective pictures; `assignRoles` gives the defective ones of the
 * training part to calibration.
 *
 * Licence: publicly available; the authors' page states no licence. Cite: M. Wieler, T. Hahn, F. A. Hamprecht, "Weakly
 * supervised learning for industrial optical inspection", DAGM symposium competition, 2007.
 *
 * @param dir - the folder of one class, for example `DAGM/Class1`
 * @param options - another name
 * @returns the data set, sorted by path; the defect type is `defective`
 * @throws DatasetFormatError listing everything that is wrong: no `Train`, too few good pictures, labels without a picture or
 *   of another size, files that are cut off or not pictures
 * @example
 * ```ts
 * import { dagm, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * const picture = { data: Uint8Array.of(0, 255), width: 2, height: 1, channels: 1 } as const;
 * for (const name of ['0001', '0002', '0003', 'Label/0003_label'])
 *   await writePng(join(dir, 'Train', `${name}.PNG`), picture);
 * console.log((await dagm(dir)).samples.map(({ label }) => label)); // [good, good, defective]
 * ```
 * @see https://hci.iwr.uni-heidelberg.de/content/weakly-supervised-learning-industrial-optical-inspection
 */
export async function dagm(dir: string, options: DagmOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('dagm', options, ['name']);
  const reading = new Reading('dagm', dir);
  if (!(await isFolder(join(dir, 'Train')))) {
    throw reading.refusal(`${dir} has no folder Train. Give the folder of one class, for example Class1.`);
  }
  await readPart(reading, 'Train', 'train');
  reading.needGood(join(dir, 'Train'));
  if (await isFolder(join(dir, 'Test'))) await readPart(reading, 'Test', 'test');
  else reading.warnings.push(`${dir} has no folder Test: nothing can be evaluated on it.`);
  return reading.dataset(name);
}

async function readPart(reading: Reading, folder: string, split: 'train' | 'test'): Promise<void> {
  const { pictures: files } = await listPictures(join(reading.dir, folder));
  const inLabel = ({ below }: DataFile): boolean => /^label\//i.test(below);
  const pictures = files.filter((file) => !inLabel(file));
  const labels = files.filter(inLabel).map(({ path, below }) => ({ path, below: below.slice('label/'.length) }));
  if (labels.length === 0) {
    const path = join(reading.dir, folder, 'Label');
    reading.problems.add(path, `${path}: holds no label, so nothing says which pictures are defective. Restore it.`);
  }
  const masks = pairMasks(pictures, labels, reading.problems, /_label$/i);
  pictures.forEach(({ path, below }, i) => {
    const mask = masks[i];
    const good = mask === undefined;
    reading.sources.push({
      id: `${folder}/${below}`,
      label: good ? 'good' : 'defective',
      defect: good ? 'good' : 'defective',
      split,
      path,
      masks: good ? [] : [mask.path],
    });
  });
}
