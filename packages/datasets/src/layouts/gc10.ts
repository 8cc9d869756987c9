import { basename, dirname } from 'node:path';
import { assertKnownOptions } from '@adlib/core';
import { defectName } from '../annotations/regions.js';
import { readVoc, vocDrawn, type VocAnnotation } from '../annotations/voc.js';
import type { Dataset } from '../dataset.js';
import { isFolder, listPictures, type DataFile } from '../files.js';
import { nameOf, stem } from '../layout.js';
import { Reading } from './reading.js';

/** Options of {@link gc10}. */
export interface Gc10Options {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/** Defect types by their number, in the words of the paper. */
const classes = [
  'punching_hole',
  'welding_line',
  'crescent_gap',
  'water_spot',
  'oil_spot',
  'silk_spot',
  'inclusion',
  'rolled_pit',
  'crease',
  'waist_folding',
];

/**
 * Opens GC10-DET (steel sheets): pictures in folders of any name (`01` to `10`, or class names), Pascal VOC boxes in
 * `lable` (sic) or any other folder, paired by the names of the files. Classes such as `10_yaozhe` are given by their number
 * in the words of the paper (`waist_folding`). Every picture is defective: there is nothing to train an anomaly detector on
 * unless good pictures are added from elsewhere.
 *
 * The set has some annotations without a picture, pictures without one, and pictures twice; each is a warning, and a picture
 * that lies in several folders is read once.
 *
 * Licence: not stated by its authors, whose page welcomes its use and asks to cite the paper (the paper itself is under
 * CC BY 4.0, which some mirrors give for the pictures, too). Cite: X. Lv, F. Duan, J. Jiang, X. Fu, L. Gan, "Deep Metallic
 * Surface Defect Detection: The New Benchmark and Detection Network", Sensors 20(6), 1562, 2020.
 *
 * @param dir - the folder with pictures and annotations below it
 * @param options - another name
 * @returns the data set, sorted by path; boxes are the masks
 * @throws DatasetFormatError listing everything that is wrong: no pictures or no annotations, annotations that are damaged or
 *   for pictures of another size, files that are cut off or not pictures
 * @example
 * ```ts
 * import { gc10, writePng } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writePng(join(dir, '01/img_1.jpg'), { data: new Uint8Array(6), width: 3, height: 2, channels: 1 });
 * const box = '<bndbox><xmin>2</xmin><ymin>1</ymin><xmax>3</xmax><ymax>1</ymax></bndbox>';
 * await writeFile(join(dir, 'img_1.xml'), `<annotation><object><name>1_chongkong</name>${box}</object></annotation>`);
 * console.log((await gc10(dir)).samples[0]?.defect); // punching_hole
 * ```
 * @see https://github.com/lvxiaoming2019/GC10-DET-Metallic-Surface-Defect-Datasets
 */
export async function gc10(dir: string, options: Gc10Options = {}): Promise<Dataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('gc10', options, ['name']);
  const reading = new Reading('gc10', dir);
  if (!(await isFolder(dir))) throw reading.refusal(`there is no folder ${dir}. Check the path.`);
  const { pictures, others } = await listPictures(dir);
  const annotations = new Map(
    others.filter(({ below }) => /\.xml$/i.test(below)).map((file) => [stem(basename(file.below)), file]),
  );
  if (pictures.length === 0)
    throw reading.refusal(`${dir} holds no picture. Give the folder above pictures and boxes.`);
  if (annotations.size === 0) throw reading.refusal(`${dir} holds no annotation (.xml). Give the folder above both.`);
  const seen = new Map<string, DataFile>();
  const twice: string[] = [];
  const without: string[] = [];
  for (const picture of pictures) {
    const key = stem(basename(picture.below));
    if (seen.has(key)) twice.push(picture.path);
    else if (!(await readPicture(reading, picture, annotations.get(key)))) without.push(picture.path);
    seen.set(key, picture);
  }
  const alone = [...annotations].filter(([key]) => !seen.has(key)).map(([, { path }]) => path);
  warn(reading, twice, 'have the name of another one and are not read again');
  warn(reading, without, 'have no boxes and no folder of a class, and are not read');
  warn(reading, alone, 'have no picture and are not read');
  reading.warnings.push(`${dir} holds no good pictures: a detector needs some from elsewhere to learn from.`);
  return reading.dataset(name);
}

/** Adds a picture; false where nothing says what its defect is. */
async function readPicture(reading: Reading, { path, below }: DataFile, file: DataFile | undefined): Promise<boolean> {
  const facts = { id: below, label: 'defective', split: undefined, path, masks: [] } as const;
  let annotation: VocAnnotation | undefined;
  try {
    if (file !== undefined) annotation = await readVoc(file.path);
  } catch (error) {
    reading.problems.add(file!.path, (error as Error).message);
    return true;
  }
  if (file !== undefined && annotation !== undefined && annotation.objects.length > 0) {
    const defect = defectName(annotation.objects.map((object) => className(object.name) ?? object.name));
    reading.sources.push({ ...facts, defect, drawn: vocDrawn(file.path, annotation) });
    return true;
  }
  const defect = className(basename(dirname(path)));
  if (defect === undefined) return false;
  reading.sources.push({ ...facts, defect });
  return true;
}

/** The class of `1_chongkong`, `01` or `punching_hole`. */
function className(text: string): string | undefined {
  const number = /^0*(\d{1,2})(?:_|$)/.exec(text)?.[1];
  const plain = text.toLowerCase().replace(/[^a-z]+/g, '_');
  return number === undefined ? classes.find((name) => name === plain) : classes[Number(number) - 1];
}

function warn(reading: Reading, paths: readonly string[], what: string): void {
  if (paths.length === 0) return;
  const names = `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', ...' : ''}`;
  reading.warnings.push(`${paths.length} files in ${reading.dir} ${what}: ${names}.`);
}
