/**
 * A sentence on defective pictures without a mask.
 *
 * @param folder - their folder
 * @param count - pictures there
 * @param without - paths of those without a mask
 * @returns none, or one warning
 */
export function missingMasks(folder: string, count: number, without: readonly string[]): string[] {
  if (without.length === 0) return [];
  if (without.length === count)
    return [`${folder} has no masks: its ${count} pictures count in image-level figures only.`];
  const names = `${without.slice(0, 3).join(', ')}${without.length > 3 ? ', ...' : ''}`;
  return [
    `${without.length} of ${count} pictures in ${folder} have no mask and count in image-level figures only: ${names}.`,
  ];
}
