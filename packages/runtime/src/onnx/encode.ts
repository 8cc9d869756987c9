import { argumentMessage } from '@adlib/core';
import { PbfWriter } from 'pbf';
import { countOf, ONNX_DTYPES } from './dtype.js';
import type { OnnxDtype } from './dtype.js';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './model.js';

/** The most bytes a protobuf message may have, and so an `.onnx` file that holds its own weights. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Writes an ONNX model as the bytes of an `.onnx` file, weights included (`raw_data`). The graph is not checked for
 * sense: ONNX Runtime does that when it loads it.
 *
 * @param model - the model; not modified
 * @returns the file's content, the caller's own (a view of a somewhat larger buffer)
 * @throws TypeError if a tensor's data is of the wrong kind for its dtype or an attribute of no known kind; RangeError
 *   if data and dims disagree, a dtype is unknown, an integer is beyond 64 bits, or the file would be 2 GiB or larger
 * @example
 * ```ts
 * import { encodeOnnx } from '@adlib/runtime';
 * const x = { name: 'x', dtype: 'float32', shape: ['batch', 3] } as const;
 * const bytes = encodeOnnx({
 *   irVersion: 10, producerName: 'me', producerVersion: '1', opsets: [{ domain: '', version: 20 }], metadata: {},
 *   graph: {
 *     name: 'rectify', inputs: [x], outputs: [{ ...x, name: 'y' }], initializers: [],
 *     nodes: [{ opType: 'Relu', inputs: ['x'], outputs: ['y'], attributes: {} }],
 *   },
 * });
 * console.log(bytes.length > 0); // true
 * ```
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const weights = graphBytes(model.graph);
  if (weights > MAX_BYTES) throw tooLarge(weights);
  // Sized once, so that large weights are not copied again and again while the buffer grows.
  const writer = new PbfWriter(new Uint8Array(weights + 512 * countNodes(model.graph) + 65_536));
  writeModel(model, writer);
  const bytes = writer.finish();
  if (bytes.length > MAX_BYTES) throw tooLarge(bytes.length);
  return bytes;
}

function tooLarge(bytes: number): RangeError {
  return new RangeError(
    `encodeOnnx: the model must be smaller than 2 GiB (the limit of the file format), got ${(bytes / 2 ** 30).toFixed(2)} GiB. ` +
      'Pass large weights as inputs.',
  );
}

function graphBytes(graph: OnnxGraph): number {
  let bytes = graph.initializers.reduce((sum, tensor) => sum + tensorSize(tensor), 0);
  for (const attribute of attributesOf(graph)) {
    if ('tensor' in attribute) bytes += tensorSize(attribute.tensor);
    if ('graph' in attribute) bytes += graphBytes(attribute.graph);
  }
  return bytes;
}

function tensorSize({ data, dtype }: OnnxTensor): number {
  return Object.hasOwn(ONNX_DTYPES, dtype) ? data.length * ONNX_DTYPES[dtype].bytes : 0;
}

function countNodes(graph: OnnxGraph): number {
  let nodes = graph.nodes.length + graph.initializers.length + graph.inputs.length + graph.outputs.length;
  for (const attribute of attributesOf(graph)) if ('graph' in attribute) nodes += countNodes(attribute.graph);
  return nodes;
}

function attributesOf(graph: OnnxGraph): OnnxAttribute[] {
  return graph.nodes.flatMap((node) => Object.values(node.attributes));
}

// The numbers below are the field numbers of onnx.proto.

function writeModel(model: OnnxModel, writer: PbfWriter): void {
  writer.writeVarintField(1, model.irVersion);
  if (model.producerName !== '') writer.writeStringField(2, model.producerName);
  if (model.producerVersion !== '') writer.writeStringField(3, model.producerVersion);
  writer.writeMessage(7, writeGraph, model.graph);
  for (const opset of model.opsets) writer.writeMessage(8, writeOpset, opset);
  for (const entry of Object.entries(model.metadata)) writer.writeMessage(14, writeEntry, entry);
}

function writeOpset(opset: { domain: string; version: number }, writer: PbfWriter): void {
  writer.writeStringField(1, opset.domain);
  writer.writeVarintField(2, opset.version);
}

function writeEntry([key, value]: [string, string], writer: PbfWriter): void {
  writer.writeStringField(1, key);
  writer.writeStringField(2, value);
}

function writeGraph(graph: OnnxGraph, writer: PbfWriter): void {
  for (const node of graph.nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, graph.name);
  for (const tensor of graph.initializers) writer.writeMessage(5, writeTensor, tensor);
  if (graph.docString !== undefined) writer.writeStringField(10, graph.docString);
  for (const input of graph.inputs) writer.writeMessage(11, writeValueInfo, input);
  for (const output of graph.outputs) writer.writeMessage(12, writeValueInfo, output);
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input);
  for (const output of node.outputs) writer.writeStringField(2, output);
  if (node.name !== undefined) writer.writeStringField(3, node.name);
  writer.writeStringField(4, node.opType);
  for (const entry of Object.entries(node.attributes)) writer.writeMessage(5, writeAttribute, entry);
  if (node.domain !== undefined) writer.writeStringField(7, node.domain);
}

function writeAttribute([name, attribute]: [string, OnnxAttribute], writer: PbfWriter): void {
  writer.writeStringField(1, name);
  const type = writeAttributeValue(name, attribute, writer);
  writer.writeVarintField(20, type);
}

/** Writes the value; returns its `AttributeType`. */
function writeAttributeValue(name: string, attribute: OnnxAttribute, writer: PbfWriter): number {
  if ('float' in attribute) return (writer.writeFloatField(2, attribute.float), 1);
  if ('int' in attribute) return (writer.writeTag(3, 0), writeInt64(attribute.int, writer), 2);
  if ('string' in attribute) return (writer.writeStringField(4, attribute.string), 3);
  if ('tensor' in attribute) return (writer.writeMessage(5, writeTensor, attribute.tensor), 4);
  if ('graph' in attribute) return (writer.writeMessage(6, writeGraph, attribute.graph), 5);
  if ('floats' in attribute) return (writer.writePackedFloat(7, [...attribute.floats]), 6);
  if ('ints' in attribute) return (writer.writeMessage(8, writeInt64s, attribute.ints), 7);
  if ('strings' in attribute) {
    for (const text of attribute.strings) writer.writeStringField(9, text);
    return 8;
  }
  const kinds = 'an object with one key int, float, string, tensor, graph, ints, floats or strings';
  throw new TypeError(argumentMessage('encodeOnnx', `attribute ${name}`, kinds, attribute));
}

function writeInt64s(values: readonly (number | bigint)[], writer: PbfWriter): void {
  for (const value of values) writeInt64(value, writer);
}

function writeInt64(value: number | bigint, writer: PbfWriter): void {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(argumentMessage('encodeOnnx', 'an integer', 'within 2^53', value, 'Use a bigint.'));
    }
    writer.writeVarint(value);
    return;
  }
  if (BigInt.asIntN(64, value) !== value) {
    throw new RangeError(argumentMessage('encodeOnnx', 'an integer', 'within 64 bits', value));
  }
  writer.realloc(10);
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) writer.buf[writer.pos++] = Number(rest & 0x7fn) | 0x80;
  writer.buf[writer.pos++] = Number(rest);
}

function writeValueInfo(value: OnnxValueInfo, writer: PbfWriter): void {
  writer.writeStringField(1, value.name);
  writer.writeMessage(2, writeType, value);
}

function writeType(value: OnnxValueInfo, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, value);
}

function writeTensorType(value: OnnxValueInfo, writer: PbfWriter): void {
  writer.writeVarintField(1, codeOf(value.name, value.dtype));
  if (value.shape !== undefined) writer.writeMessage(2, writeShape, value.shape);
}

function writeShape(shape: readonly (number | string)[], writer: PbfWriter): void {
  for (const size of shape) writer.writeMessage(1, writeDim, size);
}

function writeDim(size: number | string, writer: PbfWriter): void {
  if (typeof size === 'string') {
    if (size !== '') writer.writeStringField(2, size);
  } else if (Number.isSafeInteger(size) && size >= 0) writer.writeVarintField(1, size);
  else throw new RangeError(argumentMessage('encodeOnnx', 'a size in a shape', 'an integer >= 0 or a name', size));
}

function writeTensor(tensor: OnnxTensor, writer: PbfWriter): void {
  const code = codeOf(tensor.name, tensor.dtype);
  const count = countOf(tensor.dims);
  if (count !== tensor.data.length) {
    throw new RangeError(
      `encodeOnnx: tensor '${tensor.name}' must have as many values as its dims [${tensor.dims.join(', ')}] say (${count}), got ${tensor.data.length}.`,
    );
  }
  if (tensor.dims.length > 0) writer.writePackedVarint(1, [...tensor.dims]);
  writer.writeVarintField(2, code);
  if (tensor.dtype === 'string') {
    for (const text of stringsOf(tensor)) writer.writeStringField(6, text);
  }
  if (tensor.name !== '') writer.writeStringField(8, tensor.name);
  if (tensor.dtype !== 'string') writer.writeBytesField(9, rawBytes(tensor));
}

function codeOf(name: string, dtype: OnnxDtype): number {
  if (!Object.hasOwn(ONNX_DTYPES, dtype)) {
    throw new RangeError(
      argumentMessage('encodeOnnx', `dtype of '${name}'`, `one of ${Object.keys(ONNX_DTYPES).join(', ')}`, dtype),
    );
  }
  return ONNX_DTYPES[dtype].code;
}

function stringsOf({ name, data }: OnnxTensor): readonly string[] {
  if (Array.isArray(data) && data.every((text) => typeof text === 'string')) return data;
  throw new TypeError(argumentMessage('encodeOnnx', `data of '${name}'`, 'strings (dtype string)', data));
}

/** The tensor's values as bytes, without a copy where they are in a typed array already. */
function rawBytes({ name, dtype, data }: OnnxTensor): Uint8Array {
  const { array } = ONNX_DTYPES[dtype];
  if (data instanceof array && ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  const bits = dtype === 'float16' || dtype === 'bfloat16';
  if (!bits && Array.isArray(data) && data.every((value) => typeof value === 'number')) {
    return fromNumbers(name, dtype, data);
  }
  const kind = `a ${array.name}${bits ? ' of raw bits' : ' or an array of numbers'} (dtype ${dtype})`;
  throw new TypeError(argumentMessage('encodeOnnx', `data of '${name}'`, kind, data));
}

function fromNumbers(name: string, dtype: OnnxDtype, values: readonly number[]): Uint8Array {
  if (dtype === 'float32') return new Uint8Array(Float32Array.from(values).buffer);
  if (dtype === 'float64') return new Uint8Array(Float64Array.from(values).buffer);
  const wrong = values.find((value) => !Number.isSafeInteger(value));
  if (wrong !== undefined) throw notOf(name, dtype, wrong);
  if (dtype === 'int64') return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const array = dtype === 'uint64' ? BigUint64Array.from(values, BigInt) : small(dtype).from(values);
  const changed = values.find((value, i) => Number(array[i]) !== value);
  if (changed !== undefined) throw notOf(name, dtype, changed);
  return new Uint8Array(array.buffer);
}

function small(dtype: OnnxDtype): Int32ArrayConstructor {
  return ONNX_DTYPES[dtype].array as unknown as Int32ArrayConstructor;
}

function notOf(name: string, dtype: OnnxDtype, value: number): RangeError {
  return new RangeError(argumentMessage('encodeOnnx', `data of '${name}'`, `values of dtype ${dtype}`, value));
}
