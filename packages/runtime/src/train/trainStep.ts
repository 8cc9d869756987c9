import * as tf from '@tensorflow/tfjs';
import { argumentMessage, assertFinite, assertKnownOptions, DisposedError, type Device } from '@adlib/core';
import { TrainingDivergedError } from '../errors.js';
import { encodeOnnx } from '../onnx/encode.js';
import { resolveDevice, type ResolvedDevice } from '../session/device.js';
import { GraphCache } from '../session/graphCache.js';
import { Session } from '../session/session.js';
import { specOf, toTensor, type HostTensor } from '../session/tensor.js';
import { trace } from '../trace/trace.js';
import { lossAndGradients, type LossFunction } from './lossAndGradients.js';
import type { Optimizer } from './optimizers.js';

/** Host tensors by name. */
export type NamedHostTensors = Readonly<Record<string, HostTensor>>;

/** Options of {@link trainStep}. */
export interface TrainStepOptions {
  /** First values of what is trained; copied. */
  parameters: NamedHostTensors;
  /** First values of what the loss replaces by itself; copied. */
  state?: NamedHostTensors;
  /** Turns gradients into new parameters. */
  optimizer: Optimizer;
  /** Upper bound of the norm of all gradients together; longer ones are scaled down to it. */
  clipNorm?: number;
  /** Where it runs. @defaultValue 'auto' */
  device?: Device;
  /** Threads of one operator. The default is one per physical core. */
  threads?: number;
  /** File prefix of ONNX Runtime's profile, for finding slow operators. */
  profile?: string;
}

/** Figures of one step. */
export interface StepResult {
  /** The loss before the update. */
  loss: number;
  /** Norm of all gradients together, before clipping. */
  gradientNorm: number;
  /** The loss function's own scalars. */
  metrics: Record<string, number>;
}

/** Graphs kept, one per combination of input shapes. */
const MAX_GRAPHS = 8;

type Arrays = Record<string, { data: Float32Array; shape: readonly number[] }>;

/**
 * Makes a training step: forward pass, gradients, clipping and optimiser as one graph per input shape. The graph is made at
 * the first {@link TrainStep.run}.
 *
 * @param loss - the loss in tfjs ops; run once per input shape to record it (on every step with device `tfjs`)
 * @param options - first parameters and state, the optimiser, the device
 * @returns the step, which owns its parameters
 * @throws TypeError for parameters that are not float32, and at the first step for a loss that is not a scalar
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { adam, hostTensor, trainStep } from '@adlib/runtime';
 * const step = trainStep(
 *   ({ parameters, inputs }) => tf.losses.meanSquaredError(inputs.y!, tf.mul(inputs.x!, parameters.w!)) as tf.Scalar,
 *   { parameters: { w: hostTensor([0], [1]) }, optimizer: adam({ learningRate: 0.1 }) },
 * );
 * for (let i = 0; i < 100; i++) await step.run({ x: hostTensor([1, 2]), y: hostTensor([3, 6]) });
 * console.log(step.parameters.w!.data[0]!.toFixed(1)); // 3.0
 * await step.dispose();
 * ```
 */
export function trainStep(loss: LossFunction, options: TrainStepOptions): TrainStep {
  return new TrainStep(loss, options);
}

/** A compiled training step; make one with {@link trainStep}. */
export class TrainStep {
  readonly #loss: LossFunction;
  readonly #options: TrainStepOptions;
  readonly #graphs = new GraphCache<Session>('TrainStep.run', MAX_GRAPHS);
  #current: Arrays;
  #spare: Arrays;
  #step = 0;
  #device: ResolvedDevice | undefined;
  #disposed = false;
  #turn: Promise<void> = Promise.resolve();

  /** Use {@link trainStep}. */
  constructor(loss: LossFunction, options: TrainStepOptions) {
    assertKnownOptions('trainStep', options, [
      'parameters',
      'state',
      'optimizer',
      'clipNorm',
      'device',
      'threads',
      'profile',
    ]);
    if (options.clipNorm !== undefined) assertFinite('trainStep', 'clipNorm', options.clipNorm, 0);
    this.#loss = loss;
    this.#options = options;
    this.#current = {};
    const { parameters, state = {}, optimizer } = options;
    for (const [name, tensor] of Object.entries(parameters)) {
      this.#current[`p:${name}`] = copy(`parameters.${name}`, tensor);
      for (const slot of optimizer.slots) {
        this.#current[`${slot}:${name}`] = { data: new Float32Array(tensor.data.length), shape: tensor.shape };
      }
    }
    for (const [name, tensor] of Object.entries(state)) this.#current[`s:${name}`] = copy(`state.${name}`, tensor);
    this.#spare = Object.fromEntries(
      Object.entries(this.#current).map(([name, { data, shape }]) => [
        name,
        { data: new Float32Array(data.length), shape },
      ]),
    );
  }

  /** Steps taken. */
  get steps(): number {
    return this.#step;
  }

  /** The device, once a step has run. */
  get device(): ResolvedDevice | undefined {
    return this.#device;
  }

  /** Current parameters; copies. */
  get parameters(): Record<string, HostTensor> {
    return this.#named('p:');
  }

  /** Current state; copies. */
  get state(): Record<string, HostTensor> {
    return this.#named('s:');
  }

  #named(prefix: string): Record<string, HostTensor> {
    const entries = Object.entries(this.#current).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(
      entries.map(([name, { data, shape }]) => [name.slice(prefix.length), { data: data.slice(), shape }]),
    );
  }

  /**
   * One step on one batch.
   *
   * @param inputs - what the loss function gets as `inputs`; the same names at each step
   * @returns the loss before the update, the gradient's norm and the metrics
   * @throws TrainingDivergedError if loss or gradient is not finite; parameters stay as they were before the step
   */
  async run(inputs: NamedHostTensors): Promise<StepResult> {
    if (this.#disposed) throw new DisposedError('TrainStep.run');
    // One at a time: each step starts from the parameters that the last one left.
    const turn = this.#turn.then(() => this.#next(inputs));
    this.#turn = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  async #next(inputs: NamedHostTensors): Promise<StepResult> {
    await tf.ready();
    this.#device ??= (await resolveDevice(this.#options.device)).device;
    const feeds: Record<string, HostTensor> = { ...this.#current };
    for (const [name, tensor] of Object.entries(inputs)) {
      specOf('trainStep', `inputs.${name}`, tensor);
      feeds[`x:${name}`] = tensor;
    }
    for (const [name, value] of Object.entries(this.#options.optimizer.scalars(this.#step))) {
      feeds[`h:${name}`] = { data: Float32Array.of(value), shape: [] };
    }
    const outputs = this.#device === 'tfjs' ? await this.#eager(feeds) : await this.#compiled(feeds, inputs);
    const figure = (name: string) => outputs[name]!.data[0]!;
    const loss = figure('loss');
    const gradientNorm = figure('gradientNorm');
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw new TrainingDivergedError(this.#step + 1, Number.isFinite(loss) ? gradientNorm : loss);
    }
    [this.#current, this.#spare] = [this.#spare, this.#current];
    this.#step++;
    const metrics: Record<string, number> = {};
    for (const name of Object.keys(outputs)) if (name.startsWith('k:')) metrics[name.slice(2)] = figure(name);
    return { loss, gradientNorm, metrics };
  }

  /** Runs the graph; new parameters go straight into the spare arrays. */
  async #compiled(feeds: NamedHostTensors, inputs: NamedHostTensors): Promise<Record<string, HostTensor>> {
    const specs = Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, specOf('trainStep', name, t)]));
    const key = JSON.stringify(Object.keys(inputs).map((name) => [name, specs[`x:${name}`]]));
    const build = () => {
      const target = this.#device === 'cpu' ? 'cpu' : 'any';
      const { model } = trace((tensors) => this.#update(tensors), specs, { target });
      return Session.open(encodeOnnx(model), {
        device: this.#device as Exclude<ResolvedDevice, 'tfjs'>,
        ...(this.#options.threads === undefined ? {} : { threads: this.#options.threads }),
        ...(this.#options.profile === undefined ? {} : { profile: this.#options.profile }),
      });
    };
    const into = Object.fromEntries(Object.entries(this.#spare).map(([name, t]) => [`new:${name}`, t]));
    const outputs = await this.#graphs.use(key, build, (session) => session.run(feeds, into));
    return outputs as Record<string, HostTensor>;
  }

  /** The same step on the active tfjs backend. */
  async #eager(feeds: NamedHostTensors): Promise<Record<string, HostTensor>> {
    const results = tf.tidy(() => {
      const tensors: Record<string, tf.Tensor> = {};
      for (const [name, feed] of Object.entries(feeds)) tensors[name] = toTensor(feed);
      return this.#update(tensors);
    });
    const outputs: Record<string, HostTensor> = {};
    for (const [name, tensor] of Object.entries(results)) {
      const data = (await tensor.data()) as Float32Array;
      tensor.dispose();
      const spare = name.startsWith('new:') ? this.#spare[name.slice(4)] : undefined;
      spare?.data.set(data);
      outputs[name] = spare ?? { data, shape: tensor.shape };
    }
    return outputs;
  }

  /** The whole step in tfjs ops: loss, gradients, clipping, optimiser. */
  #update(tensors: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
    const pick = (prefix: string) =>
      Object.fromEntries(
        Object.entries(tensors).flatMap(([name, t]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), t]] : [],
        ),
      );
    const parameters = pick('p:');
    const state = pick('s:');
    const names = Object.keys(parameters);
    const { optimizer, clipNorm } = this.#options;
    const { value, gradients, extra } = lossAndGradients(this.#loss, { parameters, state, inputs: pick('x:') });
    const squares = gradients.map((g) => tf.sum(tf.square(g)));
    const norm = tf.sqrt(squares.length === 1 ? squares[0]! : tf.addN(squares));
    const shrink = clipNorm === undefined ? undefined : tf.minimum(tf.div(clipNorm, tf.add(norm, 1e-12)), 1);
    const out: Record<string, tf.Tensor> = { loss: value, gradientNorm: norm };
    const scalars = pick('h:') as Record<string, tf.Scalar>;
    names.forEach((name, i) => {
      const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, tensors[`${slot}:${name}`]!]));
      const gradient = shrink === undefined ? gradients[i]! : tf.mul(gradients[i]!, shrink);
      const updated = optimizer.update(parameters[name]!, gradient, slots, scalars, name);
      out[`new:p:${name}`] = updated.parameter;
      for (const slot of optimizer.slots) out[`new:${slot}:${name}`] = updated.slots[slot]!;
    });
    for (const [name, old] of Object.entries(state)) out[`new:s:${name}`] = extra.state?.[name] ?? tf.clone(old);
    for (const [name, metric] of Object.entries(extra.metrics ?? {})) out[`k:${name}`] = metric;
    return out;
  }

  /** Frees the graphs; idempotent. Parameters stay readable. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#turn;
    await this.#graphs.close();
  }

  /** Ends ONNX Runtime's profile, where one was asked for. */
  endProfiling(): void {
    for (const session of this.#graphs.built) session.endProfiling();
  }
}

function copy(name: string, tensor: HostTensor): { data: Float32Array; shape: readonly number[] } {
  specOf('trainStep', name, tensor);
  if (!(tensor.data instanceof Float32Array)) {
    throw new TypeError(argumentMessage('trainStep', name, 'float32 (data: Float32Array)', tensor.data));
  }
  return { data: tensor.data.slice(), shape: [...tensor.shape] };
}
