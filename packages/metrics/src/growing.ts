/** A list of 32-bit numbers that grows by doubling. */
export class Growing {
  /** Room for the numbers; the first `length` are in use. */
  data: Uint32Array = new Uint32Array(1024);
  /** Numbers in use. */
  length = 0;

  /** Makes room for `extra` more numbers. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.data.length) return;
    const grown = new Uint32Array(Math.max(needed, 2 * this.data.length));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }
}
