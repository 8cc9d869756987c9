import type { Random } from '@adlib/core';

/**
 * Units of items that share a key, directly or through others; in the order of their first item.
 *
 * @param items - the items
 * @param keysOf - keys of an item
 * @returns the units; every item is in exactly one
 */
export function joined<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): T[][] {
  const unitOf = new Map<string, T[]>();
  const units = new Set<T[]>();
  for (const item of items) {
    const merged = [item];
    for (const unit of new Set(keysOf(item).map((key) => unitOf.get(key)))) {
      if (unit === undefined) continue;
      merged.unshift(...unit);
      units.delete(unit);
    }
    for (const member of merged) for (const key of keysOf(member)) unitOf.set(key, merged);
    units.add(merged);
  }
  return [...units];
}

/**
 * A random order in which every stretch holds each stratum in about its share of the whole: a prefix of `n` items differs
 * from the exact share by less than one item per stratum. A longer prefix holds every shorter one.
 *
 * @param items - the items
 * @param stratumOf - the stratum of an item
 * @param random - draws the order within strata, and which stratum comes first
 * @returns the items in the new order
 */
export function interleaved<T>(items: readonly T[], stratumOf: (item: T) => string, random: Random): T[] {
  const sizes = new Map<string, number>();
  for (const item of items) sizes.set(stratumOf(item), (sizes.get(stratumOf(item)) ?? 0) + 1);
  const ranks = new Map<string, number>();
  const placed = Array.from(random.permutation(items.length), (index) => {
    const item = items[index]!;
    const stratum = stratumOf(item);
    const rank = ranks.get(stratum) ?? 0;
    ranks.set(stratum, rank + 1);
    return { item, at: (rank + 0.5) / sizes.get(stratum)! };
  });
  return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
