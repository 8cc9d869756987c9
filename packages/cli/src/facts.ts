/**
 * A list of numbers among a detector's facts.
 *
 * @param value - the fact
 * @returns the numbers; none where it is something else
 */
export function numbers(value: unknown): number[] {
  return Array.isArray(value) && value.every((v) => typeof v === 'number') ? value : [];
}

/**
 * A list of texts among a detector's facts.
 *
 * @param value - the fact
 * @returns the texts; none where it is something else
 */
export function texts(value: unknown): string[] {
  return Array.isArray(value) && value.every((v) => typeof v === 'string') ? value : [];
}
