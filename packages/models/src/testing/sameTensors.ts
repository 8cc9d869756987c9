import type { HostTensor } from '@adlib/runtime';

/**
 * Whether two records hold the same tensors, bit by bit.
 *
 * @param a - tensors by name
 * @param b - tensors by name
 * @returns true or false; much quicker than comparing arrays as lists
 */
export function sameTensors(a: Readonly<Record<string, HostTensor>>, b: Readonly<Record<string, HostTensor>>): boolean {
  const bytes = ({ data }: HostTensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => a[name]!.shape.join() === b[name]?.shape.join() && bytes(a[name]!).equals(bytes(b[name])))
  );
}
