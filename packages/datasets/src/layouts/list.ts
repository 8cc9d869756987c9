import type { Role } from '../dataset.js';
import type { FileSampleSource } from '../files.js';
import { missingMasks } from './missingMasks.js';
import type { Reading } from './reading.js';

/** One entry of a list: text of each column, empty or absent where there is nothing. */
export interface ListEntry {
  /** Where it is in the list, for messages, for example `line 3`. */
  readonly place: string;
  /** Text by column: `image`, `label`, `mask`, `defect`, `role`, `group`. */
  readonly values: ReadonlyMap<string, string>;
}

/** The columns that a list may have. */
export const listColumns = ['image', 'label', 'mask', 'defect', 'role', 'group'] as const;

const good = ['good', 'ok', 'normal', '0'];
const defective = ['defective', 'bad', 'anomaly', 'anomalous', 'nok', 'ng', '1'];
const splits: Readonly<Record<Role, FileSampleSource['split']>> = {
  train: 'train',
  validation: 'validation',
  calibration: 'validation',
  test: 'test',
};

/**
 * Adds the entries of a list to a data set.
 *
 * @param reading - takes samples, problems and warnings
 * @param list - the list's file
 * @param entries - its entries
 */
export async function readList(reading: Reading, list: string, entries: readonly ListEntry[]): Promise<void> {
  const seen = new Map<string, string>();
  if (entries.length === 0) reading.problems.add(list, `${list}: lists no picture.`);
  for (const entry of entries) {
    const complain = (what: string): void => reading.problems.add(list, `${list}: ${entry.place}: ${what}`);
    const source = await readEntry(reading, list, entry, complain);
    if (source === undefined) continue;
    const other = seen.get(source.path);
    if (other !== undefined) complain(`${source.id} is in ${other} too. Remove one of them.`);
    else reading.sources.push(source);
    seen.set(source.path, entry.place);
  }
  const bad = reading.sources.filter(({ label }) => label === 'defective');
  const without = bad.filter(({ masks }) => masks.length === 0).map(({ path }) => path);
  reading.warnings.push(...missingMasks(list, bad.length, without));
}

async function readEntry(
  reading: Reading,
  list: string,
  { place, values }: ListEntry,
  complain: (what: string) => void,
): Promise<FileSampleSource | undefined> {
  const of = (column: (typeof listColumns)[number]): string => values.get(column) ?? '';
  const label = labelOf(of('label'), of('defect'), !values.has('label') && values.has('defect'));
  if (label === undefined) {
    complain(
      `label '${of('label').slice(0, 60)}' with defect '${of('defect').slice(0, 60)}' is neither good nor defective.`,
    );
  }
  const role = of('role').toLowerCase();
  const known = role === '' || Object.hasOwn(splits, role);
  if (!known) complain(`role must be train, validation, calibration, test or empty, got '${role.slice(0, 60)}'.`);
  if (role === 'train' && label === 'defective') {
    complain('a defective picture is not for training. Give it the role calibration or test.');
  }
  const named = `${list}: ${place}`;
  const path = await reading.listed(reading.dir, of('image'), named);
  const mask = of('mask') === '' ? undefined : await reading.listed(reading.dir, of('mask'), named);
  if (path === undefined || label === undefined || !known) return undefined;
  return {
    id: of('image')
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, ''),
    label,
    defect: label === 'good' ? 'good' : of('defect') || 'defective',
    split: role === '' ? undefined : splits[role as Role],
    ...(role === '' ? {} : { role: role as Role }),
    ...(of('group') === '' ? {} : { group: of('group') }),
    path,
    masks: mask === undefined ? [] : [mask],
  };
}

/**
 * The label, from its own column or from the defect type; undefined where they say nothing or contradict each other. Where
 * there is a column for the defect type alone, an empty one means good.
 */
function labelOf(label: string, defect: string, typesAlone: boolean): 'good' | 'defective' | undefined {
  const goodDefect = good.includes(defect.toLowerCase());
  if (good.includes(label.toLowerCase())) return defect === '' || goodDefect ? 'good' : undefined;
  if (defective.includes(label.toLowerCase())) return goodDefect ? undefined : 'defective';
  if (label !== '' || (defect === '' && !typesAlone)) return undefined;
  return goodDefect || defect === '' ? 'good' : 'defective';
}
