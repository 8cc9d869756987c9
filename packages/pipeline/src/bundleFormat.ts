import { createHash } from 'node:crypto';
import { BundleError } from '@adlib/core';
import type { Threshold } from '@adlib/thresholds';
import type { ScoreSummary } from './calibrate.js';
import type { TrainRecord } from './train.js';

/** Name of the description in a bundle's folder. */
export const DETECTOR_FILE = 'detector.json';
/** Name of the tensors in a bundle's folder. */
export const WEIGHTS_FILE = 'weights.safetensors';
/** Tensors of a save that has not ended yet. */
export const NEXT_WEIGHTS_FILE = `${WEIGHTS_FILE}.next`;

/** Where a bundle comes from. */
export interface BundleProvenance {
  /** How it was trained. */
  training?: TrainRecord;
  /** Scores of the good calibration images, and the range of their maps. */
  calibration?: { scores: ScoreSummary; mapRange: [number, number] | null };
  /** Anything else worth keeping, JSON. */
  notes?: Readonly<Record<string, unknown>>;
}

/** The content of `detector.json`. */
export interface BundleDescription {
  /** Version of this form. */
  readonly schema: 'adlib.bundle/1';
  /** Which detector. */
  readonly kind: string;
  /** Its options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What it learned beside tensors. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The decision rule; `null` where none was fitted. */
  readonly threshold: Threshold | null;
  /** Where it comes from. */
  readonly provenance: BundleProvenance;
  /** The tensors' file. */
  readonly weights: { readonly file: string; readonly bytes: number; readonly sha256: string };
}

/**
 * SHA-256 of bytes or UTF-8 text.
 *
 * @param data - what to hash
 * @returns lower-case hex
 */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * Text of `detector.json`: indented JSON whose last field, `digest`, is the hash of all the others.
 *
 * @param description - the content
 * @returns the text
 */
export function formatDescription(description: BundleDescription): string {
  return `${JSON.stringify({ ...description, digest: digestOf(description) }, null, 2)}\n`;
}

function digestOf(content: object): string {
  return sha256(JSON.stringify(content));
}

/**
 * Reads the text of `detector.json`, strictly.
 *
 * @param text - the file's text
 * @param file - its path, for messages
 * @returns the content
 * @throws BundleError naming the file if it is damaged, changed or of another version
 */
export function parseDescription(text: string, file: string): BundleDescription {
  const damaged = (cause?: unknown) =>
    new BundleError(
      `loadBundle: ${file} was changed or truncated after it was saved. Save the bundle again, or take a copy that is whole.`,
      { cause },
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw damaged(error);
  }
  if (typeof parsed !== 'object' || parsed === null) throw damaged();
  const { digest, ...content } = parsed as Record<string, unknown>;
  const { schema } = content;
  if (typeof schema !== 'string' || !schema.startsWith('adlib.bundle/')) {
    throw new BundleError(
      `loadBundle: ${file} is not a bundle's description: it has no field schema 'adlib.bundle/1'.`,
    );
  }
  if (schema !== 'adlib.bundle/1') {
    throw new BundleError(
      `loadBundle: ${file} has the form '${schema}', this version reads 'adlib.bundle/1'. Use a newer version of @adlib.`,
    );
  }
  if (digest !== digestOf(content) || !isDescription(content)) throw damaged();
  return content;
}

/** Whether the fields that loading uses are there. */
function isDescription(content: object): content is BundleDescription {
  const isObject = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const { kind, options, facts, threshold, weights } = content as Partial<BundleDescription>;
  return (
    typeof kind === 'string' &&
    isObject(options) &&
    isObject(facts) &&
    (threshold === null || (isObject(threshold) && typeof threshold.value === 'number')) &&
    isObject(weights) &&
    typeof weights.sha256 === 'string'
  );
}
