import { argumentMessage, assertInteger, assertKnownOptions, assertOneOf, createRandom, type Image } from '@adlib/core';
import { augmentImage, augmentMask, drawAugmentation, type AugmentRanges, type AugmentRegime } from './augment.js';
import type { Dataset, Sample } from './dataset.js';
import { hashPixels } from './hashPixels.js';

/** Options of {@link augmentedDataset}. */
export interface AugmentedDatasetOptions {
  /** Changed versions of each picture, beside the picture itself. @defaultValue 1 */
  copies?: number;
  /** Seed. @defaultValue 0 */
  seed?: number;
  /** What is changed: the training part, or every picture, masks following theirs. @defaultValue 'train' */
  part?: 'train' | 'all';
}

/**
 * A data set with changed versions of its pictures, to be written to disk with `writeMvtec`: each picture as it is, and beside
 * it `<name>_aug0`, `<name>_aug1`, ... with their masks moved alike. All versions of a picture are of one group, so that
 * `assignRoles` never gives them two roles. Test pictures are left as they are unless `part` is `all`.
 *
 * @param dataset - the data set; not changed
 * @param ranges - a name, or ranges of your own
 * @param options - copies, seed, part
 * @returns the data set, sorted by id; a picture is changed each time it is asked for, always in the same way
 * @throws TypeError or RangeError if an argument is not valid
 * @example
 * ```ts
 * import { augmentedDataset, synthetic } from '@adlib/datasets';
 * const dataset = synthetic('screw', { good: 3, testGood: 1, defective: 4, size: 64 });
 * const { samples } = augmentedDataset(dataset, 'mild', { copies: 2, seed: 1 });
 * console.log(samples.length, samples.at(-1)?.id); // 14 train/good/002_aug1.png
 * ```
 */
export function augmentedDataset(
  dataset: Dataset,
  ranges: AugmentRegime | AugmentRanges,
  options: AugmentedDatasetOptions = {},
): Dataset {
  const { copies = 1, seed = 0, part = 'train' } = options;
  assertKnownOptions('augmentedDataset', options, ['copies', 'seed', 'part']);
  assertInteger('augmentedDataset', 'copies', copies, 0, 1000);
  assertInteger('augmentedDataset', 'seed', seed, 0, 0xffffffff);
  assertOneOf('augmentedDataset', 'part', part, ['train', 'all']);
  const random = createRandom(seed).split('augmented data set');
  // Draws once, so that wrong ranges are told here and not at the first picture.
  drawAugmentation(ranges, random);
  const samples = dataset.samples.flatMap((sample) => {
    const group = sample.group ?? sample.id;
    if (copies === 0 || (part === 'train' && sample.split !== 'train')) return [sample];
    const versions = Array.from({ length: copies }, (_, copy) => {
      const id = versionId(sample.id, copy);
      const change = drawAugmentation(ranges, random.split(id));
      const image = async (): Promise<Image> => augmentImage(await sample.image(), change);
      const version: Sample = {
        id,
        label: sample.label,
        defect: sample.defect,
        split: sample.split,
        group,
        ...(sample.role === undefined ? {} : { role: sample.role }),
        ...(sample.disputed === undefined ? {} : { disputed: sample.disputed }),
        hash: async () => hashPixels(await image()),
        image,
        ...(sample.mask === undefined ? {} : { mask: async () => augmentMask(await sample.mask!(), change) }),
      };
      return version;
    });
    return [{ ...sample, group }, ...versions];
  });
  const ids = new Set(samples.map(({ id }) => id));
  if (ids.size < samples.length) {
    const twice = samples.find(({ id }, i) => samples.findIndex((other) => other.id === id) < i)!;
    throw new RangeError(
      argumentMessage('augmentedDataset', 'dataset', 'without names that end in _aug and a number', twice.id),
    );
  }
  samples.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...dataset, samples };
}

function versionId(id: string, copy: number): string {
  const dot = id.lastIndexOf('.');
  const at = dot > id.lastIndexOf('/') ? dot : id.length;
  return `${id.slice(0, at)}_aug${copy}${id.slice(at)}`;
}
