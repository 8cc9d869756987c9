/**
 * What belongs together under one name, as a part of more.
 *
 * @param own - values by name
 * @param prefix - what comes before each name
 * @returns the same values under longer names
 */
export function withPrefix<T>(own: Readonly<Record<string, T>>, prefix: string): Record<string, T> {
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [`${prefix}${name}`, value]));
}

/**
 * The part that {@link withPrefix} put among others.
 *
 * @param all - values by name
 * @param prefix - what comes before the names of the part
 * @returns the part's values under their own names
 */
export function withoutPrefix<T>(all: Readonly<Record<string, T>>, prefix: string): Record<string, T> {
  const own = Object.entries(all).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}
