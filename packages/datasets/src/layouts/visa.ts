import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { assertKnownOptions, assertOneOf } from '@adlib/core';
import { parseCsv, type CsvRow } from '../annotations/csv.js';
import { readText } from '../annotations/text.js';
import type { Dataset } from '../dataset.js';
import { isFolder } from '../files.js';
import { nameOf } from '../layout.js';
import { missingMasks } from './missingMasks.js';
import { Reading } from './reading.js';

/** Lists of training and test pictures that come with VisA. */
export type VisaSplit = '1cls' | '2cls_fewshot' | '2cls_highshot';

/** Options of {@link visa}. */
export interface VisaOptions {
  /**
   * Which list says what is for training: good pictures alone (`1cls`), or good and defective ones, few or many.
   *
   * @defaultValue '1cls'
   */
  split?: VisaSplit;
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

const splits: readonly VisaSplit[] = ['1cls', '2cls_fewshot', '2cls_highshot'];

/**
 * Opens an object of VisA: pictures in `Data/Images/Normal` and `Data/Images/Anomaly`, masks in `Data/Masks/Anomaly`, and, in
 * the folder above, the lists `split_csv/1cls.csv`, `2cls_fewshot.csv` and `2cls_highshot.csv` with the columns `object`,
 * `split`, `label`, `image` and `mask`. Masks hold a number per defect: every value but 0 is defective. Where the object has
 * an `image_anno.csv`, its `label` is the defect type; otherwise it is `anomaly`.
 *
 * A copy in the form of MVTec AD (`VisA_pytorch`) is opened with `mvtec`.
 *
 * Licence: CC BY 4.0. Cite: Y. Zou, J. Jeong, L. Pemula, D. Zhang, O. Dabeer, "SPot-the-Difference self-supervised
 * pre-training for anomaly detection and segmentation", ECCV 2022.
 *
 * @param dir - the folder of one object, for example `VisA/candle`
 * @param options - which list, another name
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong: no list, no row of the object in it, rows that are not
 *   understood, files that are missing, listed twice, cut off or not pictures, masks of another size
 * @example
 * ```ts
 * import { visa, writePng } from '@adlib/datasets/node';
 * import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * const picture = { data: Uint8Array.of(0, 1, 2), width: 3, height: 1, channels: 1 } as const;
 * const at = (name: string) => `candle/Data/${name}.png`;
 * const files = ['Images/Normal/0', 'Images/Normal/1', 'Images/Anomaly/0', 'Masks/Anomaly/0'].map(at);
 * for (const name of files) await writePng(join(dir, name), picture);
 * const rows = [`train,normal,${files[0]},`, `train,normal,${files[1]},`, `test,anomaly,${files[2]},${files[3]}`];
 * await mkdir(join(dir, 'split_csv'));
 * await writeFile(
 *   join(dir, 'split_csv/1cls.csv'),
 *   ['object,split,label,image,mask', ...rows.map((row) => `candle,${row}`)].join('\n'),
 * );
 * const { samples } = await visa(join(dir, 'candle'));
 * console.log((await samples[0]?.mask?.())?.data); // 0, 1, 1
 * ```
 * @see https://github.com/amazon-science/spot-diff
 */
export async function visa(dir: string, options: VisaOptions = {}): Promise<Dataset> {
  const { split = '1cls', name = nameOf(dir) } = options;
  assertKnownOptions('visa', options, ['split', 'name']);
  assertOneOf('visa', 'split', split, splits);
  const reading = new Reading('visa', dir);
  const root = dirname(resolve(dir));
  const list = join(root, 'split_csv', `${split}.csv`);
  if (!(await isFolder(dir)) || !(await isFolder(join(root, 'split_csv')))) {
    throw reading.refusal(
      `${dir} is not an object of VisA: ${list} is looked for. Give the folder of one object; a copy in MVTec's form is opened with mvtec.`,
    );
  }
  const { rows } = parseCsv(await readText(list), list, ['object', 'split', 'label', 'image', 'mask']);
  const object = basename(resolve(dir));
  const own = rows.filter(({ values }) => values.get('object') === object);
  if (own.length === 0) {
    const objects = [...new Set(rows.map(({ values }) => values.get('object')))].slice(0, 20).join(', ');
    throw reading.refusal(`${list} has no row of object '${object}', only of ${objects || 'none'}. Rename the folder.`);
  }
  const facts = { root, list, defects: await defectTypes(dir), seen: new Set<string>() };
  for (const row of own) await readRow(reading, row, facts);
  reading.needGood(dir);
  const defective = reading.sources.filter(({ label }) => label === 'defective');
  const without = defective.filter(({ masks }) => masks.length === 0).map(({ path }) => path);
  reading.warnings.push(...missingMasks(dir, defective.length, without));
  await warnOfUnlisted(reading, split);
  return reading.dataset(name);
}

interface VisaFacts {
  readonly root: string;
  readonly list: string;
  readonly defects: ReadonlyMap<string, string>;
  readonly seen: Set<string>;
}

async function readRow(
  reading: Reading,
  { line, values }: CsvRow,
  { root, list, defects, seen }: VisaFacts,
): Promise<void> {
  const { problems, sources } = reading;
  const [split, label, image, mask] = ['split', 'label', 'image', 'mask'].map((column) => values.get(column)!) as [
    string,
    string,
    string,
    string,
  ];
  const wrong =
    split !== 'train' && split !== 'test'
      ? `split must be 'train' or 'test', got '${split}'`
      : label !== 'normal' && label !== 'anomaly'
        ? `label must be 'normal' or 'anomaly', got '${label}'`
        : seen.has(image)
          ? `${image} is listed twice`
          : undefined;
  if (wrong !== undefined) {
    problems.add(list, `${list}: line ${line}: ${wrong}. Correct the list.`);
    return;
  }
  seen.add(image);
  const path = await reading.listed(root, image, list);
  const truth = mask === '' ? undefined : await reading.listed(root, mask, list);
  if (path === undefined) return;
  const good = label === 'normal';
  sources.push({
    id: image,
    label: good ? 'good' : 'defective',
    defect: good ? 'good' : (defects.get(image) ?? 'anomaly'),
    split: split as 'train' | 'test',
    path,
    masks: good || truth === undefined ? [] : [truth],
    maskAbove: 0,
  });
}

/** Defect types by picture, where the object's own list gives them. */
async function defectTypes(dir: string): Promise<Map<string, string>> {
  const list = join(dir, 'image_anno.csv');
  if ((await stat(list).catch(() => undefined)) === undefined) return new Map();
  const { rows } = parseCsv(await readText(list), list, ['image', 'label']);
  const types = rows.map(({ values }) => [values.get('image')!, values.get('label')!] as const);
  return new Map(types.filter(([, label]) => label !== ''));
}

async function warnOfUnlisted(reading: Reading, split: VisaSplit): Promise<void> {
  const images = join(reading.dir, 'Data', 'Images');
  if (!(await isFolder(images))) return;
  const listed = new Set(reading.sources.map(({ path }) => resolve(path)));
  const unlisted = (await reading.pictures('Data/Images')).filter(({ path }) => !listed.has(resolve(path)));
  if (unlisted.length === 0) return;
  reading.warnings.push(
    `${unlisted.length} pictures in ${images} are not in ${split}.csv and are not read, for example ${unlisted[0]!.path}.`,
  );
}
