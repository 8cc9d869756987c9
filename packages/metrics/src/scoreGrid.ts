/**
 * Everything pixel metrics need, at the distinct scores of defective pixels, ascending. Between two of them a ROC or PRO
 * curve is a horizontal line, so nothing is lost by leaving the other scores out.
 */
export interface ScoreGrid {
  /** Distinct keys of defective pixels (or bins), ascending. */
  keys: Uint32Array;
  /** Good pixels with a greater key. */
  goodAbove: Float64Array;
  /** Good pixels with this key. */
  goodEqual: Float64Array;
  /** Defective pixels with this key. */
  defective: Float64Array;
  /** Sum over those pixels of 1 / (area of the pixel's region). */
  overlap: Float64Array;
  /** Good pixels in all. */
  goodTotal: number;
  /** Defective pixels in all. */
  defectiveTotal: number;
  /** Regions in all. */
  regions: number;
}

/**
 * Builds the grid from sorted keys.
 *
 * @param keys - keys of defective pixels, ascending
 * @param weights - what each of these pixels adds to the overlap of its region
 * @param runs - keys of good pixels, each run sorted ascending
 * @param regions - regions in all
 * @returns the grid
 */
export function gridOfSorted(
  keys: Uint32Array,
  weights: (index: number) => number,
  runs: readonly Uint32Array[],
  regions: number,
): ScoreGrid {
  let count = 0;
  for (let i = 0; i < keys.length; i++) if (i === 0 || keys[i] !== keys[i - 1]) count++;
  const grid: ScoreGrid = {
    keys: new Uint32Array(count),
    goodAbove: new Float64Array(count),
    goodEqual: new Float64Array(count),
    defective: new Float64Array(count),
    overlap: new Float64Array(count),
    goodTotal: runs.reduce((sum, run) => sum + run.length, 0),
    defectiveTotal: keys.length,
    regions,
  };
  for (let i = 0, k = -1; i < keys.length; i++) {
    if (i === 0 || keys[i] !== keys[i - 1]) grid.keys[++k] = keys[i]!;
    grid.defective[k]!++;
    grid.overlap[k]! += weights(i);
  }
  for (const run of runs) countRun(grid, run);
  return grid;
}

/** Adds one sorted run of good pixels to the counts of a grid. */
function countRun({ keys, goodAbove, goodEqual }: ScoreGrid, run: Uint32Array): void {
  const n = run.length;
  let at = 0;
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k]!;
    while (at < n && run[at]! < key) at++;
    const start = at;
    while (at < n && run[at]! === key) at++;
    goodEqual[k]! += at - start;
    goodAbove[k]! += n - at;
  }
}
