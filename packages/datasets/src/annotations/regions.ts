import type { Mask } from '@adlib/core';
import type { DrawnMask } from '../files.js';
import { maskSizeMessage } from '../mask.js';

/** A part of a picture that an annotation marks. */
export interface Region {
  /** Paints it: 1 where it is. @throws TypeError or RangeError if it does not fit the picture */
  paint(mask: Mask): void;
  /** What is wrong with it for a picture of this `[height, width]`; undefined if nothing is. Absent: it fits every picture. */
  problem?(size: readonly [number, number]): string | undefined;
}

/** What {@link drawnRegions} needs. */
export interface RegionsSource {
  /** The annotation file. */
  readonly path: string;
  /** The entry in it, for messages, for example `a.png`. */
  readonly entry: string;
  /** Regions, one list per annotator. */
  readonly regions: readonly (readonly Region[])[];
  /** `[height, width]` that the annotation gives for the picture; undefined where it gives none. */
  readonly size?: readonly [number, number] | undefined;
  /** Annotators who must have marked a pixel. @defaultValue 1 */
  readonly atLeast?: number;
}

/**
 * Makes regions the ground truth of a sample made of files.
 *
 * @param source - the regions
 * @returns what `FileSampleSource.drawn` takes
 */
export function drawnRegions({ path, entry, regions, size: declared, atLeast = 1 }: RegionsSource): DrawnMask {
  return {
    path,
    problem: (size) => {
      if (declared !== undefined && (declared[0] !== size[0] || declared[1] !== size[1])) {
        return maskSizeMessage(`${path}: ${entry}`, declared, size);
      }
      const found = regions.flat().map((region) => region.problem?.(size));
      const first = found.find((problem) => problem !== undefined);
      return first === undefined ? undefined : `${path}: ${entry}: ${first}`;
    },
    draw: ([height, width]) => {
      const painted = (list: readonly Region[]): Uint8Array => {
        const mask = { data: new Uint8Array(height * width), width, height };
        for (const region of list) region.paint(mask);
        return mask.data;
      };
      if (atLeast === 1) return { data: painted(regions.flat()), width, height };
      const votes = new Uint16Array(height * width);
      for (const list of regions) painted(list).forEach((v, i) => (votes[i]! += v));
      return { data: Uint8Array.from(votes, (n) => (n >= atLeast ? 1 : 0)), width, height };
    },
  };
}

/**
 * The defect type of a picture from the classes of its regions: the one, or all of them, sorted and joined by `+`.
 *
 * @param names - classes, any number of times
 * @param none - where there are none
 * @returns for example `dent+scratch`
 */
export function defectName(names: Iterable<string>, none = 'defective'): string {
  const unique = [...new Set(names)].filter((name) => name !== '').sort();
  return unique.length === 0 ? none : unique.join('+');
}

/**
 * The message of an error thrown by a check of an annotation; other errors are thrown on.
 *
 * @param check - the check
 * @returns undefined if it threw nothing
 */
export function messageOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return error.message;
    throw error;
  }
}
