/**
 * What lies beyond the edge of a map, in the names of `scipy.ndimage`: `reflect` (d c b a | a b c d | d c b a),
 * `mirror` (d c b | a b c d | c b a; PyTorch and anomalib call this one `reflect`), `nearest` (a a a | a b c d | d d d),
 * `wrap` (b c d | a b c d | a b c), `constant` (a fixed value).
 */
export type Border = 'reflect' | 'mirror' | 'nearest' | 'wrap' | 'constant';

/** Every {@link Border}. */
export const borders: readonly Border[] = ['reflect', 'mirror', 'nearest', 'wrap', 'constant'];

/**
 * For the positions `-radius .. length - 1 + radius` of a line, the position inside it that is read.
 *
 * @param length - values of the line, at least 1
 * @param radius - how far to reach beyond both ends
 * @param border - what lies there
 * @returns `length + 2 * radius` positions; -1 stands for the constant
 */
export function borderIndices(length: number, radius: number, border: Border): Int32Array {
  return Int32Array.from({ length: length + 2 * radius }, (_, i) => inside(i - radius, length, border));
}

function inside(i: number, n: number, border: Border): number {
  if (i >= 0 && i < n) return i;
  if (border === 'constant') return -1;
  if (border === 'nearest') return i < 0 ? 0 : n - 1;
  if (border === 'wrap') return modulo(i, n);
  if (border === 'reflect') {
    const j = modulo(i, 2 * n);
    return j < n ? j : 2 * n - 1 - j;
  }
  if (n === 1) return 0;
  const j = modulo(i, 2 * n - 2);
  return j < n ? j : 2 * n - 2 - j;
}

function modulo(i: number, n: number): number {
  return ((i % n) + n) % n;
}
