/** What the studies share beside the autoencoder: figures of decisions, halves of labelled pictures, the machine, sections of pages. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { createRandom } from '@adlib/core';
import { confusion } from '@adlib/metrics';

/** Figures of decisions; NaN where a rate is undefined. */
export interface Figures {
  accuracy: number;
  balancedAccuracy: number;
  precision: number;
  recall: number;
  f1: number;
}

/** Figures of one limit for all scores. */
export function figuresAt(scores: ArrayLike<number>, labels: ArrayLike<number>, limit: number): Figures {
  const { accuracy, balancedAccuracy, precision, recall, f1 } = confusion(scores, labels, limit);
  return { accuracy, balancedAccuracy, precision, recall, f1 };
}

/** Means of figures, field by field. */
export function meanFigures(list: readonly Figures[]): Figures {
  const mean = (key: keyof Figures): number => list.reduce((sum, f) => sum + f[key], 0) / list.length;
  return {
    accuracy: mean('accuracy'),
    balancedAccuracy: mean('balancedAccuracy'),
    precision: mean('precision'),
    recall: mean('recall'),
    f1: mean('f1'),
  };
}

/**
 * Draws folds with as many good and as many defective pictures in each as can be.
 *
 * @param labels - 1 = defective
 * @param count - folds
 * @param seed - of the draw
 * @returns indices of the pictures of each fold
 */
export function stratifiedFolds(labels: ArrayLike<number>, count: number, seed: number): number[][] {
  const folds = Array.from({ length: count }, (): number[] => []);
  let next = 0;
  for (const label of [0, 1]) {
    const members = Array.from(labels, (_, i) => i).filter((i) => labels[i] === label);
    const order = createRandom(seed).split('folds').split(label).permutation(members.length);
    for (const position of order) folds[next++ % count]!.push(members[position]!);
  }
  return folds;
}

/** The machine the figures come from. */
export function machine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    arch: arch(),
    node: process.version,
    load: loadavg()[0]!,
  };
}

/** A figure with three digits. */
export function digits(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(3);
}

/** A table in Markdown. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * Replaces what stands between two markers of docs/scores.md.
 *
 * @param name - the markers are `<!-- name:start -->` and `<!-- name:end -->`
 * @param text - what to put there
 */
export function replaceSection(name: string, text: string): void {
  const page = new URL('../../docs/scores.md', import.meta.url);
  const old = readFileSync(page, 'utf8');
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const from = old.indexOf(start);
  const to = old.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/scores.md: the markers ${start} and ${end} are missing`);
  writeFileSync(page, `${old.slice(0, from + start.length)}\n\n${text}\n\n${old.slice(to)}`);
}

/** Numbers with five significant digits: enough for every table, and a file that is easy to compare. */
export function writeResults(url: URL, results: object): void {
  const short = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  writeFileSync(url, `${JSON.stringify(results, short, 1)}\n`);
}

/**
 * Computes something once: a run that was cut off goes on where it was. Remove the file where the code that computes changes.
 *
 * @param file - where the result is kept, as JSON
 * @param compute - computes it
 * @returns the result, or what the file holds
 */
export async function remembered<T>(file: string, compute: () => T | Promise<T>): Promise<T> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  const result = await compute();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(result));
  return result;
}
