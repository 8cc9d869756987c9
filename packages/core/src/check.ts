/**
 * Text of an argument error, in the one form the whole library uses: `fn: arg must be X, got Y. Try Z.`
 *
 * @param fn - the public function that was called
 * @param arg - the argument at fault
 * @param expected - what it must be
 * @param got - what was passed; {@link describe} puts it into words
 * @param hint - what to try, a whole sentence
 * @returns the message
 * @example
 * ```ts
 * import { argumentMessage } from '@adlib/core';
 * console.log(argumentMessage('aupro', 'fprLimit', 'in (0, 1]', 3, 'Use 0.3, as MVTec does.'));
 * // aupro: fprLimit must be in (0, 1], got 3. Use 0.3, as MVTec does.
 * ```
 */
export function argumentMessage(fn: string, arg: string, expected: string, got: unknown, hint?: string): string {
  return `${fn}: ${arg} must be ${expected}, got ${describe(got)}.${hint === undefined ? '' : ` ${hint}`}`;
}

/**
 * A short description of any value for an error message: kind and size, never its whole content.
 *
 * @param value - anything
 * @returns for example `"Float32Array(12)"`, `"null"`, `"'abc'"`
 * @example
 * ```ts
 * import { describe } from '@adlib/core';
 * console.log(describe(new Float32Array(12))); // Float32Array(12)
 * ```
 */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return value.length > 60 ? `'${value.slice(0, 57)}...'` : `'${value}'`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value !== 'object') return (value as symbol).toString();
  if (Array.isArray(value)) {
    return value.length <= 6 && value.every((v) => typeof v === 'number')
      ? `[${value.join(', ')}]`
      : `Array(${value.length})`;
  }
  const name = (value.constructor as { name?: string } | undefined)?.name ?? '';
  if (ArrayBuffer.isView(value) && 'length' in value) return `${name}(${String(value.length)})`;
  if (name === '' || name === 'Object') return `an object with ${listKeys(value)}`;
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

function listKeys(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'no keys';
  return `keys ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ', ...' : ''}`;
}

/**
 * Throws unless `value` is an integer in `[min, max]`.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the value
 * @param min - smallest allowed, inclusive
 * @param max - largest allowed, inclusive
 * @throws TypeError if it is not a number, RangeError if it is out of range or not an integer
 * @example
 * ```ts
 * import { assertInteger } from '@adlib/core';
 * assertInteger('topK', 'k', 3, 1);
 * ```
 */
export function assertInteger(
  fn: string,
  arg: string,
  value: unknown,
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  const expected = `an integer${rangeText(min, max)}`;
  if (typeof value !== 'number') throw new TypeError(argumentMessage(fn, arg, expected, value));
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(argumentMessage(fn, arg, expected, value));
  }
}

/**
 * Throws unless `value` is a finite number in `[min, max]`.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the value
 * @param min - smallest allowed, inclusive
 * @param max - largest allowed, inclusive
 * @throws TypeError if it is not a number, RangeError if it is not finite or out of range
 * @example
 * ```ts
 * import { assertFinite } from '@adlib/core';
 * assertFinite('gaussianSmooth', 'sigma', 4, 0);
 * ```
 */
export function assertFinite(
  fn: string,
  arg: string,
  value: unknown,
  min = -Infinity,
  max = Infinity,
): asserts value is number {
  const expected = `a finite number${rangeText(min, max)}`;
  if (typeof value !== 'number') throw new TypeError(argumentMessage(fn, arg, expected, value));
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new RangeError(argumentMessage(fn, arg, expected, value));
  }
}

function rangeText(min: number, max: number): string {
  const low = min > Number.MIN_SAFE_INTEGER;
  const high = max < Number.MAX_SAFE_INTEGER;
  if (low && high) return ` in [${min}, ${max}]`;
  if (low) return ` >= ${min}`;
  return high ? ` <= ${max}` : '';
}

/**
 * Throws unless `value` is one of the allowed strings.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the value
 * @param allowed - the closed list
 * @throws TypeError if it is not a string, RangeError if it is another string; both list what is allowed
 * @example
 * ```ts
 * import { assertOneOf } from '@adlib/core';
 * assertOneOf('resize', 'mode', 'crop', ['stretch', 'crop', 'letterbox']);
 * ```
 */
export function assertOneOf<T extends string>(
  fn: string,
  arg: string,
  value: unknown,
  allowed: readonly T[],
): asserts value is T {
  if (!allowed.includes(value as T)) {
    const list = new Intl.ListFormat('en', { type: 'disjunction' }).format(allowed.map((a) => `'${a}'`));
    const Kind = typeof value === 'string' ? RangeError : TypeError;
    throw new Kind(argumentMessage(fn, arg, list, value));
  }
}

/**
 * Throws unless `value` is an array or typed array of exactly `length` values.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the array
 * @param length - expected number of values
 * @param why - where the number comes from, for example `3×4`
 * @throws TypeError if it has no length, RangeError if the length differs
 * @example
 * ```ts
 * import { assertLength } from '@adlib/core';
 * assertLength('auroc', 'labels', [0, 1], 2);
 * ```
 */
export function assertLength(fn: string, arg: string, value: unknown, length: number, why?: string): void {
  const actual = typeof value === 'object' ? (value as { length?: unknown } | null)?.length : undefined;
  const expected = `${length} values${why === undefined ? '' : ` (${why})`}`;
  if (typeof actual !== 'number') throw new TypeError(argumentMessage(fn, arg, `an array of ${expected}`, value));
  if (actual !== length) throw new RangeError(`${fn}: ${arg} must have ${expected}, got ${actual}.`);
}

/**
 * Throws when an options object has a key that the function does not know: a misspelt option is never ignored.
 *
 * @param fn - caller, for the message
 * @param options - the options as passed
 * @param known - every key that is allowed
 * @throws TypeError if `options` is no object, or naming the unknown key and listing the known ones
 * @example
 * ```ts
 * import { assertKnownOptions } from '@adlib/core';
 * assertKnownOptions('aupro', { fprLimit: 0.3 }, ['fprLimit', 'connectivity']);
 * ```
 */
export function assertKnownOptions(fn: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(argumentMessage(fn, 'options', 'an object', options));
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new TypeError(`${fn}: options must only have ${known.join(', ')}, got ${key}. Check its spelling.`);
    }
  }
}
