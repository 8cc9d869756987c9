import { breathe } from '@adlib/core';
import { thumbnailSide, type SampleFeatures } from './features.js';
import { median } from './findings.js';
import { differingBits, placesOf } from './prints.js';

/** Bits of 256 that two prints of one picture may differ in. */
const printLimit = 16;
/** Grey levels of 255 that thumbnails of one picture may differ in on average. */
const levelLimit = 1.5;
/** Near duplicates are this much nearer to each other than pictures of this set usually are to their nearest. */
const nearness = 0.35;

/** Two samples that show one picture. */
export interface NearDuplicate {
  /** The first, in the data set's order. */
  readonly a: SampleFeatures;
  /** The second. */
  readonly b: SampleFeatures;
  /** Mean difference of their thumbnails, in grey levels of 255. */
  readonly difference: number;
  /** How the second must be turned to be the first: index into `orientations`. */
  readonly way: number;
}

/** How many pairs of pictures each step of the search left. */
export interface Comparison {
  /** Pairs of files of other content. */
  readonly pairs: number;
  /** Pairs whose prints agree, in one of eight orientations. */
  readonly printMatches: number;
  /** Pairs of these that the pixel check found to be one picture. */
  readonly samePicture: number;
}

/** What {@link nearDuplicates} gives. */
export interface Nearness {
  /** The pairs, nearest first. */
  readonly near: readonly NearDuplicate[];
  /** For each sample the difference from its nearest other, in grey levels of 255. */
  readonly nearest: Float64Array;
  /** What each step left. */
  readonly comparison: Comparison;
}

/**
 * Pairs of files of other content that show one picture: saved anew, resized, compressed, made a little brighter, mirrored or
 * turned by quarter turns. Candidates have gradient prints that differ in at most 16 of 256 bits: two unrelated pictures do so
 * with probability 1e-52 (binomial, one half; eight orientations: 8e-52). Pictures of one kind of part are related, so each
 * candidate is checked: thumbnails of equal mean that differ by less than 1.5 grey levels on average, and by less than 0.35 of
 * the usual distance from a picture of this set to its nearest other.
 *
 * @param features - one per sample; exact copies should be passed once
 * @param signal - cancels
 * @returns the pairs, nearest first; the work grows with the square of the number of samples
 */
export async function nearDuplicates(features: readonly SampleFeatures[], signal?: AbortSignal): Promise<Nearness> {
  const candidates: NearDuplicate[] = [];
  const nearest = new Float64Array(features.length).fill(Infinity);
  const places = placesOf(thumbnailSide);
  const centred = features.map(({ thumbnail }) => centre(thumbnail));
  let printMatches = 0;
  for (let i = 0; i < features.length; i++) {
    if (i % 64 === 0) await breathe(signal);
    for (let j = i + 1; j < features.length; j++) {
      const [a, b] = [features[i]!, features[j]!];
      const limit = Math.max(nearest[i]!, nearest[j]!, levelLimit);
      const asItIs = distance(centred[i]!, centred[j]!, limit);
      nearest[i] = Math.min(nearest[i]!, asItIs);
      nearest[j] = Math.min(nearest[j]!, asItIs);
      let matches = false;
      for (let way = 0; way < places.length; way++) {
        if (differingBits(a.prints[0]!, b.prints[way]!, printLimit) > printLimit) continue;
        matches = true;
        const difference = way === 0 ? asItIs : distance(centred[i]!, centred[j]!, levelLimit, places[way]);
        if (difference >= levelLimit) continue;
        candidates.push({ a, b, difference, way });
        break;
      }
      if (matches) printMatches++;
    }
  }
  const usual = median([...nearest].filter(Number.isFinite));
  const near = candidates
    .filter(({ difference }) => difference < nearness * usual)
    .sort((p, q) => p.difference - q.difference);
  const pairs = (features.length * (features.length - 1)) / 2;
  return { near, nearest, comparison: { pairs, printMatches, samePicture: near.length } };
}

function centre(thumbnail: Uint8Array): Float32Array {
  const mean = thumbnail.reduce((a, b) => a + b, 0) / thumbnail.length;
  return Float32Array.from(thumbnail, (v) => v - mean);
}

/** Mean absolute difference, the second picture read at `places`; gives up row by row once it must be above `limit`. */
function distance(a: Float32Array, b: Float32Array, limit: number, places?: Uint16Array): number {
  const most = limit * a.length;
  let sum = 0;
  for (let start = 0; start < a.length; start += thumbnailSide) {
    const end = start + thumbnailSide;
    if (places === undefined) for (let i = start; i < end; i++) sum += Math.abs(a[i]! - b[i]!);
    else for (let i = start; i < end; i++) sum += Math.abs(a[i]! - b[places[i]!]!);
    if (sum > most) return Infinity;
  }
  return sum / a.length;
}
