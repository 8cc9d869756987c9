import type { DetectorState } from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';

/**
 * Takes the tensors that a detector needs out of a saved state, checking each; copies.
 *
 * @param fn - caller, for messages
 * @param kind - the detector's kind
 * @param saved - the state
 * @param expected - names and shapes; -1 stands for any size of 1 or more
 * @returns the saved values by name
 * @throws RangeError naming what does not fit
 */
export function restoreTensors(
  fn: string,
  kind: string,
  saved: DetectorState,
  expected: Readonly<Record<string, { readonly shape: readonly number[] }>>,
): Record<string, HostTensor> {
  if (saved.kind !== kind) throw new RangeError(`${fn}: state.kind must be '${kind}', got '${saved.kind}'.`);
  return Object.fromEntries(
    Object.entries(expected).map(([name, { shape }]) => {
      const found = Object.hasOwn(saved.tensors, name) ? saved.tensors[name] : undefined;
      const got = found === undefined ? 'no such tensor' : `shape [${found.shape.join(', ')}]`;
      const fits =
        found?.shape.length === shape.length &&
        shape.every((n, axis) => (n === -1 ? found.shape[axis]! >= 1 : found.shape[axis] === n)) &&
        found.data.length === found.shape.reduce((a, b) => a * b, 1);
      if (!fits) {
        throw new RangeError(
          `${fn}: tensors.${name} must have shape [${shape.join(', ')}], got ${got}. Make the detector with the saved options.`,
        );
      }
      return [name, { shape: [...found.shape], data: found.data.slice() }];
    }),
  );
}
