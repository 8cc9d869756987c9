/** Numbers that are kept at most: 32 MB. */
const MOST = 4 * 2 ** 20;
let kept: Float64Array[] = [];

/**
 * An array for a plane, where possible one that was returned: new memory comes page by page, and engines collect large arrays
 * late.
 *
 * @param length - numbers
 * @returns an array of any content; it is the caller's, who may return it
 */
export function borrowPlane(length: number): Float64Array {
  const at = kept.findIndex((plane) => plane.length === length);
  return at < 0 ? new Float64Array(length) : kept.splice(at, 1)[0]!;
}

/**
 * Gives planes back for the next caller. What is beyond 32 MB is left to the engine, the oldest first.
 *
 * @param planes - arrays that are not used any more
 */
export function returnPlanes(...planes: readonly Float64Array[]): void {
  let room = MOST;
  kept = [...planes, ...kept].filter(({ length }) => (room -= length) >= 0);
}
