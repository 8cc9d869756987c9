import { argumentMessage } from '@adlib/core';

const ARRAYS = { Float64Array, Float32Array, Uint32Array, Int32Array, Uint16Array, Uint8Array } as const;
const NUMBERS: ReadonlyMap<unknown, number> = new Map([NaN, Infinity, -Infinity, -0].map((n) => [textOf(n), n]));

function textOf(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * A result as JSON text that {@link fromJson} restores exactly: NaN, infinities, -0 and typed arrays included, which
 * `JSON.stringify` would lose. They become `{ "$number": "NaN" }` and `{ "$array": "Float64Array", "values": [...] }`.
 *
 * @param result - any result of this package, or plain data made of such
 * @returns one line of JSON
 * @throws TypeError if a value is neither plain data nor a typed array, or a key is `$number` or `$array`
 * @example
 * ```ts
 * import { fromJson, rocCurve, toJson } from '@adlib/metrics';
 * const curve = rocCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
 * console.log(fromJson(toJson(curve)).tpr instanceof Float64Array); // true
 * ```
 */
export function toJson(result: unknown): string {
  return JSON.stringify(encode(result, 'result'));
}

/**
 * Restores what {@link toJson} wrote.
 *
 * @param text - the JSON text
 * @returns the result, typed by the caller
 * @throws SyntaxError if it is no JSON, TypeError if a marked value is not well-formed
 * @example
 * ```ts
 * import { fromJson, toJson } from '@adlib/metrics';
 * console.log(fromJson(toJson({ auroc: NaN }))); // { auroc: NaN }
 * ```
 */
// The type is the caller's statement of what was written, as with any parser.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function fromJson<T = Record<string, unknown>>(text: string): T {
  return decode(JSON.parse(text)) as T;
}

function encode(value: unknown, path: string): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: textOf(value) };
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((v, i) => encode(v, `${path}[${i}]`));
  if (typeof value === 'object') {
    for (const [name, kind] of Object.entries(ARRAYS)) {
      if (value instanceof kind) return { $array: name, values: Array.from(value, (v) => encode(v, path)) };
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      if ('$number' in value || '$array' in value) {
        throw new TypeError(argumentMessage('toJson', path, 'free of the keys $number and $array', value));
      }
      const entries = Object.entries(value).filter(([, v]) => v !== undefined);
      return Object.fromEntries(entries.map(([key, v]) => [key, encode(v, `${path}.${key}`)]));
    }
  }
  throw new TypeError(argumentMessage('toJson', path, 'plain data or a typed array', value));
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value;
  if ('$number' in value) {
    const number = NUMBERS.get(value.$number);
    if (number === undefined)
      throw new TypeError(argumentMessage('fromJson', '$number', 'NaN, an infinity or -0', value.$number));
    return number;
  }
  if ('$array' in value) {
    const kind = Object.entries(ARRAYS).find(([name]) => name === value.$array)?.[1];
    const values = 'values' in value ? decode(value.values) : undefined;
    if (kind === undefined || !Array.isArray(values)) {
      throw new TypeError(
        argumentMessage('fromJson', '$array', 'the name of a typed array with its values', value.$array),
      );
    }
    return kind.from(values as number[]);
  }
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, decode(v)]));
}
