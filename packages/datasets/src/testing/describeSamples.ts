import { DatasetFormatError } from '@adlib/core';
import type { Dataset } from '../dataset.js';

/**
 * A line per sample: id, defect, split, group, and the places where its mask is 1.
 *
 * @param dataset - the data set
 * @returns the lines
 */
export function describeSamples({ samples }: Pick<Dataset, 'samples'>): Promise<string[]> {
  return Promise.all(
    samples.map(async ({ id, label, defect, split, group, ...rest }) => {
      if ((label === 'good') !== (defect === 'good')) throw new Error(`${id} is ${label} and ${defect}`);
      const mask = await rest.mask?.();
      const places =
        mask === undefined ? '' : ` [${[...mask.data.keys()].filter((i) => mask.data[i] === 1).join(' ')}]`;
      return `${id} ${defect} ${split ?? '-'}${group === undefined ? '' : ` {${group}}`}${places}`;
    }),
  );
}

/**
 * The error that opening a data set fails with.
 *
 * @param call - the opening
 * @returns the error
 */
export async function failureOf(call: Promise<unknown>): Promise<DatasetFormatError> {
  const error = await call.catch((e: unknown) => e);
  if (error instanceof DatasetFormatError) return error;
  throw new Error('expected a DatasetFormatError', { cause: error });
}

/**
 * The problems that opening a data set fails with, one a line, without the folder.
 *
 * @param call - the opening
 * @param dir - the folder
 * @returns the lines, without the number of problems
 */
export async function problemsOf(call: Promise<unknown>, dir: string): Promise<string[]> {
  const { message } = await failureOf(call);
  const lines = message.replaceAll(`${dir}/`, '').split('\n- ');
  return lines.length === 1 ? [lines[0]!.replace(/^\w+: /, '')] : lines.slice(1);
}
