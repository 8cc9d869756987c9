import { dirname } from 'node:path';
import { assertKnownOptions, assertOneOf } from '@adlib/core';
import { isObject, objectsOf, readJson, type JsonObject } from '../annotations/json.js';
import { assertPolygon, paintPolygon } from '../annotations/polygon.js';
import { defectName, drawnRegions, messageOf, type Region } from '../annotations/regions.js';
import { cocoRuns, paintRuns, type CocoRle } from '../annotations/rle.js';
import type { Dataset, Sample } from '../dataset.js';
import { nameOf } from '../layout.js';
import { Reading } from './reading.js';

/** Options of {@link coco}. */
export interface CocoOptions {
  /** Folder that `file_name` is relative to. @defaultValue the file's folder */
  images?: string;
  /** What pictures without annotations are: good parts, or not looked at and therefore left out. @defaultValue 'good' */
  unannotated?: 'good' | 'skip';
  /** Whether `iscrowd` regions (many small defects marked together) are defective or left out. @defaultValue 'defective' */
  crowd?: 'defective' | 'skip';
  /** Categories that mark good parts or backgrounds: their regions are left out. @defaultValue none */
  goodCategories?: readonly string[];
  /** Part of the data set that this file is, as COCO has one file for each. @defaultValue undefined */
  split?: Sample['split'];
  /** Name for reports. @defaultValue the name of the folder of pictures */
  name?: string;
}

/**
 * Opens a data set annotated in COCO's form: `images`, `annotations` and `categories` in one JSON file. Polygons (even-odd,
 * pixel centres, as `polygonMask`; parts of one annotation are joined), run lengths plain or compressed, and, where an
 * annotation has no segmentation, its box. Categories are the defect types, several joined by `+`.
 *
 * @param file - the JSON file
 * @param options - where the pictures are, what pictures without annotations mean
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong: not COCO's form, ids twice or unknown, segmentations that are
 *   not well-formed, pictures that are missing, cut off, not pictures or of another size than `height` and `width` say, and
 *   names that lead out of the folder of pictures
 * @example
 * ```ts
 * import { coco, writePng } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writePng(join(dir, 'a.png'), { data: new Uint8Array(6), width: 3, height: 2, channels: 1 });
 * const value = {
 *   images: [{ id: 7, file_name: 'a.png', width: 3, height: 2 }],
 *   annotations: [{ id: 1, image_id: 7, category_id: 2, segmentation: [[0, 0, 2, 0, 2, 1, 0, 1]] }],
 *   categories: [{ id: 2, name: 'dent' }],
 * };
 * await writeFile(join(dir, 'coco.json'), JSON.stringify(value));
 * const { samples } = await coco(join(dir, 'coco.json'));
 * console.log(samples[0]?.defect, (await samples[0]?.mask?.())?.data); // dent 1, 1, 0, 0, 0, 0
 * ```
 * @see https://cocodataset.org/#format-data
 */
export async function coco(file: string, options: CocoOptions = {}): Promise<Dataset> {
  const { images = dirname(file), unannotated = 'good', crowd = 'defective', goodCategories = [], split } = options;
  const { name = nameOf(images) } = options;
  assertKnownOptions('coco', options, ['images', 'unannotated', 'crowd', 'goodCategories', 'split', 'name']);
  assertOneOf('coco', 'unannotated', unannotated, ['good', 'skip']);
  assertOneOf('coco', 'crowd', crowd, ['defective', 'skip']);
  if (split !== undefined) assertOneOf('coco', 'split', split, ['train', 'validation', 'test']);
  const reading = new Reading('coco', images);
  const root = await readJson(file);
  if (!isObject(root) || !Array.isArray(root['images'])) {
    throw reading.refusal(`${file}: is not in COCO's form, it has no list 'images'. Export it as COCO.`);
  }
  const pictures = readImages(root['images'], file, reading);
  const skipped = readAnnotations(root, file, reading, { pictures, crowd, goodCategories });
  if (skipped.boxes > 0) {
    reading.warnings.push(`${file}: ${skipped.boxes} annotations have a box and no segmentation: the box is the mask.`);
  }
  let left = 0;
  for (const { fileName, size, regions, kinds, unclear } of pictures.values()) {
    const path = await reading.listed(images, fileName, file);
    if (path === undefined) continue;
    const facts = { id: fileName.replaceAll('\\', '/'), split, path, masks: [] };
    if (regions.length > 0) {
      const drawn = drawnRegions({ path: file, entry: fileName, regions: [regions], size });
      reading.sources.push({ ...facts, label: 'defective', defect: defectName(kinds), drawn });
    } else if (unannotated === 'good' && !unclear) {
      const drawn = drawnRegions({ path: file, entry: fileName, regions: [], size });
      reading.sources.push({ ...facts, label: 'good', defect: 'good', drawn });
    } else left++;
  }
  if (left > 0) reading.warnings.push(`${file}: ${left} pictures without annotations that count are left out.`);
  return reading.dataset(name);
}

/** A picture that the file names, with what marks it. */
interface Picture {
  readonly fileName: string;
  readonly size: readonly [number, number] | undefined;
  readonly regions: Region[];
  readonly kinds: string[];
  /** Whether an annotation was left out that marks defects. */
  unclear: boolean;
}

function readImages(list: readonly unknown[], file: string, { problems }: Reading): Map<unknown, Picture> {
  const pictures = new Map<unknown, Picture>();
  const names = new Set<string>();
  for (const [i, image] of list.entries()) {
    const { id, file_name: fileName, height, width } = isObject(image) ? image : {};
    const wrong =
      !isId(id) || typeof fileName !== 'string'
        ? 'has no id or no file_name'
        : pictures.has(id)
          ? `has the id ${id} of another one`
          : names.has(fileName)
            ? `has the file_name '${fileName}' of another one`
            : undefined;
    if (wrong !== undefined) {
      problems.add(file, `${file}: images[${i}] ${wrong}. Correct the file.`);
      continue;
    }
    names.add(fileName as string);
    const size = isSide(height) && isSide(width) ? ([height, width] as const) : undefined;
    pictures.set(id, { fileName: fileName as string, size, regions: [], kinds: [], unclear: false });
  }
  return pictures;
}

function readAnnotations(
  root: JsonObject,
  file: string,
  { problems }: Reading,
  {
    pictures,
    crowd,
    goodCategories,
  }: Pick<Required<CocoOptions>, 'crowd' | 'goodCategories'> & {
    pictures: ReadonlyMap<unknown, Picture>;
  },
): { boxes: number } {
  const categories = new Map(objectsOf(root['categories']).map(({ id, name }) => [id, name]));
  const skipped = { boxes: 0 };
  for (const [i, annotation] of objectsOf(root['annotations']).entries()) {
    const place = `annotation ${isId(annotation['id']) ? annotation['id'] : `number ${i + 1}`}`;
    const complain = (what: string): void => problems.add(file, `${file}: ${place}: ${what} Correct the file.`);
    const picture = pictures.get(annotation['image_id']);
    const category = categories.get(annotation['category_id']);
    if (picture === undefined) complain('its image_id is not that of a picture.');
    else if (typeof category !== 'string') complain('its category_id is not that of a category with a name.');
    else if (goodCategories.includes(category)) continue;
    else if (crowd === 'skip' && Number(annotation['iscrowd']) === 1) picture.unclear = true;
    else {
      const regions = regionsOf(annotation, picture.size, complain);
      if (!hasSegmentation(annotation)) skipped.boxes++;
      picture.regions.push(...regions);
      if (regions.length > 0) picture.kinds.push(category);
    }
  }
  return skipped;
}

function hasSegmentation({ segmentation }: JsonObject): boolean {
  return isObject(segmentation) || (Array.isArray(segmentation) && segmentation.length > 0);
}

function regionsOf(
  annotation: JsonObject,
  size: readonly [number, number] | undefined,
  complain: (what: string) => void,
): Region[] {
  const { segmentation, bbox } = annotation;
  if (isObject(segmentation)) {
    const region = runsRegion(segmentation as unknown as CocoRle, size, complain);
    return region === undefined ? [] : [region];
  }
  const box = Array.isArray(bbox) && bbox.length === 4 ? boxCorners(bbox as number[]) : [];
  const parts = hasSegmentation(annotation) ? (segmentation as readonly number[][]) : [box];
  return parts.flatMap((points, i) => {
    const wrong = messageOf(() => assertPolygon(hasSegmentation(annotation) ? `part ${i + 1}` : 'bbox', points));
    if (wrong !== undefined) complain(wrong);
    return wrong === undefined ? [{ paint: (mask) => paintPolygon(mask, points) } satisfies Region] : [];
  });
}

function runsRegion(
  rle: CocoRle,
  size: readonly [number, number] | undefined,
  complain: (what: string) => void,
): Region | undefined {
  const wrong =
    messageOf(() => cocoRuns('segmentation', rle)) ??
    (size !== undefined && (rle.size[0] !== size[0] || rle.size[1] !== size[1])
      ? `segmentation: size is ${rle.size.join('×')}, its picture's is ${size.join('×')} (height×width).`
      : undefined);
  if (wrong !== undefined) {
    complain(wrong);
    return undefined;
  }
  return {
    problem: ([height, width]) =>
      rle.size[0] === height && rle.size[1] === width
        ? undefined
        : `its run lengths are for ${rle.size.join('×')}, the picture is ${height}×${width} (height×width).`,
    paint: (mask) => paintRuns(mask, cocoRuns('segmentation', rle)),
  };
}

function boxCorners([x, y, width, height]: readonly number[]): number[] {
  return [x!, y!, x! + width!, y!, x! + width!, y! + height!, x!, y! + height!];
}

function isId(value: unknown): value is number | string {
  return typeof value === 'string' || Number.isFinite(value);
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}
