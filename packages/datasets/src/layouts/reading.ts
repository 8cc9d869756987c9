import { stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, sep } from 'node:path';
import { DatasetFormatError } from '@adlib/core';
import type { Dataset } from '../dataset.js';
import { listPictures, type DataFile, type FileSampleSource } from '../files.js';
import { checkHeaders, fileDataset, Problems, skippedWarning } from '../layout.js';

/** What a layout's reader has found so far. */
export class Reading {
  /** The samples. */
  readonly sources: FileSampleSource[] = [];
  /** What to tell a person. */
  readonly warnings: string[] = [];
  /** What is wrong; thrown by {@link dataset}, all at once. */
  readonly problems = new Problems();
  readonly #fn: string;

  /**
   * @param fn - the layout's function, for messages
   * @param dir - the folder that it was given
   */
  constructor(
    fn: string,
    readonly dir: string,
  ) {
    this.#fn = fn;
  }

  /**
   * Lists the pictures of a folder, and warns of other files in it.
   *
   * @param below - the folder below the data set's
   * @returns the pictures, sorted
   */
  async pictures(below = ''): Promise<readonly DataFile[]> {
    const { pictures, others } = await listPictures(join(this.dir, below));
    this.warnings.push(...skippedWarning(others));
    return pictures;
  }

  /**
   * Where a file is that a list names by its path below the folder. A path that leaves the folder, or where there is no file,
   * is a problem.
   *
   * @param root - the folder
   * @param below - the path that the list gives
   * @param list - the list, for messages
   * @returns the path, or undefined
   */
  async listed(root: string, below: string, list: string): Promise<string | undefined> {
    const clean = normalize(below.replaceAll('\\', '/'));
    if (below === '' || below.includes('\0') || isAbsolute(clean) || clean.split(sep)[0] === '..') {
      this.problems.add(list, `${list}: names '${below}', which is not a path inside of ${root}. Correct the list.`);
      return undefined;
    }
    const path = join(root, clean);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) return path;
    this.problems.add(path, `${path}: there is no such file, but ${list} names it. Restore it or correct the list.`);
    return undefined;
  }

  /**
   * Notes a problem if there are too few good pictures to learn from.
   *
   * @param place - where they are looked for
   */
  needGood(place: string): void {
    const count = this.sources.filter(({ label, split }) => label === 'good' && split !== 'test').length;
    if (count >= 2) return;
    const what = count === 0 ? 'no picture' : 'one picture';
    this.problems.add(place, `${place}: holds ${what}; at least 2 are needed.`);
  }

  /**
   * An error that stops the reading at once: the folder is not of this layout at all.
   *
   * @param text - what is wrong and what to do, beginning with the path
   * @returns the error
   */
  refusal(text: string): DatasetFormatError {
    return new DatasetFormatError(`${this.#fn}: ${text}`, { path: this.dir });
  }

  /**
   * Checks the header of every file and makes the data set. Masks of good pictures are checked, and then left out.
   *
   * @param name - its name
   * @returns the data set
   * @throws DatasetFormatError with every problem
   */
  async dataset(name: string): Promise<Dataset> {
    await checkHeaders(this.sources, this.problems);
    this.problems.throwIfAny(this.#fn);
    const sources = this.sources.map(({ drawn, ...source }) => {
      if (source.label === 'good') return { ...source, masks: [] };
      return drawn === undefined ? source : { ...source, drawn };
    });
    return fileDataset(name, sources, this.warnings);
  }
}
