import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { argumentMessage, assertKnownOptions, breathe, type LongCallOptions } from '@adlib/core';
import { makeFolder } from '@adlib/core/node';
import type { Dataset, Sample } from './dataset.js';
import { writePng } from './encode.js';

/**
 * Writes a data set as PNG files in the layout of MVTec AD, the form that {@link mvtec} opens: `train/good`, `test/good`,
 * `test/<defect>`, masks as `ground_truth/<defect>/<name>_mask.png`. Names are those of the samples; folders in folders
 * become `_`.
 *
 * @param dataset - every sample must have a split; defective ones must be in `test`
 * @param dir - a new or empty folder
 * @param options - progress and cancellation
 * @throws RangeError if the folder is not empty, a sample does not fit the layout or two would have one name; the file system's error
 * @example
 * ```ts
 * import { synthetic } from '@adlib/datasets';
 * import { writeMvtec } from '@adlib/datasets/node';
 * import { mkdtemp, readdir } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writeMvtec(synthetic('weave', { good: 2, testGood: 1, defective: 2, size: 64 }), dir);
 * console.log(await readdir(join(dir, 'test'))); // dent, good, missing
 * ```
 */
export async function writeMvtec(dataset: Dataset, dir: string, options: LongCallOptions = {}): Promise<void> {
  const { onProgress, signal } = options;
  assertKnownOptions('writeMvtec', options, ['onProgress', 'signal']);
  const { samples } = dataset;
  const places = samples.map(placeOf);
  const names = new Set<string>();
  const doubled = places.find(({ image }) => names.size === names.add(image).size);
  if (doubled !== undefined) throw new RangeError(`writeMvtec: two samples would be written to ${doubled.image}.png.`);
  await makeFolder(dir);
  if ((await readdir(dir)).length > 0) {
    throw new RangeError(
      argumentMessage('writeMvtec', 'dir', 'a new or empty folder', dir, 'Remove what is in it, or write beside it.'),
    );
  }
  for (const [i, sample] of samples.entries()) {
    await breathe(signal);
    const { image, mask } = places[i]!;
    await writePng(join(dir, `${image}.png`), await sample.image());
    if (sample.mask !== undefined && mask !== undefined)
      await writePng(join(dir, `${mask}_mask.png`), await sample.mask());
    onProgress?.({ stage: 'write', done: i + 1, total: samples.length });
  }
}

function placeOf({ id, split, label, defect }: Sample): { image: string; mask?: string } {
  if (split === undefined || split === 'validation' || (split === 'train' && label === 'defective')) {
    throw new RangeError(
      argumentMessage(
        'writeMvtec',
        'dataset',
        'one whose samples are each in train or test, defective ones in test',
        `${id} (${label}, ${split ?? 'no split'})`,
      ),
    );
  }
  const parts = id.split('/');
  // Ids of layouts begin with their folders; what is below them is the name.
  const below = parts[0] === split && parts.length > 2 ? parts.slice(2) : parts;
  const name = below.join('_').replace(/\.[^.]*$/, '');
  return label === 'good'
    ? { image: `${split}/good/${name}` }
    : { image: `${split}/${defect}/${name}`, mask: `ground_truth/${defect}/${name}` };
}
