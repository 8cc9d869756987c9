import type { Image, Mask } from '@adlib/core';

/** One picture of a data set, not read yet. */
export interface Sample {
  /** Path inside the data set with forward slashes; unique. */
  readonly id: string;
  /** Ground truth. */
  readonly label: 'good' | 'defective';
  /** Defect type (the folder's name); `good` for good parts. */
  readonly defect: string;
  /** Where the layout puts it; undefined where the layout does not say. A validation part serves validation and calibration. */
  readonly split: 'train' | 'validation' | 'test' | undefined;
  /** Role that a list fixes; `assignRoles` keeps it. Absent: drawn. */
  readonly role?: Role;
  /** Same for pictures of one part (several views, several lights); they never get two roles. Absent: on its own. */
  readonly group?: string;
  /** Why its label is disputed: it is kept out of training and out of the figures, and told of apart. Absent: it is not. */
  readonly disputed?: string;
  /** SHA-256 of the file's bytes (or of the pixels where there is no file), lower-case hex. */
  hash(): Promise<string>;
  /** Reads and decodes the picture; a new image each time, owned by the caller. */
  image(): Promise<Image>;
  /** Reads the ground truth at the picture's size; absent when there is none (a good part's mask is not needed). */
  mask?(): Promise<Mask>;
  /** The mask's files as they are stored, of any size and with any values, for checks; absent where there are none. */
  maskFiles?(): Promise<Image[]>;
}

/** A data set: samples in a fixed order (sorted by id). */
export interface Dataset {
  /** Short name for reports, for example `screw`. */
  readonly name: string;
  /** Every sample. */
  readonly samples: readonly Sample[];
  /** What the layout's reader wants a person to know (skipped files, ...); not errors. */
  readonly warnings: readonly string[];
}

/** The four roles; nothing is ever fitted, tuned or normalised on `test`. */
export type Role = 'train' | 'validation' | 'calibration' | 'test';
