import { prepareImage } from '@adlib/core';

/** Names of the eight ways to turn and mirror a square, in the order of {@link orientedPrints}. */
export const orientations: readonly string[] = [
  'as it is',
  'mirrored left and right',
  'mirrored top and bottom',
  'turned by 180°',
  'mirrored at the diagonal',
  'turned by 90° clockwise',
  'turned by 90° counter-clockwise',
  'mirrored at the other diagonal',
];

const places = new Map<number, readonly Uint16Array[]>();

/**
 * For each way of {@link orientations} and each pixel of the result, the pixel of the source.
 *
 * @param side - side of the square
 * @returns eight lists of `side * side` indices; shared, not to be changed
 */
export function placesOf(side: number): readonly Uint16Array[] {
  const known = places.get(side);
  if (known !== undefined) return known;
  const last = side - 1;
  const ways: readonly ((y: number, x: number) => number)[] = [
    (y, x) => y * side + x,
    (y, x) => y * side + last - x,
    (y, x) => (last - y) * side + x,
    (y, x) => (last - y) * side + last - x,
    (y, x) => x * side + y,
    (y, x) => (last - x) * side + y,
    (y, x) => x * side + last - y,
    (y, x) => (last - x) * side + last - y,
  ];
  const made = ways.map((way) =>
    Uint16Array.from({ length: side * side }, (_, i) => way(Math.floor(i / side), i % side)),
  );
  places.set(side, made);
  return made;
}

/**
 * Gradient prints (dHash) of a thumbnail in all eight orientations: bit `i` says whether a cell of a 16×17 grid is brighter
 * than its right neighbour.
 *
 * @param small - thumbnail, row-major, `side * side`
 * @param side - its side
 * @returns eight prints of 256 bits
 */
export function orientedPrints(small: Float32Array, side: number): Uint32Array[] {
  return placesOf(side).map((places) =>
    printOf(
      Float32Array.from(places, (from) => small[from]!),
      side,
    ),
  );
}

function printOf(small: Float32Array, side: number): Uint32Array {
  const { data } = prepareImage({ data: small, width: side, height: side, channels: 1 }, { size: [16, 17] });
  const print = new Uint32Array(8);
  for (let y = 0, bit = 0; y < 16; y++) {
    for (let x = 0; x < 16; x++, bit++) {
      if (data[y * 17 + x]! > data[y * 17 + x + 1]!) print[bit >> 5]! |= 1 << (bit & 31);
    }
  }
  return print;
}

/**
 * Bits in which two prints differ; counting ends once they are more than `limit`.
 *
 * @param a - a print
 * @param b - another
 * @param limit - most bits of interest
 * @returns the number of differing bits, or some number above `limit`
 */
export function differingBits(a: Uint32Array, b: Uint32Array, limit: number): number {
  let bits = 0;
  for (let i = 0; i < a.length && bits <= limit; i++) {
    let x = a[i]! ^ b[i]!;
    x -= (x >>> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
    bits += Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return bits;
}
