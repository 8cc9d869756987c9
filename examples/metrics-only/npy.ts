/** Reads and writes two-dimensional arrays in numpy's `.npy` format, version 1, row-major, little-endian. */
import type { PlainMap } from '@adlib/metrics';

const kinds = { '<f4': Float32Array, '<f8': Float64Array, '|u1': Uint8Array, '|b1': Uint8Array } as const;

/** Reads a map or mask; throws on anything that it does not understand. */
export function readNpy(bytes: Uint8Array): PlainMap {
  const header = new TextDecoder('latin1').decode(bytes.subarray(0, 10 + (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0)));
  const [, descr] = /'descr': '([^']*)'/.exec(header) ?? [];
  const [, height, width] = /'shape': \((\d+), (\d+)\)/.exec(header) ?? [];
  const kind = Object.entries(kinds).find(([name]) => name === descr)?.[1];
  if (
    bytes[0] !== 0x93 ||
    header.slice(1, 7) !== 'NUMPY\x01' ||
    kind === undefined ||
    width === undefined ||
    header.includes(': True')
  ) {
    throw new Error(
      `Not a row-major two-dimensional .npy of float32, float64, uint8 or bool: ${header.slice(10).trim()}`,
    );
  }
  return {
    data: new kind(Uint8Array.from(bytes.subarray(header.length)).buffer),
    width: Number(width),
    height: Number(height),
  };
}

/** Writes a float32 map or a uint8 mask. */
export function writeNpy(data: Float32Array | Uint8Array, [height, width]: readonly [number, number]): Uint8Array {
  const descr = data instanceof Uint8Array ? '|u1' : '<f4';
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${height}, ${width}), }`;
  const length = Math.ceil((text.length + 11) / 64) * 64 - 10;
  const head = new TextEncoder().encode(text.padEnd(length - 1).concat('\n'));
  const bytes = new Uint8Array(10 + length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  bytes.set(head, 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + length);
  return bytes;
}
