import { assertOneOf } from '@adlib/core';
import type { Dataset } from './dataset.js';
import { btad } from './layouts/btad.js';
import { coco } from './layouts/coco.js';
import { csvList } from './layouts/csvList.js';
import { dagm } from './layouts/dagm.js';
import { gc10 } from './layouts/gc10.js';
import { jsonList } from './layouts/jsonList.js';
import { kolektorSdd } from './layouts/kolektorSdd.js';
import { kolektorSdd2 } from './layouts/kolektorSdd2.js';
import { labelStudio } from './layouts/labelStudio.js';
import { magneticTile } from './layouts/magneticTile.js';
import { mpdd } from './layouts/mpdd.js';
import { mvtecAd2 } from './layouts/mvtecAd2.js';
import { mvtecLoco } from './layouts/mvtecLoco.js';
import { neu } from './layouts/neu.js';
import { realIad } from './layouts/realIad.js';
import { severstal } from './layouts/severstal.js';
import { ssi } from './layouts/ssi.js';
import { visa } from './layouts/visa.js';
import { mvtec } from './mvtec.js';

/** A layout of {@link layouts}. */
export interface Layout {
  /** What it is for. */
  readonly title: string;
  /** What its path names. */
  readonly takes: 'folder' | 'file';
  /** Licence of the data set that it is named after; empty for a form that any data may have. */
  readonly licence: string;
  /** Opens a folder or list of this layout; options are those of the layout's own function. */
  readonly open: (path: string, options?: Readonly<Record<string, unknown>>) => Promise<Dataset>;
}

type Open = (path: string, options?: never) => Promise<Dataset>;

/** A layout of folders; its function checks the options itself. */
function layout(title: string, licence: string, open: Open): Layout {
  return { title, takes: 'folder', licence, open: (path, options = {}) => open(path, options as never) };
}

/** A form of annotation that any data may have. */
function list(title: string, open: Open): Layout {
  return { ...layout(title, '', open), takes: 'file' };
}

const nonCommercial = 'CC BY-NC-SA 4.0';

/**
 * The layouts by name, as `adlib --layout` and {@link readDataset} take them.
 *
 * @example
 * ```ts
 * import { layouts } from '@adlib/datasets/node';
 * console.log(layouts['visa']?.licence); // CC BY 4.0
 * ```
 */
export const layouts: Readonly<Record<string, Layout>> = {
  mvtec: layout('MVTec AD, one category', nonCommercial, mvtec),
  'mvtec-loco': layout('MVTec LOCO AD, one category', nonCommercial, mvtecLoco),
  'mvtec-ad-2': layout('MVTec AD 2, one category', nonCommercial, mvtecAd2),
  visa: layout('VisA, one object', 'CC BY 4.0', visa),
  btad: layout('BTAD, one product', 'CC BY-SA 4.0', btad),
  'real-iad': layout('Real-IAD, one category', nonCommercial, realIad),
  'kolektor-sdd': layout('KolektorSDD', nonCommercial, kolektorSdd),
  'kolektor-sdd2': layout('KolektorSDD2', nonCommercial, kolektorSdd2),
  ssi: layout('surface seal images', 'see the page of the data', ssi),
  neu: layout('NEU surface defects', 'none stated', neu),
  dagm: layout('DAGM 2007, one class', 'none stated', dagm),
  mpdd: layout('MPDD, one category', nonCommercial, mpdd),
  'magnetic-tile': layout('magnetic tile defects', 'none stated', magneticTile),
  severstal: layout('Severstal steel defects', "the competition's rules", severstal),
  gc10: layout('GC10-DET', 'none stated', gc10),
  coco: list('boxes, polygons and run lengths of COCO', coco),
  'label-studio': list("Label Studio's JSON export", labelStudio),
  csv: list('a CSV list of pictures', csvList),
  json: list('a JSON list of pictures', jsonList),
};

/**
 * Opens a data set by the name of its layout.
 *
 * @param name - a key of {@link layouts}
 * @param path - the folder, or the file where the layout is a list
 * @param options - options of the layout's own function, for example those of `visa`
 * @returns the data set
 * @throws RangeError for another name; what the layout's function throws
 * @example
 * ```ts
 * import { synthetic } from '@adlib/datasets';
 * import { readDataset, writeMvtec } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writeMvtec(synthetic('weave', { good: 4, testGood: 2, defective: 2, size: 64 }), dir);
 * console.log((await readDataset('mvtec', dir, { name: 'weave' })).samples.length); // 8
 * ```
 */
export async function readDataset(
  name: string,
  path: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Dataset> {
  assertOneOf('readDataset', 'name', name, Object.keys(layouts));
  return layouts[name]!.open(path, options);
}
