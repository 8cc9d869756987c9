import { countOf, dtypeOfCode, ONNX_DTYPES } from './dtype.js';
import type { OnnxDtype } from './dtype.js';
import type { OnnxData, OnnxTensor } from './model.js';
import { OnnxFormatError } from './wire.js';
import type { WireReader } from './wire.js';

/** The places of a `TensorProto` where values may lie. */
interface Stored {
  raw?: Uint8Array;
  floats: number[];
  int32s: (number | bigint)[];
  strings: string[];
  int64s: (number | bigint)[];
  doubles: number[];
  uint64s: (number | bigint)[];
}

/**
 * Reads a `TensorProto`, the current message of the reader.
 *
 * @param reader - positioned in the message
 * @returns the tensor, with its own copy of the values
 * @throws OnnxFormatError if values and dims disagree, or the values lie in another file
 */
export function decodeTensor(reader: WireReader): OnnxTensor {
  const dims: (number | bigint)[] = [];
  const stored: Stored = { floats: [], int32s: [], strings: [], int64s: [], doubles: [], uint64s: [] };
  let name = '';
  let code = 0;
  let location = 0;
  reader.fields({
    1: () => reader.int64s(dims),
    2: () => (code = reader.int()),
    4: () => reader.floats(stored.floats),
    5: () => reader.int64s(stored.int32s),
    6: () => stored.strings.push(reader.text()),
    7: () => reader.int64s(stored.int64s),
    8: () => (name = reader.text()),
    9: () => (stored.raw = reader.bytes()),
    10: () => reader.doubles(stored.doubles),
    11: () => reader.int64s(stored.uint64s),
    14: () => (location = reader.int()),
  });
  const where = name === '' ? 'a tensor' : `tensor '${name}'`;
  if (location !== 0) {
    throw new OnnxFormatError(`decodeOnnx: ${where} lies in a second file. Save the model with its weights inside.`);
  }
  const dtype = dtypeOfCode(code);
  if (dtype === undefined)
    throw new OnnxFormatError(`decodeOnnx: ${where} is of element type ${code}, not known here.`);
  const sizes = dims.map(Number);
  const data = dataOf(stored, dtype, where);
  if (data.length !== countOf(sizes)) {
    throw new OnnxFormatError(`decodeOnnx: ${where} has ${data.length} values, its dims are [${sizes.join(', ')}].`);
  }
  return { name, dtype, dims: sizes, data };
}

function dataOf(stored: Stored, dtype: OnnxDtype, where: string): OnnxData {
  if (dtype === 'string') return stored.strings;
  const { array, bytes } = ONNX_DTYPES[dtype];
  if (stored.raw !== undefined) {
    if (stored.raw.length % bytes !== 0) {
      throw new OnnxFormatError(`decodeOnnx: ${where} has ${stored.raw.length} bytes, no whole number of ${dtype}.`);
    }
    // A copy: views of 2, 4 and 8 bytes need an aligned start.
    return new array(new Uint8Array(stored.raw).buffer);
  }
  if (dtype === 'float32') return Float32Array.from(stored.floats);
  if (dtype === 'float64') return Float64Array.from(stored.doubles);
  if (dtype === 'int64') return BigInt64Array.from(stored.int64s, BigInt);
  if (dtype === 'uint64') return BigUint64Array.from(stored.uint64s, BigInt);
  if (dtype === 'uint32') return Uint32Array.from(stored.uint64s, Number);
  return (array as unknown as Int32ArrayConstructor).from(stored.int32s, Number);
}
