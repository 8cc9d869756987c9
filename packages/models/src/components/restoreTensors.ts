import type { DetectorState } from '@adlib/core';
import type { HostTensor } from '@adlib/runtime';

/**
 * Takes the tensors that a detector needs out of a saved state, checking each; copies.
 *
 * @param fn - caller, for messages
 * @param kind - the detector's kind
 * @param saved - the state
 * @param expected - tensors of the right names and shapes
 * @returns the saved values by name
 * @throws RangeError naming what does not fit
 */
export function restoreTensors(
  fn: string,
  kind: string,
  saved: DetectorState,
  expected: Readonly<Record<string, HostTensor>>,
): Record<string, HostTensor> {
  if (saved.kind !== kind) throw new RangeError(`${fn}: state.kind must be '${kind}', got '${saved.kind}'.`);
  return Object.fromEntries(
    Object.entries(expected).map(([name, { shape, data }]) => {
      const found = saved.tensors[name];
      const got = found === undefined ? 'no such tensor' : `shape [${found.shape.join(', ')}]`;
      if (found?.shape.join() !== shape.join() || found.data.length !== data.length) {
        throw new RangeError(
          `${fn}: tensors.${name} must have shape [${shape.join(', ')}], got ${got}. Make the detector with the saved options.`,
        );
      }
      return [name, { shape, data: found.data.slice() }];
    }),
  );
}
