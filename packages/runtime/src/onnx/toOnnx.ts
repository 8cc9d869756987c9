import * as tf from '@tensorflow/tfjs';
import { argumentMessage, assertKnownOptions } from '@adlib/core';
import { flatten, type Structure } from '../structure.js';
import { trace, type TensorSpec } from '../trace/trace.js';
import { encodeOnnx } from './encode.js';

/** Options of {@link toOnnx}. */
export interface ToOnnxFunctionOptions {
  /** Shape and type of each input by name, in the order of the function's arguments. For a LayersModel without free sizes it may be left out. */
  inputs?: Readonly<Record<string, TensorSpec>>;
  /** Names of the outputs, in order. @defaultValue `y`, or `y0`, `y1`, ... or the result's own keys */
  outputs?: readonly string[];
  /** Free texts stored in the file. */
  metadata?: Readonly<Record<string, string>>;
}

/** A function of tensors whose arguments are the graph's inputs in order. */
export type ExportedFunction = (
  // Argument ranks are the caller's own, which only `any` leaves open.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
  ...inputs: any[]
) => tf.Tensor | readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>;

/**
 * Writes a function of tfjs tensors, or a `tf.LayersModel` in inference mode, as an ONNX file. Captured tensors and weights
 * are stored in it.
 *
 * @param source - the function or model
 * @param options - inputs, output names, metadata
 * @returns the bytes of the file
 * @throws UnsupportedOpError for an op without a graph form; RangeError if an input's size is open
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { toOnnx } from '@adlib/runtime';
 * const bytes = toOnnx((x: tf.Tensor2D) => tf.softmax(x), { inputs: { x: { shape: [1, 4], dtype: 'float32' } } });
 * console.log(bytes.length > 0); // true
 * ```
 */
export function toOnnx(source: ExportedFunction | tf.LayersModel, options: ToOnnxFunctionOptions = {}): Uint8Array {
  assertKnownOptions('toOnnx', options, ['inputs', 'outputs', 'metadata']);
  const isModel = typeof source !== 'function';
  const inputs = options.inputs ?? (isModel ? modelInputs(source) : undefined);
  if (inputs === undefined) throw new TypeError(argumentMessage('toOnnx', 'inputs', 'given for a function', undefined));
  const names = Object.keys(inputs);
  const { model } = trace((tensors) => {
    const args = names.map((name) => tensors[name]!);
    const result = isModel
      ? (source.apply(args.length === 1 ? args[0]! : args, { training: false }) as tf.Tensor | tf.Tensor[])
      : source(...args);
    return nameOutputs(result, options.outputs);
  }, inputs);
  return encodeOnnx({ ...model, metadata: options.metadata ?? {} });
}

function nameOutputs(result: Structure<tf.Tensor>, names: readonly string[] | undefined): Record<string, tf.Tensor> {
  const leaves = [...flatten(result, (v): v is tf.Tensor => v instanceof tf.Tensor)];
  return Object.fromEntries(
    leaves.map(([path, tensor], i) => [
      names?.[i] ?? (path === '' ? 'y' : /^\d/.test(path) ? `y${path}` : path),
      tensor,
    ]),
  );
}

function modelInputs(model: tf.LayersModel): Record<string, TensorSpec> {
  return Object.fromEntries(
    model.inputs.map(({ name, shape, dtype }) => {
      const sizes = shape.map((n, axis) => (n === null && axis === 0 ? 1 : n));
      if (sizes.includes(null)) {
        throw new RangeError(
          `toOnnx: input ${name} has an open size (${shape.join('×')}). Give inputs with every size.`,
        );
      }
      return [name, { shape: sizes as number[], dtype: dtype as 'float32' }];
    }),
  );
}
