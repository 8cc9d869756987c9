import { assertKnownOptions, UnsupportedDeviceError, type Device } from '@adlib/core';
import { decodeOnnx } from './decode.js';
import { encodeOnnx } from './encode.js';
import { resolveDevice, type ResolvedDevice } from '../session/device.js';
import { Session, type AnyData, type GraphTensor } from '../session/session.js';

/**
 * ONNX Runtime for JavaScript ignores what is passed for an input that has a default, so defaults are taken out of the
 * graph and passed at each call.
 */
function withoutDefaults(model: Uint8Array): { bytes: Uint8Array; defaults: Record<string, GraphTensor> } {
  const decoded = decodeOnnx(model);
  const inputs = new Set(decoded.graph.inputs.map(({ name }) => name));
  const optional = decoded.graph.initializers.filter(({ name }) => inputs.has(name));
  if (optional.length === 0 || decoded.irVersion < 4) return { bytes: model, defaults: {} };
  const initializers = decoded.graph.initializers.filter(({ name }) => !inputs.has(name));
  return {
    bytes: encodeOnnx({ ...decoded, graph: { ...decoded.graph, initializers } }),
    defaults: Object.fromEntries(
      optional.map(({ name, data, dims }) => [name, { data: data as AnyData, shape: dims }]),
    ),
  };
}

/** Options of {@link fromOnnx}. */
export interface FromOnnxOptions {
  /** Where it runs; not `tfjs`. @defaultValue 'auto' */
  device?: Device;
  /** Threads of one operator. The default is one per physical core. */
  threads?: number;
}

/** An ONNX model ready to run. */
export interface OnnxRunner {
  /** The device that runs it. */
  readonly device: ResolvedDevice;
  /** Names of the inputs, in order. */
  readonly inputNames: readonly string[];
  /** Names of the outputs, in order. */
  readonly outputNames: readonly string[];
  /** Runs the model: inputs and outputs by name. Inputs that have a default may be left out. Outputs belong to the caller. */
  run(inputs: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>>;
  /** Frees the model; idempotent. */
  dispose(): Promise<void>;
}

/**
 * Opens any ONNX model.
 *
 * @param model - the bytes of an `.onnx` file
 * @param options - where it runs
 * @returns the model, to be disposed of by the caller
 * @throws UnsupportedDeviceError where ONNX Runtime is not installed; ONNX Runtime's error for a damaged model
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { fromOnnx, hostTensor, toOnnx } from '@adlib/runtime';
 * const bytes = toOnnx((x: tf.Tensor) => tf.relu(x), { inputs: { x: { shape: [3], dtype: 'float32' } } });
 * const model = await fromOnnx(bytes);
 * console.log((await model.run({ x: hostTensor([-1, 0, 2]) })).y!.data); // Float32Array [0, 0, 2]
 * await model.dispose();
 * ```
 */
export async function fromOnnx(model: Uint8Array, options: FromOnnxOptions = {}): Promise<OnnxRunner> {
  const { device: wanted = 'auto', threads } = options;
  assertKnownOptions('fromOnnx', options, ['device', 'threads']);
  const { device } = await resolveDevice(wanted);
  if (device === 'tfjs')
    throw new UnsupportedDeviceError('fromOnnx needs ONNX Runtime. Install onnxruntime-node or onnxruntime-web.');
  const { bytes, defaults } = withoutDefaults(model);
  const session = await Session.open(bytes, { device, ...(threads === undefined ? {} : { threads }) });
  return {
    device,
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (inputs) => session.run({ ...defaults, ...inputs }),
    dispose: () => session.dispose(),
  };
}
