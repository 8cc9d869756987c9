import { assertKnownOptions } from '@adlib/core';
import type { Dataset } from './dataset.js';
import { nameOf } from './layout.js';
import { mvtecAdForm, readMvtecForm } from './layouts/mvtecForm.js';

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
  return (await readMvtecForm('mvtec', dir, mvtecAdForm)).dataset(name);
}
