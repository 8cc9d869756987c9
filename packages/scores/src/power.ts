/** Steps of the table between a power of two and the next. */
const STEPS = 1024;
const CHUNK = 1024;

interface Tables {
  /** `2^((e - 127) exponent)` for each float32 exponent code `e`. */
  scales: Float64Array;
  /** `(1 + j / STEPS)^exponent`. */
  fractions: Float64Array;
}

/** Tables of the exponents in use: each call of a measure needs the same few. */
const tables = new Map<number, Tables>();

function tablesOf(exponent: number): Tables {
  const known = tables.get(exponent);
  if (known !== undefined) return known;
  const scales = Float64Array.from({ length: 256 }, (_, e) => 2 ** ((e - 127) * exponent));
  scales[0] = 0;
  scales[255] = NaN;
  const fractions = Float64Array.from({ length: STEPS + 1 }, (_, j) => (1 + j / STEPS) ** exponent);
  if (tables.size >= 16) tables.clear();
  tables.set(exponent, { scales, fractions });
  return { scales, fractions };
}

/**
 * Raises values to a power, in place, to float32 precision (relative error under 2e-7): powers of the exponent and of the
 * leading bits of the fraction come from tables, with linear interpolation. A negative value counts as 0, NaN stays NaN.
 *
 * @param values - overwritten; below 2^128, and what is below 2^-126 becomes 0
 * @param exponent - in (0, 1]
 */
export function raise(values: Float64Array, exponent: number): void {
  const { scales, fractions } = tablesOf(exponent);
  const floats = new Float32Array(CHUNK);
  const words = new Int32Array(floats.buffer);
  for (let start = 0; start < values.length; start += CHUNK) {
    const n = Math.min(CHUNK, values.length - start);
    for (let i = 0; i < n; i++) floats[i] = Math.max(values[start + i]!, 0);
    for (let i = 0; i < n; i++) {
      const word = words[i]!;
      const j = (word >> 13) & 1023;
      const low = fractions[j]!;
      const share = (word & 8191) / 8192;
      values[start + i] = scales[(word >> 23) & 255]! * (low + share * (fractions[j + 1]! - low));
    }
  }
}
