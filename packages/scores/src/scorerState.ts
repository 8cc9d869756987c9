/** What a feature scorer has learned, as plain data: JSON, and tensors that `encodeSafetensors` takes as they are. */
export interface ScorerState {
  /** Which scorer, for example `mahalanobis`. */
  readonly kind: string;
  /** The options it was made with, defaults filled in; JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Numbers beside the tensors, for example how many samples were seen; JSON. */
  readonly facts: Readonly<Record<string, number>>;
  /** Learned tensors by name; copies. */
  readonly tensors: Readonly<Record<string, ScorerTensor>>;
}

/** A tensor of a saved scorer: float32 for rows that are kept as such, float64 for everything computed. */
export type ScorerTensor =
  | {
      /** Element type, as safetensors files spell it. */
      readonly dtype: 'F32';
      /** Size of each axis. */
      readonly shape: readonly number[];
      /** Row-major values. */
      readonly data: Float32Array;
    }
  | {
      /** Element type, as safetensors files spell it. */
      readonly dtype: 'F64';
      /** Size of each axis. */
      readonly shape: readonly number[];
      /** Row-major values. */
      readonly data: Float64Array;
    };

/**
 * Makes a tensor of a state.
 *
 * @param data - row-major values; copied
 * @param shape - size of each axis
 * @returns the tensor
 */
export function saveTensor(data: Float32Array | Float64Array, shape: readonly number[]): ScorerTensor {
  return data instanceof Float32Array
    ? { dtype: 'F32', shape: [...shape], data: data.slice() }
    : { dtype: 'F64', shape: [...shape], data: data.slice() };
}

/**
 * Finds a tensor in a state, checked.
 *
 * @param fn - caller, for the message
 * @param state - the state
 * @param kind - kind the state must have
 * @param name - name of the tensor
 * @param rank - number of axes it must have
 * @returns the state's own tensor
 * @throws RangeError if the state is of another kind or damaged
 */
export function savedTensor(fn: string, state: ScorerState, kind: string, name: string, rank: number): ScorerTensor {
  const tensor = state.tensors[name];
  const whole = tensor?.shape.length === rank && tensor.data.length === tensor.shape.reduce((a, b) => a * b, 1);
  if (state.kind !== kind || !whole) {
    throw new RangeError(
      `${fn}: state must be of kind ${kind} with a whole tensor ${name} of ${rank} axes, got kind ${state.kind}.`,
    );
  }
  return tensor;
}

/**
 * Reads float64 values of a state.
 *
 * @param fn - caller, for the message
 * @param state - the state
 * @param kind - kind the state must have
 * @param name - name of the tensor
 * @param shape - size that each axis must have; any where it is undefined
 * @returns a copy of the values
 * @throws RangeError if the state is of another kind or damaged
 */
export function loadValues(
  fn: string,
  state: ScorerState,
  kind: string,
  name: string,
  shape: readonly (number | undefined)[],
): Float64Array {
  const tensor = savedTensor(fn, state, kind, name, shape.length);
  if (!shape.every((size, axis) => size === undefined || size === tensor.shape[axis])) {
    const expected = shape.map((size) => size ?? 'any').join('×');
    throw new RangeError(
      `${fn}: tensor ${name} of state must be ${expected}, got ${tensor.shape.join('×')}. The state is damaged.`,
    );
  }
  return Float64Array.from(tensor.data);
}
