import type { Role } from '../dataset.js';
import type { SampleFeatures } from './features.js';
import { auditKinds, type FindingKind, type FindingLevel } from './kinds.js';

/** One thing an audit found. */
export interface Finding {
  /** What it is. */
  readonly kind: FindingKind;
  /** `error`: figures would be wrong. `warning`: look at it. `note`: good to know. */
  readonly level: FindingLevel;
  /** Heading; the same for all findings of a kind. */
  readonly title: string;
  /** Ids of the samples concerned. */
  readonly files: readonly string[];
  /** Id of a good picture as most are, to compare with; absent where that says nothing. */
  readonly usual?: string;
  /** What was found, with its figures. */
  readonly message: string;
  /** Why it matters; the same for all findings of a kind. */
  readonly why: string;
  /** What to do. */
  readonly advice: string;
}

/** What a sample is used for, as far as it is known. */
export type UseOf = (features: SampleFeatures) => Role | undefined;

/**
 * Makes a finding.
 *
 * @param kind - what it is
 * @param files - ids of the samples
 * @param message - what was found
 * @returns the finding
 */
export function finding(kind: FindingKind, files: readonly string[], message: string): Finding {
  const { level, title, why, advice } = auditKinds[kind];
  return { kind, level, title, files, message, why, advice };
}

/**
 * Ids of samples.
 *
 * @param features - what was kept of them
 * @returns their ids, in the same order
 */
export function ids(...features: readonly SampleFeatures[]): string[] {
  return features.map(({ sample }) => sample.id);
}

/**
 * Items under their keys, both in the order of first appearance.
 *
 * @param items - the items
 * @param keyOf - the key of each
 * @returns the groups
 */
export function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * The middle value.
 *
 * @param values - in any order
 * @returns the median; NaN of none
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Middle and spread of values, little moved by a few that are far off.
 *
 * @param values - one or more
 * @param least - smallest spread to be told
 * @returns the median, and 1.4826 times the median distance from it (the standard deviation, where values are normal)
 */
export function usualOf(values: readonly number[], least: number): { usual: number; spread: number } {
  const usual = median(values);
  const spread = Math.max(1.4826 * median(values.map((v) => Math.abs(v - usual))), least);
  return { usual, spread };
}
