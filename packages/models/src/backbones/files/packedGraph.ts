import { decodeOnnx, encodeOnnx, type HostTensor, type OnnxModel, type OnnxTensor } from '@adlib/runtime';

/** Name of the packed graph among a backbone's tensors. */
const GRAPH = 'graph';
/** What stands before the names of weights. */
const WEIGHTS = 'weights.';
/** Constants of fewer values stay in the graph. */
const LEAST = 64;

/**
 * A model as named float32 tensors, which is what bundles keep: its larger weights as they are, the rest of the graph as the
 * bytes of an ONNX file in which these weights are inputs.
 *
 * @param model - the model
 * @returns `graph` and one tensor for each larger weight, sharing its values
 */
export function packGraph(model: OnnxModel): Record<string, HostTensor> {
  const { graph } = model;
  const apart = graph.initializers.filter(isLarge);
  const bytes = encodeOnnx({
    ...model,
    graph: {
      ...graph,
      inputs: [...graph.inputs, ...apart.map(({ name, dims }) => ({ name, dtype: 'float32' as const, shape: dims }))],
      initializers: graph.initializers.filter((tensor) => !isLarge(tensor)),
    },
  });
  const weights = apart.map(({ name, dims, data }) => [`${WEIGHTS}${name}`, { shape: dims, data }] as const);
  return { [GRAPH]: bytesToTensor(bytes), ...Object.fromEntries(weights) };
}

function isLarge(tensor: OnnxTensor): tensor is OnnxTensor & { data: Float32Array } {
  return tensor.data instanceof Float32Array && tensor.data.length >= LEAST;
}

/**
 * Shapes of the tensors of a packed model.
 *
 * @param tensors - tensors by name, `graph` among them
 * @returns shapes by name; empty sizes for a `graph` that is missing
 * @throws OnnxFormatError or RangeError for a damaged graph
 */
export function packedShapes(tensors: Readonly<Record<string, HostTensor>>): Record<string, readonly number[]> {
  const packed = Object.hasOwn(tensors, GRAPH) ? tensors[GRAPH]! : undefined;
  if (packed === undefined) return { [GRAPH]: [-1] };
  const weights = decodeOnnx(tensorToBytes(packed)).graph.inputs.slice(1);
  const shapes = weights.map(({ name, shape = [] }) => [`${WEIGHTS}${name}`, shape.map(Number)] as const);
  return { [GRAPH]: [packed.data.length], ...Object.fromEntries(shapes) };
}

/**
 * The model that {@link packGraph} packed.
 *
 * @param tensors - tensors of {@link packedShapes}; others among them are left alone. Weights are kept, not copied
 * @returns the model
 */
export function unpackGraph(tensors: Readonly<Record<string, HostTensor>>): OnnxModel {
  const model = decodeOnnx(tensorToBytes(tensors[GRAPH]!));
  const { graph } = model;
  const weights = graph.inputs.slice(1).map(({ name, shape = [] }): OnnxTensor => ({
    name,
    dtype: 'float32',
    dims: shape.map(Number),
    data: tensors[`${WEIGHTS}${name}`]!.data as Float32Array,
  }));
  return {
    ...model,
    graph: { ...graph, inputs: graph.inputs.slice(0, 1), initializers: [...graph.initializers, ...weights] },
  };
}

/** Bytes as numbers below 2^24, three bytes each, which float32 holds exactly; before them how many bytes the last one lacks. */
function bytesToTensor(bytes: Uint8Array): HostTensor {
  const count = Math.ceil(bytes.length / 3);
  const data = new Float32Array(1 + count);
  data[0] = 3 * count - bytes.length;
  for (let i = 0; i < count; i++) {
    const at = 3 * i;
    data[1 + i] = bytes[at]! + 0x100 * (bytes[at + 1] ?? 0) + 0x10000 * (bytes[at + 2] ?? 0);
  }
  return { data, shape: [data.length] };
}

function tensorToBytes({ data }: HostTensor): Uint8Array {
  const [lacking = -1] = data;
  if (![0, 1, 2].includes(lacking)) throw new RangeError('the graph must begin with 0, 1 or 2');
  const bytes = new Uint8Array(3 * (data.length - 1));
  for (let i = 1; i < data.length; i++) {
    const value = data[i]!;
    bytes.set([value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff], 3 * (i - 1));
  }
  return bytes.subarray(0, bytes.length - lacking);
}
