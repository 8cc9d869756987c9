import {
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  DisposedError,
  ndarray,
  type Device,
  type NdArray,
} from '@adlib/core';
import { resolveDevice, type OnnxRunner, type ResolvedDevice } from '@adlib/runtime';
import { deviceSearch, openNeighborGraph, toDeviceBank, type DeviceBank } from './deviceSearch.js';
import { needFitted } from './features.js';
import { loadBank, saveBank, toBank, toFloatRows, withoutRows, withRows } from './neighborBank.js';
import { neighborOptions, reduceDistances, type NearestNeighborsOptions, type Neighbors } from './nearestNeighbors.js';
import type { ScorerState } from './scorerState.js';

/** Options of {@link DeviceNeighbors}. */
export interface DeviceNeighborsOptions extends NearestNeighborsOptions {
  /**
   * Where the products are computed; `tfjs`, and `auto` where ONNX Runtime is not installed, stand for the plain search
   * in TypeScript. @defaultValue 'auto'
   */
  device?: Device;
}

/** Options of {@link DeviceNeighbors.query}. */
export interface NeighborQueryOptions {
  /** How many neighbours. The default is the option `k` of the constructor. */
  k?: number;
}

/**
 * `NearestNeighbors` on the runtime's devices: the same answers, the same saved state, at the speed of a matrix library.
 * Exact: the device proposes candidates in float32, their distances are computed from the differences in float64, and a
 * query that float32 cannot settle is looked up again by the plain search.
 *
 * `query` costs O(n d) per row. Memory: the bank in float32 (`4 n d` bytes), `4 n` bytes, and about 20 MB while a query
 * runs; the bank is handed over in blocks, on the `cpu` without a copy. `add`, `remove`, `save` and `load` hold a second
 * bank while they copy.
 *
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { DeviceNeighbors } from '@adlib/scores/device';
 * const bank = new DeviceNeighbors({ k: 1 }).fit(ndarray(new Float32Array([0, 0, 3, 4]), [2, 2]));
 * const { distances, indices } = await bank.query(ndarray(new Float32Array([0, 1, 3, 6]), [2, 2]));
 * console.log(distances.data, indices.data); // 1, 2 and 0, 1
 * await bank.dispose();
 * ```
 * @see Johnson, Douze, Jégou, "Billion-scale similarity search with GPUs", 2017, section 4 (the products and the choice of k)
 */
export class DeviceNeighbors {
  /** Name of the scorer; its states are those of `NearestNeighbors`. */
  readonly kind = 'nearest-neighbors';
  /** What it scores. */
  readonly needs = 'features';
  /** Options with defaults filled in. */
  readonly options: Readonly<Required<NearestNeighborsOptions>>;
  readonly #wanted: Device;
  readonly #running = new Set<Promise<unknown>>();
  #device: ResolvedDevice | undefined;
  #graph: Promise<OnnxRunner | undefined> | undefined;
  #bank: DeviceBank | undefined;
  #disposed = false;

  /** @param options - see {@link DeviceNeighborsOptions} */
  constructor(options: DeviceNeighborsOptions = {}) {
    const { device = 'auto' } = options;
    this.options = neighborOptions('DeviceNeighbors', options, ['device']);
    assertOneOf('DeviceNeighbors', 'device', device, ['cpu', 'webgpu', 'wasm', 'tfjs', 'auto']);
    this.#wanted = device;
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#bank !== undefined;
  }

  /** Rows in the bank. */
  get count(): number {
    return needFitted('DeviceNeighbors.count', this.#bank).n;
  }

  /** The device that searches, once it has; `tfjs` stands for the plain search. */
  get device(): ResolvedDevice | undefined {
    return this.#device;
  }

  /** Puts rows of features into the bank, shape `[n, d]`, n >= k; finite. They are copied to float32. */
  fit(features: NdArray): this {
    this.#alive('fit');
    this.#bank = toDeviceBank(toBank('DeviceNeighbors.fit', features, this.options.k));
    return this;
  }

  /** Adds rows at the end of the bank, O(n d). Queries that run see the bank as it was. */
  add(features: NdArray): this {
    const bank = this.#alive('add');
    this.#bank = toDeviceBank(withRows('DeviceNeighbors.add', needFitted('DeviceNeighbors.add', bank), features));
    return this;
  }

  /** Takes rows out of the bank by number, O(n d); the rows after them move up. Queries that run see the bank as it was. */
  remove(indices: ArrayLike<number>): this {
    const bank = needFitted('DeviceNeighbors.remove', this.#alive('remove'));
    this.#bank = toDeviceBank(withoutRows('DeviceNeighbors.remove', bank, indices, this.options.k));
    return this;
  }

  /**
   * The nearest rows of the bank.
   *
   * @param features - rows to look up, shape `[m, d]`; read before the call returns
   * @param options - how many
   * @returns distances and row numbers; a row that is not finite has distances NaN and numbers 0
   * @throws RangeError if k is larger than the bank; UnsupportedDeviceError for a device that is not here
   */
  async query(features: NdArray, options: NeighborQueryOptions = {}): Promise<Neighbors> {
    const { k = this.options.k } = options;
    assertKnownOptions('DeviceNeighbors.query', options, ['k']);
    const bank = needFitted('DeviceNeighbors.query', this.#alive('query'));
    assertInteger('DeviceNeighbors.query', 'k', k, 1, bank.n);
    const queries = toFloatRows('DeviceNeighbors.query', features, bank.d);
    const work = this.#open().then((graph) => deviceSearch(graph, queries, bank, k));
    this.#running.add(work);
    try {
      const { distances, indices } = await work;
      return { distances: ndarray(distances, [queries.n, k]), indices: ndarray(indices, [queries.n, k]) };
    } finally {
      this.#running.delete(work);
    }
  }

  /** Score of each row, shape `[n, d]`; >= 0; NaN for a row that is not finite. */
  async score(features: NdArray): Promise<Float64Array> {
    const { distances } = await this.query(features);
    return reduceDistances(distances, this.options.reduce);
  }

  /** What was learned: the bank. `NearestNeighbors` loads it too. */
  save(): ScorerState {
    const bank = needFitted('DeviceNeighbors.save', this.#alive('save'));
    return { kind: this.kind, options: this.options, facts: {}, tensors: saveBank(bank) };
  }

  /** Restores what {@link DeviceNeighbors.save} or `NearestNeighbors` returned. */
  load(state: ScorerState): this {
    this.#alive('load');
    this.#bank = toDeviceBank(loadBank('DeviceNeighbors.load', state, this.kind, this.options.k));
    return this;
  }

  /** Waits for queries that run, then frees the device's graph and the bank; idempotent. Other calls then throw DisposedError. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#bank = undefined;
    await Promise.allSettled(this.#running);
    const graph = this.#graph;
    this.#graph = undefined;
    await graph?.then((open) => open?.dispose()).catch(() => undefined);
  }

  #alive(call: string): DeviceBank | undefined {
    if (this.#disposed) throw new DisposedError(`DeviceNeighbors.${call}`);
    return this.#bank;
  }

  #open(): Promise<OnnxRunner | undefined> {
    this.#graph ??= resolveDevice(this.#wanted).then(({ device }) => {
      this.#device = device;
      return device === 'tfjs' ? undefined : openNeighborGraph(device);
    });
    return this.#graph;
  }
}
