import { argumentMessage, DatasetFormatError } from '@adlib/core';
import type { Dataset } from './dataset.js';

/** A picture whose label people dispute. */
export interface BorderlineEntry {
  /** The sample's id: its path inside the data set with forward slashes. */
  file: string;
  /** Why it is disputed, for people. */
  reason: string;
}

/**
 * Marks pictures whose label people dispute (marks within tolerance, not fully in the frame, a stain that may be a
 * reflection). They get no role from `assignRoles`, so nothing is learned from them, and their split becomes `test`: pass them
 * to `evaluate` of `@adlib/pipeline` with the test samples, which leaves them out of every figure and tells of them apart.
 *
 * @param dataset - the data set; not changed
 * @param list - the disputed pictures; `readBorderline` reads it from a file
 * @returns the same data set with those samples marked
 * @throws TypeError if an entry is not `{ file, reason }`; DatasetFormatError naming entries that are not in the data set or
 *   are listed twice
 * @example
 * ```ts
 * import { borderline, synthetic } from '@adlib/datasets';
 * const dataset = synthetic('screw', { good: 10, testGood: 2, defective: 4, size: 64 });
 * const marked = borderline(dataset, [{ file: 'train/good/003.png', reason: 'tool mark within tolerance' }]);
 * console.log(marked.samples.filter(({ split }) => split === 'train').length); // 9
 * ```
 */
export function borderline(dataset: Dataset, list: readonly BorderlineEntry[]): Dataset {
  const reasons = new Map<string, string>();
  const problems: string[] = [];
  const known = new Set(dataset.samples.map(({ id }) => id));
  for (const [i, { file, reason }] of list.entries()) {
    if (typeof file !== 'string' || typeof reason !== 'string' || reason.trim() === '') {
      throw new TypeError(argumentMessage('borderline', `list[${i}]`, '{ file, reason } of text', list[i]));
    }
    if (!known.has(file)) problems.push(`${file} is not in it`);
    else if (reasons.has(file)) problems.push(`${file} is listed twice`);
    reasons.set(file, reason.trim());
  }
  if (problems.length > 0) {
    const listed =
      problems.slice(0, 10).join(', ') + (problems.length > 10 ? `, and ${problems.length - 10} more` : '');
    const example = dataset.samples[0] === undefined ? '' : `, for example ${dataset.samples[0].id}`;
    throw new DatasetFormatError(
      `borderline: the list does not fit the data set ${dataset.name}: ${listed}. Name files by their path inside the data set${example}.`,
      { path: list.find(({ file }) => !known.has(file))?.file ?? list[0]!.file },
    );
  }
  const samples = dataset.samples.map((sample) => {
    const disputed = reasons.get(sample.id);
    return disputed === undefined ? sample : { ...sample, split: 'test' as const, disputed };
  });
  return { ...dataset, samples };
}
