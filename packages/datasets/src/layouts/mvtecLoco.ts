import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertKnownOptions, DatasetFormatError, type Mask } from '@adlib/core';
import type { Dataset, Sample } from '../dataset.js';
import { readImage } from '../decode.js';
import { headerOf, type DataFile } from '../files.js';
import { nameOf, stem, type Problems } from '../layout.js';
import { maskSizeMessage } from '../mask.js';
import { mvtecAdForm, readMvtecForm } from './mvtecForm.js';
import type { Reading } from './reading.js';

/** Options of {@link mvtecLoco}. */
export interface MvtecLocoOptions {
  /** Name for reports. @defaultValue the folder's name */
  name?: string;
}

/** A defect type as `defects_config.json` describes it. */
export interface LocoDefect {
  /** Its name, for example `missing_pushpin`. */
  readonly name: string;
  /** Value of its pixels in mask files, 1 to 255. */
  readonly pixelValue: number;
  /** What suffices to call it found: a share of its area in (0, 1] where `relative`, else a number of pixels. */
  readonly saturation: number;
  /** Whether `saturation` is a share of the area. */
  readonly relative: boolean;
}

/** One annotated defect of a picture, in the form that `spro` of `@adlib/metrics` takes. */
export interface LocoRegion {
  /** 1 where a pixel belongs to the defect, at the picture's size; the caller's own. */
  readonly mask: Mask;
  /** Pixels that suffice to call it found, in [1, area]. */
  readonly saturation: number;
  /** Name of its defect type. */
  readonly defect: string;
}

/** A sample of {@link mvtecLoco}. */
export interface LocoSample extends Sample {
  /** Reads the defects one by one; absent where there are none, or no `defects_config.json`. */
  regions?(): Promise<LocoRegion[]>;
}

/** What {@link mvtecLoco} opens. */
export interface LocoDataset extends Dataset {
  /** Every sample. */
  readonly samples: readonly LocoSample[];
  /** What `defects_config.json` says; empty where it is missing. */
  readonly defects: readonly LocoDefect[];
}

/**
 * Opens a category of MVTec LOCO AD: `train/good`, `validation/good`, `test/good`, `test/logical_anomalies`,
 * `test/structural_anomalies`, one mask file per defect in `ground_truth/<anomaly>/<name>/000.png`, and
 * `defects_config.json`. `mask()` is the union of a picture's files; `regions()` gives them one by one with the number of
 * pixels that suffices to find each, for `spro`. The validation part keeps its own (`split` is `validation`).
 *
 * The saturation is `floor(threshold * area)` where it is relative and `min(threshold, area)` where it is not, as in the
 * authors' evaluation code, and never below one pixel.
 *
 * Licence: CC BY-NC-SA 4.0. Cite: P. Bergmann, K. Batzner, M. Fauser, D. Sattlegger, C. Steger, "Beyond dents and scratches:
 * logical constraints in unsupervised anomaly detection and localization", IJCV 130, 2022.
 *
 * @param dir - the folder of one category, for example `mvtec_loco/pushpins`
 * @param options - another name
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong, as for `mvtec`; `regions()` throws it for a mask that holds
 *   several values, or one that is not in the configuration
 * @example
 * ```ts
 * import { mvtecLoco, writePng } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * const picture = { data: Uint8Array.of(0, 255, 255), width: 3, height: 1, channels: 1 } as const;
 * const truth = 'ground_truth/logical_anomalies/000';
 * for (const name of ['train/good/000', 'train/good/001', 'test/logical_anomalies/000', `${truth}/000`])
 *   await writePng(join(dir, `${name}.png`), picture);
 * const pin = { defect_name: 'missing_pin', pixel_value: 255, saturation_threshold: 1, relative_saturation: false };
 * await writeFile(join(dir, 'defects_config.json'), JSON.stringify([pin]));
 * const { samples } = await mvtecLoco(dir);
 * console.log((await samples[0]?.regions?.())?.[0]?.saturation); // 1
 * ```
 * @see https://www.mvtec.com/company/research/datasets/mvtec-loco
 */
export async function mvtecLoco(dir: string, options: MvtecLocoOptions = {}): Promise<LocoDataset> {
  const { name = nameOf(dir) } = options;
  assertKnownOptions('mvtecLoco', options, ['name']);
  const reading = await readMvtecForm('mvtecLoco', dir, {
    ...mvtecAdForm,
    validation: 'validation',
    pair: maskFolders,
    maskAbove: 0,
  });
  const defects = await readDefects(reading);
  const dataset = await reading.dataset(name);
  const sources = new Map(reading.sources.map((source) => [source.id, source]));
  const samples = dataset.samples.map((sample): LocoSample => {
    const { path, masks } = sources.get(sample.id)!;
    if (masks.length === 0 || defects.length === 0) return sample;
    return { ...sample, regions: () => readRegions(path, masks, defects) };
  });
  return { ...dataset, samples, defects };
}

/** Every file in a folder of the picture's name is one of its masks. */
function maskFolders(pictures: readonly DataFile[], masks: readonly DataFile[], problems: Problems): string[][] {
  const found = new Map<string, string[]>();
  const pictureOf = new Map<string, string>();
  for (const { path, below } of pictures) {
    const other = pictureOf.get(stem(below));
    if (other !== undefined) {
      problems.add(path, `${path}: has the masks of ${other} too. Give the pictures names of their own.`);
    }
    pictureOf.set(stem(below), path);
    found.set(stem(below), []);
  }
  for (const { path, below } of masks) {
    const slash = below.lastIndexOf('/');
    const files = found.get(below.slice(0, Math.max(slash, 0)));
    if (files === undefined) {
      const rule = 'Masks lie in a folder with the name of their picture.';
      problems.add(path, `${path}: there is no picture for this mask. ${rule}`);
    } else files.push(path);
  }
  return pictures.map(({ below }) => found.get(stem(below))!);
}

async function readDefects(reading: Reading): Promise<LocoDefect[]> {
  const path = join(reading.dir, 'defects_config.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    reading.warnings.push(`${path} is missing: there are no regions for the saturated region overlap (sPRO).`);
    return [];
  }
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    entries = undefined;
  }
  if (!Array.isArray(entries)) {
    reading.problems.add(path, `${path}: is not a JSON list of defects. Restore the file.`);
    return [];
  }
  const defects: LocoDefect[] = [];
  entries.forEach((entry: unknown, i) => {
    const defect = readDefect(entry);
    const what =
      typeof defect === 'string'
        ? defect
        : defects.some(({ pixelValue }) => pixelValue === defect.pixelValue) &&
          `pixel_value ${defect.pixelValue} is taken by another defect`;
    if (what !== false) reading.problems.add(path, `${path}: entry ${i}: ${what}. Restore the file.`);
    else defects.push(defect as LocoDefect);
  });
  return defects;
}

/** One entry of the configuration, or what is wrong with it. */
function readDefect(entry: unknown): LocoDefect | string {
  if (typeof entry !== 'object' || entry === null) return 'is not an object';
  const {
    defect_name: name,
    pixel_value: pixelValue,
    saturation_threshold: saturation,
    relative_saturation: relative,
  } = entry as Record<string, unknown>;
  if (typeof name !== 'string') return 'defect_name must be a text';
  if (!Number.isInteger(pixelValue) || (pixelValue as number) < 1 || (pixelValue as number) > 255) {
    return 'pixel_value must be a whole number from 1 to 255';
  }
  if (typeof relative !== 'boolean') return 'relative_saturation must be true or false';
  const most = relative ? 1 : Infinity;
  if (typeof saturation !== 'number' || !(saturation > 0 && saturation <= most)) {
    return `saturation_threshold must be ${relative ? 'a share in (0, 1]' : 'a number of pixels above 0'}`;
  }
  return { name, pixelValue: pixelValue as number, saturation, relative };
}

async function readRegions(
  picture: string,
  masks: readonly string[],
  defects: readonly LocoDefect[],
): Promise<LocoRegion[]> {
  const { height, width } = await headerOf(picture);
  return Promise.all(masks.map((path) => readRegion(path, [height, width], defects)));
}

async function readRegion(
  path: string,
  size: readonly [number, number],
  defects: readonly LocoDefect[],
): Promise<LocoRegion> {
  const fail = (what: string): DatasetFormatError => new DatasetFormatError(`${path}: ${what}`, { path });
  const { data, width, height, channels } = await readImage(path);
  if (height !== size[0] || width !== size[1]) {
    throw new DatasetFormatError(maskSizeMessage(path, [height, width], size), { path });
  }
  if (channels !== 1) throw fail('is in colour; a mask holds the number of its defect in grey. Restore the file.');
  const mask: Mask = { data: new Uint8Array(data.length), width, height };
  const values = new Set<number>();
  let area = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    values.add(data[i]!);
    mask.data[i] = 1;
    area++;
  }
  const [value] = values;
  if (value === undefined) throw fail('is empty; each mask shows one defect. Remove it or draw the defect.');
  if (values.size > 1)
    throw fail(`holds ${values.size} values besides 0; each mask shows one defect. Restore the file.`);
  const defect = defects.find(({ pixelValue }) => pixelValue === value);
  if (defect === undefined)
    throw fail(`holds the value ${value}, which defects_config.json does not have. Add it there.`);
  const { name, saturation, relative } = defect;
  const pixels = relative ? Math.max(Math.floor(saturation * area), 1) : Math.min(saturation, area);
  return { mask, saturation: pixels, defect: name };
}
