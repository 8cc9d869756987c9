import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Dataset } from '@adlib/datasets';
import type { Form } from '../mutate.js';

/** A kind of file to mutate, with what reads it. */
export interface FuzzKind {
  /** What it holds: decides the mutations. */
  readonly form: Form;
  /** The file to mutate, below the folder. */
  readonly target: string;
  /** Content of the target, several where it may have several forms. */
  readonly seeds: readonly Uint8Array[];
  /** The other files, content by path. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Reads everything in the folder; what it throws is judged. */
  readonly read: (dir: string) => Promise<unknown>;
}

/**
 * Writes files into a new folder.
 *
 * @param files - content by path
 * @returns the folder
 */
export async function materialise(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'adlib-fuzz-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  return dir;
}

/**
 * Content of a file.
 *
 * @param value - text, or what becomes JSON
 * @returns its bytes
 */
export function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/**
 * Reads every picture and mask of a data set.
 *
 * @param dataset - the data set
 */
export async function readAll({ samples }: Dataset): Promise<void> {
  for (const sample of samples) {
    await sample.hash();
    await sample.image();
    await sample.mask?.();
  }
}
