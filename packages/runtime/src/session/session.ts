import { DisposedError, UnsupportedDeviceError } from '@adlib/core';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { ortFor, type Ort, type ResolvedDevice } from './device.js';

/** Any array a graph's values may come in; which one follows from the graph's types. */
export type AnyData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A value of a graph: numbers and shape. */
export interface GraphTensor {
  /** Row-major values. */
  readonly data: AnyData;
  /** Size of each axis. */
  readonly shape: readonly number[];
}

/** How to open a graph. */
export interface SessionOptions {
  /** Where it runs. */
  device: Exclude<ResolvedDevice, 'tfjs'>;
  /** Threads of one operator, `cpu` and `wasm`. The default is ONNX Runtime's: one per physical core. */
  threads?: number;
  /** File prefix of ONNX Runtime's own profile, for finding slow operators. */
  profile?: string;
}

/** An ONNX graph ready to run. */
export class Session {
  readonly #ort: Ort;
  readonly #writesInPlace: boolean;
  #session: InferenceSession | undefined;
  readonly #types = new Map<string, string>();

  private constructor(ort: Ort, session: InferenceSession, device: SessionOptions['device']) {
    this.#ort = ort;
    // Other devices leave arrays that are offered for outputs as they are, without a word.
    this.#writesInPlace = device === 'cpu';
    this.#session = session;
    for (const meta of session.inputMetadata) if (meta.isTensor) this.#types.set(meta.name, meta.type);
  }

  /** Opens a model. */
  static async open(model: Uint8Array, options: SessionOptions): Promise<Session> {
    const ort = await ortFor(options.device);
    try {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [options.device],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Threads that spin between runs would take the processor from the decoding of the next picture.
        ...(options.device === 'cpu' && { extra: { session: { force_spinning_stop: '1' } } }),
        ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
        ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
      });
      return new Session(ort, session, options.device);
    } catch (error) {
      if (options.device === 'webgpu' && /adapter|device|webgpu|backend not found/i.test(String(error))) {
        throw new UnsupportedDeviceError(`device "webgpu" cannot be used here: ${String(error)}`, { cause: error });
      }
      throw error;
    }
  }

  /** Names of the graph's inputs, in order. */
  get inputNames(): readonly string[] {
    return this.#alive().inputNames;
  }

  /** Names of the graph's outputs, in order. */
  get outputNames(): readonly string[] {
    return this.#alive().outputNames;
  }

  /** Element type of an input, in ONNX Runtime's words (`float32`, `int64`, ...). */
  inputType(name: string): string | undefined {
    return this.#types.get(name);
  }

  #alive(): InferenceSession {
    if (this.#session === undefined) throw new DisposedError('Session.run');
    return this.#session;
  }

  /**
   * Runs the graph.
   *
   * @param feeds - inputs by name; read in place, not copied, on the CPU
   * @param into - arrays that outputs are written into; outputs that are not named here get new arrays. An array may be
   *   an input's own where each element of the output depends only on elements the graph has read by then
   * @returns outputs by name
   */
  async run(
    feeds: Readonly<Record<string, GraphTensor>>,
    into: Readonly<Record<string, GraphTensor>> = {},
  ): Promise<Record<string, GraphTensor>> {
    const session = this.#alive();
    const inputs: Record<string, Tensor> = {};
    for (const [name, feed] of Object.entries(feeds)) {
      if (!session.inputNames.includes(name)) {
        throw new RangeError(`run: inputs must be named ${session.inputNames.join(', ')}, got ${name}.`);
      }
      inputs[name] = this.#tensor(feed, this.#types.get(name));
    }
    const fetches: Record<string, Tensor | null> = {};
    for (const name of session.outputNames) {
      const target = this.#writesInPlace ? into[name] : undefined;
      fetches[name] = target === undefined ? null : this.#tensor(target, undefined);
    }
    const results = await session.run(inputs, fetches);
    const outputs: Record<string, GraphTensor> = {};
    for (const [name, tensor] of Object.entries(results)) {
      const data = tensor.data as AnyData;
      const target = into[name];
      if (target !== undefined && !this.#writesInPlace) (target.data as Float32Array).set(data as Float32Array);
      outputs[name] = target ?? { data, shape: tensor.dims };
    }
    return outputs;
  }

  #tensor({ data, shape }: GraphTensor, type: string | undefined): Tensor {
    const dtype = type ?? (data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool');
    return new this.#ort.Tensor(dtype as 'float32', data as Float32Array, shape);
  }

  /** Ends ONNX Runtime's profile and writes it, where one was asked for. */
  endProfiling(): void {
    this.#alive().endProfiling();
  }

  /** Frees the graph; idempotent. */
  async dispose(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }
}
