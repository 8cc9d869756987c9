import { assertKnownOptions } from '@adlib/core';
import type { Dataset } from '../dataset.js';
import { nameOf } from '../layout.js';
import { mvtecAdForm, readMvtecForm } from './mvtecForm.js';

/** Options of {@link btad}. */
export interface BtadOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens a product of BTAD (beanTech): `train/ok`, `test/ok`, `test/ko` and masks in `ground_truth/ko`. Pictures are BMP or
 * PNG, masks PNG or BMP; they are paired by name, whatever the ending.
 *
 * Licence: CC BY-SA 4.0. Cite: P. Mishra, R. Verk, D. Fornasier, C. Piciarelli, G. L. Foresti, "VT-ADL: a vision transformer
 * network for image anomaly detection and localization", ISIE 2021.
 *
 * @param dir - the folder of one product, for example `BTech_Dataset_transformed/01`
 * @param options - another name
 * @returns the data set, sorted by path; the defect type is `ko`
 * @throws DatasetFormatError listing everything that is wrong, as for `mvtec`
 * @example
 * ```ts
 * import { btad, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * const picture = { data: new Uint8Array(6), width: 3, height: 2, channels: 1 } as const;
 * for (const name of ['train/ok/0', 'train/ok/1', 'test/ko/0', 'ground_truth/ko/0'])
 *   await writePng(join(dir, `${name}.png`), picture);
 * console.log((await btad(dir)).samples[0]?.defect); // ko
 * ```
 * @see https://github.com/pankajmishra000/VT-ADL
 */
export async function btad(dir: string, options: BtadOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('btad', options, ['name']);
  return (await readMvtecForm('btad', dir, { ...mvtecAdForm, good: 'ok' })).dataset(name);
}
