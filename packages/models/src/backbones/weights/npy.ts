import type { SafeTensor, SafetensorsDtype } from '@adlib/runtime';
import { unzipSync } from 'fflate';
import type { WeightSource } from './weightSource.js';
import { asFloat32 } from './float32.js';

/** NumPy's element types, as this library spells them, and their arrays. */
const DTYPES: Readonly<Record<string, [SafetensorsDtype, new (buffer: ArrayBuffer) => SafeTensor['data']]>> = {
  '<f2': ['F16', Uint16Array],
  '<f4': ['F32', Float32Array],
  '<f8': ['F64', Float64Array],
  '|u1': ['U8', Uint8Array],
  '|i1': ['I8', Int8Array],
  '<i4': ['I32', Int32Array],
  '<i8': ['I64', BigInt64Array],
};

/**
 * Reads a `.npy` file.
 *
 * @param label - what it is, for messages
 * @param bytes - its content; not modified
 * @returns the array, its values copied
 * @throws RangeError if it is no such file, cut short, in Fortran order or of another element type
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function decodeNpy(label: string, bytes: Uint8Array): SafeTensor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isNpy(bytes) || bytes.length < 12)
    throw new RangeError(`npy: ${label} must begin as a .npy file does, it does not.`);
  const wide = bytes[6]! > 1;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, end));
  const descr = /'descr': *'([^']*)'/.exec(header)?.[1] ?? '';
  const known = DTYPES[descr];
  if (known === undefined) {
    throw new RangeError(`npy: ${label} must have a type of ${Object.keys(DTYPES).join(', ')}, got '${descr}'.`);
  }
  if (!/'fortran_order': *False/.test(header)) {
    throw new RangeError(`npy: ${label} must be in C order. Save it with np.ascontiguousarray.`);
  }
  const shape = [...(/'shape': *\(([^)]*)\)/.exec(header)?.[1] ?? '').matchAll(/\d+/g)].map(Number);
  const [dtype, ArrayType] = known;
  const size = shape.reduce((a, b) => a * b, 1) * Number(/\d/.exec(descr)![0]);
  if (bytes.length - end !== size) {
    const got = Math.max(0, bytes.length - end);
    throw new RangeError(
      `npy: ${label} must have ${size} bytes of values (${shape.join('×')}), got ${got}. Is it cut short?`,
    );
  }
  return { dtype, shape, data: new ArrayType(new Uint8Array(bytes.subarray(end)).buffer) };
}

/** Whether bytes begin as a `.npy` file does. */
function isNpy(bytes: Uint8Array): boolean {
  return [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59].every((byte, i) => bytes[i] === byte);
}

/**
 * Whether bytes begin as a zip archive does, which a `.npz` file is.
 *
 * @param bytes - the beginning of a file
 * @returns true or false
 */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * The arrays of a `.npz` file, unpacked one at a time.
 *
 * @param label - what it is, for messages
 * @param bytes - its content; kept, not modified
 * @returns the source
 * @throws Error (fflate's) for a damaged archive
 */
export function npzSource(label: string, bytes: Uint8Array): WeightSource {
  const names: string[] = [];
  unzipSync(bytes, {
    filter: ({ name }) => {
      if (name.endsWith('.npy')) names.push(name.slice(0, -4));
      return false;
    },
  });
  const read = (name: string) => {
    const found = unzipSync(bytes, { filter: (file) => file.name === `${name}.npy` })[`${name}.npy`]!;
    return asFloat32(decodeNpy(`${name} of ${label}`, found));
  };
  return {
    label,
    names,
    read: (name) => Promise.resolve().then(() => read(name)),
    close: () => Promise.resolve(),
  };
}
