import { dirname, join, normalize, sep } from 'node:path';
import { assertKnownOptions, assertOneOf } from '@adlib/core';
import { isFile } from '../annotations/isFile.js';
import { isObject, objectsOf, readJson, type JsonObject } from '../annotations/json.js';
import { readLabelStudioResult, type LabelledRegions } from '../annotations/labelStudioResult.js';
import { defectName, drawnRegions } from '../annotations/regions.js';
import type { Dataset } from '../dataset.js';
import { nameOf } from '../layout.js';
import { Reading } from './reading.js';

/** Options of {@link labelStudio}. */
export interface LabelStudioOptions {
  /** Folder of the pictures, or of Label Studio's `upload` or `media`. @defaultValue the file's folder */
  root?: string;
  /**
   * What holds where several people annotated one picture: the latest annotation, whatever any of them marked, or what more
   * than half of them marked (pixel by pixel).
   *
   * @defaultValue 'refuse': such pictures are an error that names them
   */
  several?: 'refuse' | 'latest' | 'union' | 'majority';
  /** Only annotations of this person (number, or email address). @defaultValue everyone's */
  completedBy?: number | string;
  /** Choices that say that a part is good, in any case of letters. @defaultValue ['good', 'ok', 'normal'] */
  goodChoices?: readonly string[];
  /** Labels that are no defects (the part itself, a background): their regions are left out. @defaultValue none */
  ignoreLabels?: readonly string[];
  /** Name for reports. @defaultValue the name of the root folder */
  name?: string;
}

/**
 * Opens an export of Label Studio (format "JSON"): polygons, rectangles (turned ones too), brush strokes, and choices. Labels
 * are the defect types, several joined by `+`. A picture that someone annotated without marking anything is good, unless a
 * choice names a defect. Pictures that nobody annotated, or whose annotations were cancelled, are left out; predictions and
 * drafts are not read.
 *
 * Pictures are looked for below `root` by the path in the export: of `/data/upload/3/1a2b3c4d-name.png` as `upload/3/...`,
 * `3/...`, `1a2b3c4d-name.png` and `name.png`; of `/data/local-files/?d=dir/name.png` and of addresses (`http`, `s3`) as their
 * path and its ends. Nothing is downloaded.
 *
 * @param file - the exported JSON file
 * @param options - where the pictures are, whose annotations count
 * @returns the data set, sorted by path
 * @throws DatasetFormatError listing everything that is wrong: another export format, pictures that are missing, cut off, not
 *   pictures or of another size, regions that are not well-formed, several annotations of a picture unless `several` says what
 *   holds, a good choice beside marked defects
 * @example
 * ```ts
 * import { labelStudio, writePng } from '@adlib/datasets/node';
 * import { mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const dir = await mkdtemp(join(tmpdir(), 'adlib-'));
 * await writePng(join(dir, 'a.png'), { data: new Uint8Array(8), width: 4, height: 2, channels: 1 });
 * const value = { x: 50, y: 0, width: 25, height: 100, rotation: 0, rectanglelabels: ['dent'] };
 * const result = [{ type: 'rectanglelabels', original_width: 4, original_height: 2, value }];
 * const tasks = [{ id: 1, data: { image: '/data/upload/1/0a1b2c3d-a.png' }, annotations: [{ result }] }];
 * await writeFile(join(dir, 'export.json'), JSON.stringify(tasks));
 * const { samples } = await labelStudio(join(dir, 'export.json'));
 * console.log(samples[0]?.defect, (await samples[0]?.mask?.())?.data); // dent 0, 0, 1, 0, 0, 0, 1, 0
 * ```
 * @see https://labelstud.io/guide/export
 */
export async function labelStudio(file: string, options: LabelStudioOptions = {}): Promise<Dataset> {
  const { root = dirname(file), several = 'refuse', goodChoices = ['good', 'ok', 'normal'] } = options;
  const { ignoreLabels = [], name = nameOf(root) } = options;
  const known = ['root', 'several', 'completedBy', 'goodChoices', 'ignoreLabels', 'name'];
  assertKnownOptions('labelStudio', options, known);
  assertOneOf('labelStudio', 'several', several, ['refuse', 'latest', 'union', 'majority']);
  const reading = new Reading('labelStudio', root);
  const tasks = await readJson(file);
  if (!Array.isArray(tasks) || !tasks.every((task) => isObject(task) && isObject(task['data']))) {
    throw reading.refusal(`${file}: is not an export in Label Studio's format "JSON" (a list of tasks). Export it so.`);
  }
  const skipped = { tasks: 0, kinds: new Set<string>() };
  const seen = new Map<string, string>();
  for (const [i, task] of objectsOf(tasks).entries()) {
    const place = `${file}: task ${typeof task['id'] === 'number' ? task['id'] : `number ${i + 1}`}`;
    const complain = (what: string): void => reading.problems.add(file, `${place}: ${what}`);
    const annotations = counting(task, options.completedBy);
    if (annotations.length === 0) {
      skipped.tasks++;
      continue;
    }
    if (annotations.length > 1 && several === 'refuse') {
      complain(`has ${annotations.length} annotations. Say which hold with the option 'several', or 'completedBy'.`);
      continue;
    }
    const used = several === 'latest' ? [latest(annotations)] : annotations;
    const read = used.map((one) => readLabelStudioResult(one['result'], { goodChoices, ignoreLabels, complain }));
    for (const kind of read.flatMap(({ skippedKinds }) => skippedKinds)) skipped.kinds.add(kind);
    const path = await findPicture(task, reading, place, file);
    if (path === undefined) continue;
    const id = path.slice(normalize(`${root}/`).length).replaceAll(sep, '/');
    if (seen.has(id)) complain(`is of the same picture as ${seen.get(id)!}: ${path}. Remove one of them.`);
    seen.set(id, place);
    addSample(reading, { path, id, file }, read, several === 'majority' ? Math.floor(read.length / 2) + 1 : 1);
  }
  if (skipped.tasks > 0) {
    reading.warnings.push(`${file}: ${skipped.tasks} tasks without an annotation that counts are left out.`);
  }
  if (skipped.kinds.size > 0) {
    reading.warnings.push(`${file}: regions of kind ${[...skipped.kinds].sort().join(', ')} are not read.`);
  }
  return reading.dataset(name);
}

/** Annotations that were not cancelled, of the person asked for. */
function counting(task: JsonObject, completedBy: number | string | undefined): JsonObject[] {
  const all = objectsOf(task['annotations'] ?? task['completions']);
  return all.filter((annotation) => {
    if (annotation['was_cancelled'] === true) return false;
    if (completedBy === undefined) return true;
    const by = annotation['completed_by'];
    return by === completedBy || (isObject(by) && (by['id'] === completedBy || by['email'] === completedBy));
  });
}

function latest(annotations: readonly JsonObject[]): JsonObject {
  const time = ({ updated_at: updated, created_at: created }: JsonObject): string =>
    [updated, created].find((value) => typeof value === 'string') ?? '';
  return annotations.reduce((best, other) => (time(other) >= time(best) ? other : best));
}

function addSample(
  reading: Reading,
  { path, id, file }: { path: string; id: string; file: string },
  read: readonly LabelledRegions[],
  atLeast: number,
): void {
  const defective = read.filter((one) => one.defective);
  const size = read.find((one) => one.size !== undefined)?.size;
  const facts = { id, split: undefined, path, masks: [] };
  const source = { path: file, entry: id, size, atLeast, regions: read.map(({ regions }) => regions) };
  const marked = read.some(({ regions }) => regions.length > 0);
  if (defective.length < atLeast) {
    reading.sources.push({ ...facts, label: 'good', defect: 'good', drawn: drawnRegions({ ...source, regions: [] }) });
  } else {
    const defect = defectName(defective.flatMap(({ labels }) => labels));
    const drawn = marked ? { drawn: drawnRegions(source) } : {};
    reading.sources.push({ ...facts, label: 'defective', defect, ...drawn });
  }
}

/** The picture of a task below the root; a problem where there is none. */
async function findPicture(
  task: JsonObject,
  reading: Reading,
  place: string,
  file: string,
): Promise<string | undefined> {
  const data = task['data'] as JsonObject;
  const given = [data['image'], ...Object.values(data), task['file_upload']].find(
    (value) => typeof value === 'string' && value !== '',
  ) as string | undefined;
  const paths = given === undefined ? [] : candidates(given);
  if (given === undefined || paths.length === 0) {
    reading.problems.add(file, `${place}: its data names no picture. Export the project with its pictures' addresses.`);
    return undefined;
  }
  for (const below of paths) {
    const clean = normalize(below);
    if (clean.split(sep)[0] !== '..' && !clean.includes('\0') && (await isFile(join(reading.dir, clean)))) {
      return join(reading.dir, clean);
    }
  }
  const tried = paths.slice(0, 4).join(', ');
  reading.problems.add(
    file,
    `${place}: its picture '${given.slice(0, 200)}' is not in ${reading.dir} (looked for ${tried.slice(0, 300)}). Give its folder as 'root'.`,
  );
  return undefined;
}

/** Paths below the root where a picture may be, the longest first. */
function candidates(given: string): string[] {
  const local = /\/data\/local-files\/\?d=([^&]*)/.exec(given)?.[1];
  const path = local ?? given.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/[?#].*$/, '');
  const parts = [...new Set([decoded(path), path])].flatMap((text) => {
    const steps = text
      .replaceAll('\\', '/')
      .split('/')
      .filter((step) => step !== '' && step !== '.');
    return steps.slice(-8).map((_, i, some) => some.slice(i).join('/'));
  });
  const plain = parts.filter((part) => !part.includes('/')).map((part) => part.replace(/^[0-9a-f]{8}-/, ''));
  return [...new Set([...parts, ...plain])].filter((part) => part !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
