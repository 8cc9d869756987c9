import { assertKnownOptions, type Device } from '@adlib/core';
import { resolveDevice, type ResolvedDevice } from '../session/device.js';
import { Session, type GraphTensor } from '../session/session.js';
import { UnsupportedDeviceError } from '@adlib/core';

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
  const session = await Session.open(model, { device, ...(threads === undefined ? {} : { threads }) });
  return {
    device,
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: (inputs) => session.run(inputs),
    dispose: () => session.dispose(),
  };
}
