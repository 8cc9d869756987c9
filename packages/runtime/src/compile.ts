import * as tf from '@tensorflow/tfjs';
import { assertInteger, assertKnownOptions, DisposedError, type Device } from '@adlib/core';
import { encodeOnnx } from './onnx/encode.js';
import { resolveDevice, type ResolvedDevice } from './session/device.js';
import { GraphCache } from './session/graphCache.js';
import { Session } from './session/session.js';
import { specOf, toTensor, type HostTensor } from './session/tensor.js';
import { flatten, mapStructure, type Structure } from './structure.js';
import { trace, type TensorSpec } from './trace/trace.js';

/** What a compiled function takes for each argument: a tensor, or tensors in arrays and records. */
export type HostArgument = Structure<HostTensor>;

/** A function of tfjs tensors: each argument and the result is a tensor, or tensors in arrays and records. */
// Parameter types are the caller's own (a tensor here, a record there), which only `any` leaves open.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type TensorFunction = (...args: any[]) => Structure<tf.Tensor>;

/** The result of a {@link TensorFunction} with every tensor as numbers. */
export type HostResult<T> = T extends tf.Tensor
  ? HostTensor
  : T extends readonly (infer U)[]
    ? HostResult<U>[]
    : { [K in keyof T]: HostResult<T[K]> };

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Shapes to compile before the first call; others are compiled when they come. */
  inputs?: readonly Structure<TensorSpec>[];
  /** Where it runs. @defaultValue 'auto' */
  device?: Device;
  /** Graphs kept, one per combination of input shapes; the least recently used goes first. @defaultValue 8 */
  cacheSize?: number;
  /** Threads of one operator. The default is one per physical core. */
  threads?: number;
}

/** A compiled function; call it like the original, with numbers for tensors. */
export interface Compiled<F extends TensorFunction> {
  /** Runs the function. */
  (...args: HostArgument[]): Promise<HostResult<ReturnType<F>>>;
  /** The device that runs it, once it has run. */
  readonly device: ResolvedDevice | undefined;
  /** Graphs in the cache. */
  readonly graphs: number;
  /** Frees all graphs; idempotent. */
  dispose(): Promise<void>;
}

interface Entry {
  session: Session;
  result: Structure<string>;
  dispose(): Promise<void>;
}

const isHost = (value: unknown): value is HostTensor =>
  typeof value === 'object' && value !== null && 'data' in value && ArrayBuffer.isView(value.data) && 'shape' in value;
const isTensor = (value: unknown): value is tf.Tensor => value instanceof tf.Tensor;
const isString = (value: unknown): value is string => typeof value === 'string';
const isShaped = (value: unknown): value is TensorSpec =>
  typeof value === 'object' && value !== null && 'shape' in value && Array.isArray(value.shape);
const isSpec = (value: unknown): value is TensorSpec =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value;

/**
 * Compiles a function of tfjs tensors: it is run once on placeholders for each combination of input shapes, what it does is
 * recorded as one ONNX graph, and ONNX Runtime runs the graph from then on. Tensors that `fn` captures become constants
 * of the graph at its first call; pass what changes as an argument. `fn` must not depend on tensor values in its control
 * flow.
 *
 * @param fn - synchronous; arguments and result are tensors, or tensors in arrays and records
 * @param options - device, shapes to prepare, bounds
 * @returns an async function from numbers to numbers; results are new arrays that belong to the caller
 * @throws UnsupportedOpError at the first call, for an op without a graph form; UnsupportedDeviceError for a device that is not here
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { compile, hostTensor } from '@adlib/runtime';
 * const norm = compile((x: tf.Tensor) => tf.sqrt(tf.sum(tf.square(x), -1)));
 * const y = await norm(hostTensor([3, 4, 6, 8], [2, 2]));
 * console.log(y.data); // Float32Array [5, 10]
 * await norm.dispose();
 * ```
 */
export function compile<F extends TensorFunction>(fn: F, options: CompileOptions = {}): Compiled<F> {
  const { inputs, device = 'auto', cacheSize = 8, threads } = options;
  assertKnownOptions('compile', options, ['inputs', 'device', 'cacheSize', 'threads']);
  assertInteger('compile', 'cacheSize', cacheSize, 1);
  const cache = new GraphCache<Entry>('compile', cacheSize);
  let disposed = false;
  let resolved: ResolvedDevice | undefined;

  async function build(specs: Map<string, TensorSpec>, args: readonly Structure<unknown>[]): Promise<Entry> {
    let result: Structure<string> = '';
    const traced = trace(
      (placeholders) => {
        const tensors = args.map((arg, i) =>
          mapStructure(arg as Structure<TensorSpec>, isShaped, (path) => placeholders[path]!, `${i}`),
        );
        const out = checkedResult(fn(...tensors));
        result = mapStructure(out, isTensor, (path) => `out:${path}`);
        return Object.fromEntries([...flatten(out, isTensor)].map(([path, tensor]) => [`out:${path}`, tensor]));
      },
      Object.fromEntries(specs),
      { target: resolved === 'cpu' ? 'cpu' : 'any' },
    );
    const session = await Session.open(encodeOnnx(traced.model), {
      device: resolved as Exclude<ResolvedDevice, 'tfjs'>,
      ...(threads === undefined ? {} : { threads }),
    });
    return { session, result, dispose: () => session.dispose() };
  }

  async function ready(): Promise<ResolvedDevice> {
    if (disposed) throw new DisposedError('compile');
    await tf.ready();
    resolved ??= (await resolveDevice(device)).device;
    return resolved;
  }

  const call = async (...args: HostArgument[]): Promise<HostResult<ReturnType<F>>> => {
    const leaves = new Map(args.flatMap((arg, i) => [...checkedArgument(arg, i)]));
    const specs = new Map([...leaves].map(([path, tensor]) => [path, specOf('compile', `argument ${path}`, tensor)]));
    if ((await ready()) === 'tfjs') return runEagerly(fn, args);
    return cache.use(
      JSON.stringify([...specs]),
      () => build(specs, args),
      async ({ session, result }) => {
        const outputs = await session.run(Object.fromEntries(leaves));
        return mapStructure(result, isString, (_path, name) => outputs[name] as HostTensor) as HostResult<
          ReturnType<F>
        >;
      },
    );
  };

  if (inputs !== undefined) {
    const specs = new Map(inputs.flatMap((arg, i) => [...flatten(arg, isSpec, `${i}`)]));
    const prepare = async () => {
      if ((await ready()) === 'tfjs') return;
      await cache.use(
        JSON.stringify([...specs]),
        () => build(specs, inputs),
        () => undefined,
      );
    };
    // A failure shows again, with its cause, at the first call.
    prepare().catch(() => undefined);
  }

  return Object.defineProperties(call, {
    device: { get: () => resolved },
    graphs: { get: () => cache.size },
    dispose: {
      value: async () => {
        disposed = true;
        await cache.close();
      },
    },
  }) as unknown as Compiled<F>;
}

/** The tensors of an argument by path; anything else is named. */
function checkedArgument(arg: HostArgument, index: number): Map<string, HostTensor> {
  try {
    return flatten(arg, isHost, `${index}`);
  } catch (error) {
    const hint = 'Make tensors with hostTensor(); inside another compiled function call the plain function.';
    throw new TypeError(`compile: argument ${(error as Error).message}. ${hint}`, { cause: error });
  }
}

/** The function's result if it is made of tensors. */
function checkedResult(out: Structure<tf.Tensor>): Structure<tf.Tensor> {
  try {
    if (flatten(out, isTensor).size > 0) return out;
  } catch (error) {
    throw new TypeError(`compile: in the function's result ${(error as Error).message}.`, { cause: error });
  }
  throw new TypeError('compile: the function must return a tensor, or tensors in arrays and records, got none.');
}

/** Runs the function on the active tfjs backend. */
async function runEagerly<F extends TensorFunction>(
  fn: F,
  args: readonly HostArgument[],
): Promise<HostResult<ReturnType<F>>> {
  const out = tf.tidy(() => {
    const tensors = args.map((arg) => mapStructure(arg, isHost, (_path, tensor) => toTensor(tensor)));
    // Copies, so that disposing of them leaves alone what the function captured.
    return mapStructure(checkedResult(fn(...tensors)), isTensor, (_path, tensor) =>
      tf.clone(tensor),
    ) as tf.TensorContainer;
  }) as unknown as Structure<tf.Tensor>;
  const leaves = flatten(out, isTensor);
  try {
    const numbers = new Map<string, HostTensor>();
    for (const [path, tensor] of leaves) {
      numbers.set(path, { data: ownData(await tensor.data(), tensor.dtype), shape: tensor.shape });
    }
    return mapStructure(out, isTensor, (path) => numbers.get(path)!) as HostResult<ReturnType<F>>;
  } finally {
    for (const tensor of leaves.values()) tensor.dispose();
  }
}

/** A new array of the type that goes with the dtype: tfjs may hand out its own array, and of the type before a cast. */
function ownData(data: ArrayLike<number>, dtype: tf.DataType): HostTensor['data'] {
  if (dtype === 'float32') return Float32Array.from(data);
  return dtype === 'int32' ? Int32Array.from(data) : Uint8Array.from(data);
}
