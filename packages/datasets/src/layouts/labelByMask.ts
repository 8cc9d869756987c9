import { join } from 'node:path';
import type { DataFile, FileSampleSource } from '../files.js';
import { pairMasks, stem } from '../layout.js';
import { limiter } from '../limiter.js';
import { readMask } from '../mask.js';
import type { Reading } from './reading.js';

/** How masks lie beside their pictures. */
export interface MaskedFolder {
  /** Folder below the data set's; empty for the data set's own. */
  readonly below: string;
  /** Ending of a mask file's name, for example `_GT.png`; the ending of the file itself is not looked at. */
  readonly maskEnding: string;
  /** Where the layout puts the pictures. */
  readonly split: FileSampleSource['split'];
}

/**
 * Adds the pictures of a folder whose masks say whether they are defective: where a mask shows anything, the picture is
 * `defective`, otherwise good. Every mask is decoded; a picture without a mask is a problem.
 *
 * @param reading - takes the samples and the problems
 * @param folder - where the pictures are
 */
export async function readMaskedFolder(reading: Reading, { below, maskEnding, split }: MaskedFolder): Promise<void> {
  const { problems, sources, dir } = reading;
  const suffix = new RegExp(`${stem(maskEnding)}$`, 'i');
  const files = await reading.pictures(below);
  const pictures = files.filter((file) => !suffix.test(stem(file.below)));
  const masks = files.filter((file) => suffix.test(stem(file.below)));
  const paired = pairMasks(pictures, masks, problems, suffix);
  if (pictures.length === 0) problems.add(join(dir, below), `${join(dir, below)}: holds no picture.`);
  const limited = limiter(8);
  const shown = await Promise.all(paired.map((mask) => limited(() => showsDefect(mask))));
  pictures.forEach((picture, i) => {
    const mask = paired[i];
    const { path } = picture;
    const shows = shown[i]!;
    if (shows instanceof Error) problems.add(mask!.path, shows.message);
    const label = shows === true ? 'defective' : 'good';
    if (mask === undefined) {
      problems.add(path, `${path}: has no mask ${maskEnding}, so nothing says whether it is good. Restore the mask.`);
    }
    sources.push({
      id: below === '' ? picture.below : `${below}/${picture.below}`,
      label,
      defect: label,
      split,
      path,
      masks: mask === undefined ? [] : [mask.path],
    });
  });
}

/** Whether a mask shows anything, or why it cannot be read. */
async function showsDefect(mask: DataFile | undefined): Promise<boolean | Error> {
  if (mask === undefined) return false;
  try {
    return (await readMask(mask.path)).data.includes(1);
  } catch (error) {
    return error as Error;
  }
}
