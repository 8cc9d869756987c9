import { join } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import { parseCsv, type CsvTable } from '../annotations/csv.js';
import { defectName, drawnRegions, messageOf, type Region } from '../annotations/regions.js';
import { kaggleRuns, paintRuns } from '../annotations/rle.js';
import { readText } from '../annotations/text.js';
import type { Dataset } from '../dataset.js';
import { isFolder } from '../files.js';
import { nameOf } from '../layout.js';
import { Reading } from './reading.js';

/** Options of {@link severstal}. */
export interface SeverstalOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/**
 * Opens the steel sheets of Severstal's competition: pictures in `train_images` and run lengths in `train.csv`, in either of
 * its forms: `ImageId_ClassId,EncodedPixels` (`000.jpg_1`, every picture four times, empty where there is no defect) or
 * `ImageId,ClassId,EncodedPixels` (defects only). Defect types are `class-1` to `class-4`, several joined by `+`. Pictures
 * without run lengths are good. `test_images` has no ground truth and is not read.
 *
 * Licence: not stated apart from the competition's rules, which are to be accepted on Kaggle before the download; read there
 * what they allow. Cite: A. Grishin, BorisV, iBardintsev, inversion, Oleg, "Severstal: Steel Defect Detection", Kaggle, 2019.
 *
 * @param dir - the folder with `train.csv`
 * @param options - another name
 * @returns the data set, sorted by path; no split is given, `assignRoles` draws it
 * @throws DatasetFormatError listing everything that is wrong: no `train.csv` or `train_images`, rows that are not understood,
 *   pictures that are missing, cut off or not pictures, runs outside of them
 * @example
 * ```ts
 * import { severstal, writePng } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) {
 *   await writePng(join(dir, 'train_images', name), { data: new Uint8Array(6), width: 3, height: 2, channels: 1 });
 * }
 * await writeFile(join(dir, 'train.csv'), 'ImageId,ClassId,EncodedPixels\na.jpg,3,2 2\n');
 * const { samples } = await severstal(dir);
 * console.log(samples[0]?.defect, (await samples[0]?.mask?.())?.data); // class-3 0, 1, 0, 1, 0, 0
 * ```
 * @see https://www.kaggle.com/c/severstal-steel-defect-detection
 */
export async function severstal(dir: string, options: SeverstalOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('severstal', options, ['name']);
  const reading = new Reading('severstal', dir);
  if (!(await isFolder(join(dir, 'train_images')))) {
    throw reading.refusal(`${dir} has no folder train_images. Give the folder that holds it and train.csv.`);
  }
  const list = join(dir, 'train.csv');
  const table = parseCsv(await readText(list), list, ['EncodedPixels']);
  const runs = readRuns(table, list, reading);
  for (const { path, below } of await reading.pictures('train_images')) {
    const found = runs.get(below);
    runs.delete(below);
    const facts = { id: `train_images/${below}`, split: undefined, path, masks: [] };
    if (found === undefined || found.length === 0) reading.sources.push({ ...facts, label: 'good', defect: 'good' });
    else {
      const drawn = drawnRegions({ path: list, entry: below, regions: [found.map(({ region }) => region)] });
      const defect = defectName(found.map(({ kind }) => kind));
      reading.sources.push({ ...facts, label: 'defective', defect, drawn });
    }
  }
  for (const [image] of runs) {
    reading.problems.add(list, `${list}: there is no picture train_images/${image}. Restore it or remove its rows.`);
  }
  reading.needGood(join(dir, 'train_images'));
  return reading.dataset(name);
}

interface KindRegion {
  readonly kind: string;
  readonly region: Region;
}

/** Regions of each picture that the list names. */
function readRuns({ columns, rows }: CsvTable, list: string, { problems }: Reading): Map<string, KindRegion[]> {
  const joined = columns.includes('ImageId_ClassId');
  if (!joined && !(columns.includes('ImageId') && columns.includes('ClassId'))) {
    problems.add(
      list,
      `${list}: has neither a column ImageId_ClassId nor ImageId and ClassId. Use the original train.csv.`,
    );
    return new Map();
  }
  const byImage = new Map<string, KindRegion[]>();
  const seen = new Set<string>();
  for (const { line, values } of rows) {
    const key = joined ? values.get('ImageId_ClassId')! : `${values.get('ImageId')!}_${values.get('ClassId')!}`;
    const [, image, kind] = /^(.+)_([1-9]\d?)$/.exec(key) ?? [];
    const text = values.get('EncodedPixels')!;
    const wrong =
      image === undefined
        ? `'${key.slice(0, 60)}' is not a picture and the number of a class`
        : seen.has(key)
          ? `${key} is listed twice`
          : messageOf(() => kaggleRuns('EncodedPixels', text));
    seen.add(key);
    if (image === undefined || wrong !== undefined) {
      problems.add(list, `${list}: line ${line}: ${wrong!} Correct the list.`);
      continue;
    }
    const regions = byImage.get(image) ?? [];
    byImage.set(image, regions);
    if (text !== '' && text !== '-1') regions.push({ kind: `class-${kind!}`, region: runsRegion(text, line) });
  }
  return byImage;
}

function runsRegion(text: string, line: number): Region {
  const runs = (height: number, width: number): Uint32Array => kaggleRuns(`line ${line}`, text, height * width);
  return {
    problem: ([height, width]) => messageOf(() => runs(height, width)),
    paint: (mask) => paintRuns(mask, runs(mask.height, mask.width)),
  };
}
