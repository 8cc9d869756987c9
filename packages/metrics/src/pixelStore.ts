import type { ConnectedRegions } from './connectedRegions.js';
import type { ScoreGrid } from './scoreGrid.js';

/** What has been added to a {@link PixelAccumulator}. */
export interface PixelCounts {
  /** Maps. */
  maps: number;
  /** Pixels outside every region. */
  good: number;
  /** Pixels inside a region. */
  defective: number;
  /** Connected regions. */
  regions: number;
}

/** Where an accumulator keeps its pixels. */
export interface PixelStore {
  /** Whether every score is told apart. */
  readonly exact: boolean;
  /** Names of the groups, in order of first appearance. */
  readonly groups: string[];
  /** Adds the scores of one map; `found` is absent when no pixel is defective. */
  add(scores: Float32Array, found: ConnectedRegions | undefined, group: string): void;
  /** Counts over some groups. */
  counts(groups: readonly string[]): PixelCounts;
  /** The grid over some groups. */
  grid(groups: readonly string[]): ScoreGrid;
  /** Threshold under which `score > threshold` just leaves out the pixels of a grid key. */
  readonly thresholdAt: (key: number) => number;
  /** Threshold under which `score > threshold` just flags the pixels of a grid key. */
  readonly thresholdBelow: (key: number) => number;
}

/**
 * The bit patterns of float32 scores.
 *
 * @param scores - the scores
 * @returns a view of the same memory
 */
export function bitsOf(scores: Float32Array): Int32Array {
  return new Int32Array(scores.buffer, scores.byteOffset, scores.length);
}
