import { join } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import { readVoc, vocDrawn } from '../annotations/voc.js';
import type { Dataset } from '../dataset.js';
import { isFolder, listPictures, subfolders, type DataFile, type FileSampleSource } from '../files.js';
import { nameOf, stem } from '../layout.js';
import { Reading } from './reading.js';

/** Options of {@link neu}. */
export interface NeuOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

const classes = ['crazing', 'inclusion', 'patches', 'pitted_surface', 'rolled-in_scale', 'scratches'];
const codes = new Map([
  ['cr', 'crazing'],
  ['in', 'inclusion'],
  ['pa', 'patches'],
  ['ps', 'pitted_surface'],
  ['rs', 'rolled-in_scale'],
  ['sc', 'scratches'],
]);
const parts = {
  train: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  test: 'test',
} as const;

/**
 * Opens the NEU surface defect database (hot-rolled steel strip), in the forms it is passed on: class folders (`crazing`,
 * `inclusion`, ...), pictures named by their class (`crazing_1.jpg`, or `Cr_1.bmp` in NEU-CLS), directly in the folder or in
 * `IMAGES`, with or without parts `train`, `validation` and `test` above. Where there is a folder `ANNOTATIONS` (NEU-DET), its
 * Pascal VOC boxes are the masks. Every picture is defective: there is nothing to train an anomaly detector on unless good
 * pictures are added from elsewhere.
 *
 * Licence: none is stated by the authors; for research. Cite: K. Song, Y. Yan, "A noise robust method based on completed local
 * binary patterns for hot-rolled steel strip surface defects", Applied Surface Science 285, 2013; for the boxes Y. He, K. Song,
 * Q. Meng, Y. Yan, IEEE Transactions on Instrumentation and Measurement 69, 2020.
 *
 * @param dir - the folder of the pictures, or the one above
 * @param options - another name
 * @returns the data set, sorted by path; defect types in the spelling of NEU-DET
 * @throws DatasetFormatError listing everything that is wrong: no pictures, classes that are not NEU's, annotations without a
 *   picture, damaged, or for pictures of another size, files that are cut off or not pictures
 * @example
 * ```ts
 * import { neu, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writePng(join(dir, 'Cr_1.bmp'), { data: new Uint8Array(6), width: 3, height: 2, channels: 1 });
 * console.log((await neu(dir)).samples[0]?.defect); // crazing
 * ```
 * @see http://faculty.neu.edu.cn/songkechen/zh_CN/zhym/263269/list/index.htm
 */
export async function neu(dir: string, options: NeuOptions = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('neu', options, ['name']);
  const reading = new Reading('neu', dir);
  if (!(await isFolder(dir))) throw reading.refusal(`there is no folder ${dir}. Check the path.`);
  const found = (await subfolders(dir)).filter((folder) => folder.toLowerCase() in parts);
  if (found.length === 0) await readPart(reading, '', undefined);
  for (const folder of found) await readPart(reading, `${folder}/`, parts[folder.toLowerCase() as keyof typeof parts]);
  if (reading.sources.length === 0) reading.problems.add(dir, `${dir}: holds no picture of NEU.`);
  reading.warnings.push(`${dir} holds no good pictures: a detector needs some from elsewhere to learn from.`);
  return reading.dataset(name);
}

async function readPart(reading: Reading, part: string, split: FileSampleSource['split']): Promise<void> {
  const { dir, problems, warnings } = reading;
  const folders = await subfolders(join(dir, part));
  const named = (name: string): string | undefined => folders.find((folder) => folder.toLowerCase() === name);
  const images = named('images');
  const annotations = named('annotations');
  const below = images === undefined ? part : `${part}${images}/`;
  const { pictures } = await listPictures(join(dir, below));
  const boxes = annotations === undefined ? new Map<string, DataFile>() : await listBoxes(join(dir, part, annotations));
  const unknown = new Map<string, DataFile[]>();
  let without = 0;
  for (const picture of pictures) {
    const kind = className(picture.below);
    const defect = canonical(kind);
    if (defect === undefined) {
      unknown.set(kind, [...(unknown.get(kind) ?? []), picture]);
      continue;
    }
    const key = stem(picture.below).split('/').at(-1)!;
    const box = boxes.get(key);
    boxes.delete(key);
    if (annotations !== undefined && box === undefined) without++;
    const id = `${below}${picture.below}`;
    await addSource(reading, { id, label: 'defective', defect, split, path: picture.path, masks: [] }, box);
  }
  for (const [kind, [first]] of unknown) {
    problems.add(first!.path, `${first!.path}: '${kind}' is not a class of NEU (${classes.join(', ')}). Move it away.`);
  }
  for (const { path } of boxes.values()) {
    problems.add(path, `${path}: there is no picture for these boxes. Add the picture or remove the file.`);
  }
  if (without > 0) {
    warnings.push(
      `${without} of ${pictures.length} pictures in ${join(dir, below)} have no boxes and count in image-level figures only.`,
    );
  }
}

async function addSource(reading: Reading, source: FileSampleSource, box: DataFile | undefined): Promise<void> {
  if (box === undefined) {
    reading.sources.push(source);
    return;
  }
  try {
    reading.sources.push({ ...source, drawn: vocDrawn(box.path, await readVoc(box.path)) });
  } catch (error) {
    reading.problems.add(box.path, (error as Error).message);
  }
}

async function listBoxes(dir: string): Promise<Map<string, DataFile>> {
  const { others } = await listPictures(dir);
  const files = others.filter(({ below }) => /\.xml$/i.test(below));
  return new Map(files.map((file) => [stem(file.below).split('/').at(-1)!, file]));
}

/** The folder of a picture, or, for one without a folder, what comes before the number in its name. */
function className(below: string): string {
  const slash = below.lastIndexOf('/');
  return slash < 0 ? stem(below).replace(/[_ -]*\d+$/, '') : below.slice(below.lastIndexOf('/', slash - 1) + 1, slash);
}

function canonical(kind: string): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');
  return codes.get(kind.toLowerCase()) ?? classes.find((name) => plain(name) === plain(kind));
}
