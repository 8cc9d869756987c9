/** Columns that are kept apart, so that the first look at a distance reads little memory. */
const HEAD = 16;
/** Columns between two looks at whether a distance can still be small enough. */
const STRIDE = 32;
/** Share by which a bound must hold, so that rounding cannot drop a row that would change. */
const SURE = 1 - 1e-9;

/**
 * Rows grouped by the nearest chosen row, each with its distance to it: what farthest-first selection asks for. Group 0
 * holds the rows that no chosen row has come near to yet; it has no centre.
 */
export class CoverClusters {
  readonly #features: Float32Array;
  readonly #dimension: number;
  readonly #headLength: number;
  /** The first columns of every row, side by side. */
  readonly #heads: Float32Array;
  /** Distance of each row to the nearest chosen row, or what it began with. */
  readonly #distance: Float64Array;
  /** Next row of the same group; -1 at its end. */
  readonly #next: Int32Array;
  /** First row of each group; -1 where it is empty. */
  readonly #firstOf: Int32Array;
  /** Row of each group that lies farthest from its centre, and how far; -1 and 0 where there is none that counts. */
  readonly #farthestOf: Int32Array;
  readonly #radius: Float64Array;
  /** Centre row of each group and its first columns. */
  readonly #centre: Int32Array;
  readonly #centreHeads: Float32Array;
  #groups = 1;

  /**
   * Every row is in group 0.
   *
   * @param features - rows, row-major; kept, not copied
   * @param dimension - values per row
   * @param capacity - rows that will be added at most
   * @param distances - what each row's distance begins with; infinite if left out
   */
  constructor(features: Float32Array, dimension: number, capacity: number, distances?: ArrayLike<number>) {
    const rows = features.length / dimension;
    this.#features = features;
    this.#dimension = dimension;
    this.#headLength = Math.min(HEAD, dimension);
    this.#heads = new Float32Array(rows * this.#headLength);
    for (let i = 0; i < rows; i++) {
      const from = i * dimension;
      this.#heads.set(features.subarray(from, from + this.#headLength), i * this.#headLength);
    }
    this.#distance = distances === undefined ? new Float64Array(rows).fill(Infinity) : Float64Array.from(distances);
    this.#next = Int32Array.from({ length: rows }, (_, i) => (i + 1 < rows ? i + 1 : -1));
    this.#firstOf = new Int32Array(capacity + 1).fill(-1);
    this.#firstOf[0] = 0;
    this.#farthestOf = new Int32Array(capacity + 1).fill(-1);
    this.#radius = new Float64Array(capacity + 1);
    this.#centre = new Int32Array(capacity + 1).fill(-1);
    this.#centreHeads = new Float32Array((capacity + 1) * this.#headLength);
    for (let i = 0; i < rows; i++) this.#consider(0, i);
  }

  /** The row that lies farthest from all chosen rows, the lowest of equals; -1 where all lie on one. */
  farthest(): number {
    let best = -1;
    let distance = 0;
    for (let g = 0; g < this.#groups; g++) {
      const radius = this.#radius[g]!;
      if (radius < distance || radius === 0) continue;
      const row = this.#farthestOf[g]!;
      if (radius > distance || row < best) {
        best = row;
        distance = radius;
      }
    }
    return best;
  }

  /** Makes a row a chosen one: rows that lie nearer to it than to their centre move to its group. */
  add(row: number): void {
    const group = this.#groups;
    const length = this.#headLength;
    this.#centre[group] = row;
    this.#centreHeads.set(this.#heads.subarray(row * length, (row + 1) * length), group * length);
    for (let g = 0; g < this.#groups; g++) {
      const radius = this.#radius[g]!;
      if (radius === 0) continue;
      if (g === 0) this.#move(0, group, row, 0);
      else {
        // A row of the group can change only if its centre is nearer to the new row than twice the row's own distance.
        const limit = 2 * radius;
        const apart = this.#between(this.#centreHeads, g * length, this.#centre[g]!, row, limit);
        if (apart * SURE < limit) this.#move(g, group, row, apart);
      }
    }
    this.#groups++;
  }

  /** Takes the rows of a group that lie nearer to a new centre, `apart` away from the group's own, over to its group. */
  #move(from: number, to: number, row: number, apart: number): void {
    this.#farthestOf[from] = -1;
    this.#radius[from] = 0;
    let before = -1;
    const length = this.#headLength;
    for (let i = this.#firstOf[from]!; i >= 0;) {
      const following = this.#next[i]!;
      const limit = this.#distance[i]!;
      let moved = false;
      if (apart * SURE < 2 * limit) {
        const distance = this.#between(this.#heads, i * length, i, row, limit);
        if (distance < limit) {
          this.#distance[i] = distance;
          if (before < 0) this.#firstOf[from] = following;
          else this.#next[before] = following;
          this.#next[i] = this.#firstOf[to]!;
          this.#firstOf[to] = i;
          this.#consider(to, i);
          moved = true;
        }
      }
      if (!moved) {
        before = i;
        this.#consider(from, i);
      }
      i = following;
    }
  }

  #consider(group: number, row: number): void {
    const distance = this.#distance[row]!;
    const radius = this.#radius[group]!;
    if (distance > radius || (distance === radius && distance > 0 && row < this.#farthestOf[group]!)) {
      this.#radius[group] = distance;
      this.#farthestOf[group] = row;
    }
  }

  /** Distance of two rows if it is below `limit`, otherwise some number that is not. */
  #between(heads: Float32Array, at: number, a: number, b: number, limit: number): number {
    const most = limit * limit;
    const length = this.#headLength;
    const own = this.#heads;
    const other = b * length;
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const difference = heads[at + k]! - own[other + k]!;
      sum += difference * difference;
    }
    if (sum * SURE > most) return Math.sqrt(sum);
    const dimension = this.#dimension;
    const features = this.#features;
    const p = a * dimension;
    const q = b * dimension;
    for (let k = length; k < dimension;) {
      const end = Math.min(k + STRIDE, dimension);
      for (; k < end; k++) {
        const difference = features[p + k]! - features[q + k]!;
        sum += difference * difference;
      }
      if (sum * SURE > most) return Math.sqrt(sum);
    }
    return Math.sqrt(sum);
  }
}
