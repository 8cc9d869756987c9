import { argumentMessage } from '@adlib/core';
import { decodeTensor } from './decodeTensor.js';
import { dtypeOfCode } from './dtype.js';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxOpset, OnnxValueInfo } from './model.js';
import { OnnxFormatError, WireReader } from './wire.js';

/**
 * Reads the bytes of an `.onnx` file as plain data, to inspect or change a model. Left out: doc strings of nodes and
 * values, shapes of values between nodes (`value_info`) and training information; nothing that changes what is computed.
 *
 * @param bytes - the file's content; not modified, and nothing of it is kept
 * @returns the model
 * @throws TypeError if `bytes` is no Uint8Array; {@link OnnxFormatError} if they are damaged, or hold what this library
 *   does not know: weights in a second file, sparse tensors, local functions, sequences, 8-bit floats
 * @example
 * ```ts
 * import { decodeOnnx, encodeOnnx } from '@adlib/runtime';
 * const y = { name: 'y', dtype: 'float32', shape: [2] } as const;
 * const two = { name: 'y', dtype: 'float32', dims: [2], data: [1, 2] } as const;
 * const model = decodeOnnx(encodeOnnx({
 *   irVersion: 10, producerName: '', producerVersion: '', opsets: [{ domain: '', version: 20 }], metadata: {},
 *   graph: { name: 'two', nodes: [], inputs: [], outputs: [y], initializers: [two] },
 * }));
 * console.log(model.graph.initializers[0]?.data); // Float32Array(2) [ 1, 2 ]
 * ```
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  if (!(bytes instanceof Uint8Array))
    throw new TypeError(argumentMessage('decodeOnnx', 'bytes', 'a Uint8Array', bytes));
  try {
    return readModel(new WireReader(bytes));
  } catch (cause) {
    if (cause instanceof OnnxFormatError) throw cause;
    throw new OnnxFormatError(`decodeOnnx: the bytes are not an ONNX model (${(cause as Error).message}).`, { cause });
  }
}

// The numbers below are the field numbers of onnx.proto.

function readModel(reader: WireReader): OnnxModel {
  const model: Omit<OnnxModel, 'graph' | 'metadata'> = {
    irVersion: 0,
    producerName: '',
    producerVersion: '',
    opsets: [],
  };
  const metadata: [string, string][] = [];
  let graph: OnnxGraph | undefined;
  reader.fields({
    1: () => (model.irVersion = reader.int()),
    2: () => (model.producerName = reader.text()),
    3: () => (model.producerVersion = reader.text()),
    7: () => (graph = reader.message(() => readGraph(reader))),
    8: () => model.opsets.push(reader.message(() => readOpset(reader))),
    14: () => metadata.push(reader.message(() => readEntry(reader))),
    25: () => refuse('local functions'),
  });
  if (graph === undefined) throw new OnnxFormatError('decodeOnnx: the bytes hold no graph. Is it an .onnx file?');
  return { ...model, metadata: Object.fromEntries(metadata), graph };
}

function refuse(what: string): never {
  throw new OnnxFormatError(`decodeOnnx: the model has ${what}, which cannot be read here.`);
}

function readOpset(reader: WireReader): OnnxOpset {
  const opset = { domain: '', version: 0 };
  reader.fields({ 1: () => (opset.domain = reader.text()), 2: () => (opset.version = reader.int()) });
  return opset;
}

function readEntry(reader: WireReader): [string, string] {
  const entry: [string, string] = ['', ''];
  reader.fields({ 1: () => (entry[0] = reader.text()), 2: () => (entry[1] = reader.text()) });
  return entry;
}

function readGraph(reader: WireReader): OnnxGraph {
  const graph: OnnxGraph = { name: '', nodes: [], inputs: [], outputs: [], initializers: [] };
  reader.fields({
    1: () => graph.nodes.push(reader.message(() => readNode(reader))),
    2: () => (graph.name = reader.text()),
    5: () => graph.initializers.push(reader.message(() => decodeTensor(reader))),
    10: () => (graph.docString = reader.text()),
    11: () => graph.inputs.push(reader.message(() => readValueInfo(reader))),
    12: () => graph.outputs.push(reader.message(() => readValueInfo(reader))),
    15: () => refuse('sparse tensors'),
  });
  return graph;
}

function readNode(reader: WireReader): OnnxNode {
  const node: Omit<OnnxNode, 'attributes'> = { opType: '', inputs: [], outputs: [] };
  const attributes: [string, OnnxAttribute][] = [];
  reader.fields({
    1: () => node.inputs.push(reader.text()),
    2: () => node.outputs.push(reader.text()),
    3: () => (node.name = reader.text()),
    4: () => (node.opType = reader.text()),
    5: () => attributes.push(reader.message(() => readAttribute(reader))),
    7: () => (node.domain = reader.text()),
  });
  return { ...node, attributes: Object.fromEntries(attributes) };
}

/** `AttributeType` to the key of {@link OnnxAttribute}. */
const KINDS = ['', 'float', 'int', 'string', 'tensor', 'graph', 'floats', 'ints', 'strings'] as const;

function readAttribute(reader: WireReader): [string, OnnxAttribute] {
  const floats: number[] = [];
  const ints: (number | bigint)[] = [];
  const strings: string[] = [];
  // proto3 writers leave out zeros and empty texts, so these are the values of a field that is absent.
  const values: Record<string, unknown> = { float: 0, int: 0, string: '', floats, ints, strings };
  let name = '';
  let type = 0;
  reader.fields({
    1: () => (name = reader.text()),
    2: () => (values['float'] = reader.float()),
    3: () => (values['int'] = reader.int64()),
    4: () => (values['string'] = reader.text()),
    5: () => (values['tensor'] = reader.message(() => decodeTensor(reader))),
    6: () => (values['graph'] = reader.message(() => readGraph(reader))),
    7: () => reader.floats(floats),
    8: () => reader.int64s(ints),
    9: () => strings.push(reader.text()),
    20: () => (type = reader.int()),
    21: () => refuse(`attribute ${name}, a reference`),
  });
  const kind = KINDS[type];
  if (kind === undefined || kind === '') refuse(`attribute ${name} of type ${type}`);
  if (values[kind] === undefined) throw new OnnxFormatError(`decodeOnnx: attribute ${name} has no value.`);
  return [name, { [kind]: values[kind] } as OnnxAttribute];
}

function readValueInfo(reader: WireReader): OnnxValueInfo {
  let name = '';
  let type: Omit<OnnxValueInfo, 'name'> | undefined;
  const readType = (): void => {
    reader.fields({ 1: () => (type = reader.message(() => readTensorType(reader))) });
  };
  reader.fields({ 1: () => (name = reader.text()), 2: () => reader.message(readType) });
  if (type === undefined) refuse(`'${name}', which is no tensor or has no type`);
  return { name, ...type };
}

function readTensorType(reader: WireReader): Omit<OnnxValueInfo, 'name'> {
  let code = 0;
  let shape: (number | string)[] | undefined;
  const readShape = (): (number | string)[] => {
    const sizes: (number | string)[] = [];
    reader.fields({ 1: () => sizes.push(reader.message(() => readDim(reader))) });
    return sizes;
  };
  reader.fields({ 1: () => (code = reader.int()), 2: () => (shape = reader.message(readShape)) });
  const dtype = dtypeOfCode(code) ?? refuse(`a value of element type ${code}`);
  return shape === undefined ? { dtype } : { dtype, shape };
}

function readDim(reader: WireReader): number | string {
  let size: number | string = '';
  reader.fields({ 1: () => (size = reader.int()), 2: () => (size = reader.text()) });
  if (typeof size === 'number' && size < 0)
    throw new OnnxFormatError(`decodeOnnx: a shape has the size ${String(size)}.`);
  return size;
}
