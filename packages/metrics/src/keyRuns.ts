import { sortKeys } from './sort.js';

/** Keys per run: 16 MiB. */
const RUN = 1 << 22;

interface Run {
  keys: Uint32Array;
  length: number;
  sorted: boolean;
}

/**
 * Keys of good pixels: runs of at most 2^22, each sorted when it is full, so that four bytes per pixel are held and the
 * scratch array of the sort is never larger than a run.
 */
export class KeyRuns {
  readonly #runs: Run[] = [];
  /** Keys held. */
  size = 0;

  /**
   * The run to write into next, and how many of `wanted` keys it takes.
   *
   * @param wanted - keys still to be written, at least 1
   * @returns the array and the range to fill; report what was written with {@link KeyRuns.wrote}
   */
  room(wanted: number): { keys: Uint32Array; start: number; end: number } {
    let run = this.#runs.at(-1);
    if (run === undefined || run.length === RUN) {
      run = { keys: new Uint32Array(Math.min(wanted, RUN)), length: 0, sorted: false };
      this.#runs.push(run);
    } else if (run.length === run.keys.length) {
      const grown = new Uint32Array(Math.min(RUN, Math.max(2 * run.length, run.length + wanted)));
      grown.set(run.keys);
      run.keys = grown;
    }
    run.sorted = false;
    return { keys: run.keys, start: run.length, end: Math.min(run.keys.length, run.length + wanted) };
  }

  /**
   * Records that the run of {@link KeyRuns.room} is filled up to `end`; a full run is sorted.
   *
   * @param end - one past the last key written
   * @param scratch - gives an array for the sort, of at least so many values
   */
  wrote(end: number, scratch: (n: number) => Uint32Array): void {
    const run = this.#runs.at(-1)!;
    this.size += end - run.length;
    run.length = end;
    if (end === RUN) sortRun(run, scratch);
  }

  /**
   * The runs, each sorted ascending; they stay the store's own.
   *
   * @param scratch - gives an array for the sort
   * @returns views of the keys
   */
  sorted(scratch: (n: number) => Uint32Array): Uint32Array[] {
    return this.#runs.map((run) => {
      if (!run.sorted) sortRun(run, scratch);
      return run.keys.subarray(0, run.length);
    });
  }
}

function sortRun(run: Run, scratch: (n: number) => Uint32Array): void {
  sortKeys(run.keys, run.length, scratch(run.length));
  run.sorted = true;
}
