import { describe as suite, expect, test } from 'vitest';
import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertLength,
  assertOneOf,
  describe,
} from './check.js';

/** What a call throws, as `Name: message`. */
function thrown(call: () => void): string {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing';
}

suite('argumentMessage', () => {
  test('has the one form, with and without a hint', () => {
    expect(argumentMessage('f', 'x', 'positive', -1)).toBe('f: x must be positive, got -1.');
    expect(argumentMessage('f', 'x', 'positive', 'no', 'Try 1.')).toBe("f: x must be positive, got 'no'. Try 1.");
  });
});

suite('describe', () => {
  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [NaN, 'NaN'],
    [-0.5, '-0.5'],
    [10n, '10'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    ['abc', "'abc'"],
    ['x'.repeat(61), `'${'x'.repeat(57)}...'`],
    [[], '[]'],
    [[1, 2], '[1, 2]'],
    [[1, 2, 3, 4, 5, 6, 7], 'Array(7)'],
    [['a'], 'Array(1)'],
    [new Float32Array(12), 'Float32Array(12)'],
    [new DataView(new ArrayBuffer(4)), 'a DataView'],
    [new Map(), 'a Map'],
    [new Error('x'), 'an Error'],
    [{}, 'an object with no keys'],
    [{ a: 1, b: 2 }, 'an object with keys a, b'],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, 'an object with keys a, b, c, d, e, f, ...'],
    [Object.create(null), 'an object with no keys'],
    [
      new (class {
        width = 1;
      })(),
      'an object with keys width',
    ],
    [describe, 'function describe'],
    [
      (
        () => () =>
          0
      )(),
      'function (anonymous)',
    ],
  ])('%o is %s', (value, text) => {
    expect(describe(value)).toBe(text);
  });
});

suite('assertInteger', () => {
  test('lets integers within the limits through, limits included', () => {
    for (const value of [-2, 0, 3]) assertInteger('f', 'n', value, -2, 3);
    assertInteger('f', 'n', Number.MAX_SAFE_INTEGER);
  });

  test.each<[unknown, number | undefined, number | undefined, string]>([
    ['3', 1, undefined, "TypeError: f: n must be an integer >= 1, got '3'."],
    [undefined, undefined, undefined, 'TypeError: f: n must be an integer, got undefined.'],
    [3n, undefined, 5, 'TypeError: f: n must be an integer <= 5, got 3.'],
    [1.5, 1, 9, 'RangeError: f: n must be an integer in [1, 9], got 1.5.'],
    [0, 1, 9, 'RangeError: f: n must be an integer in [1, 9], got 0.'],
    [10, 1, 9, 'RangeError: f: n must be an integer in [1, 9], got 10.'],
    [NaN, 1, undefined, 'RangeError: f: n must be an integer >= 1, got NaN.'],
    [Infinity, 1, undefined, 'RangeError: f: n must be an integer >= 1, got Infinity.'],
    [2 ** 53, undefined, undefined, 'RangeError: f: n must be an integer, got 9007199254740992.'],
  ])('%s in [%s, %s]', (value, min, max, text) => {
    expect(thrown(() => assertInteger('f', 'n', value, min, max))).toBe(text);
  });
});

suite('assertFinite', () => {
  test('lets finite numbers within the limits through, limits included', () => {
    for (const value of [0, 0.5, 1, -0]) assertFinite('f', 'x', value, 0, 1);
    assertFinite('f', 'x', -1e308);
  });

  test.each<[unknown, number | undefined, number | undefined, string]>([
    [null, 0, undefined, 'TypeError: f: x must be a finite number >= 0, got null.'],
    [NaN, undefined, undefined, 'RangeError: f: x must be a finite number, got NaN.'],
    [-Infinity, undefined, undefined, 'RangeError: f: x must be a finite number, got -Infinity.'],
    [-1e-9, 0, 1, 'RangeError: f: x must be a finite number in [0, 1], got -1e-9.'],
    [1.1, 0, 1, 'RangeError: f: x must be a finite number in [0, 1], got 1.1.'],
  ])('%s in [%s, %s]', (value, min, max, text) => {
    expect(thrown(() => assertFinite('f', 'x', value, min, max))).toBe(text);
  });
});

suite('assertOneOf', () => {
  test('lets the listed strings through', () => {
    assertOneOf('f', 'mode', 'b', ['a', 'b']);
  });

  test('lists what is allowed', () => {
    expect(thrown(() => assertOneOf('f', 'mode', 'x', ['a', 'b', 'c']))).toBe(
      "RangeError: f: mode must be 'a', 'b', or 'c', got 'x'.",
    );
    expect(thrown(() => assertOneOf('f', 'mode', 1, ['a']))).toBe("TypeError: f: mode must be 'a', got 1.");
  });
});

suite('assertLength', () => {
  test('lets arrays and typed arrays of the length through', () => {
    assertLength('f', 'x', [], 0);
    assertLength('f', 'x', [1, 2], 2);
    assertLength('f', 'x', new Uint8Array(3), 3);
  });

  test('names both lengths and where the expected one comes from', () => {
    expect(thrown(() => assertLength('f', 'x', [1], 12, '3×4'))).toBe(
      'RangeError: f: x must have 12 values (3×4), got 1.',
    );
  });

  test.each([[undefined], [null], [4], ['abc'], [{}], [{ length: 'three' }]])('%o has no length', (value) => {
    expect(thrown(() => assertLength('f', 'x', value, 3))).toMatch(
      /^TypeError: f: x must be an array of 3 values, got /,
    );
  });
});

suite('assertKnownOptions', () => {
  test('lets known keys through, also when they are undefined or missing', () => {
    assertKnownOptions('f', {}, ['a']);
    assertKnownOptions('f', { a: undefined, b: 1 }, ['a', 'b']);
  });

  test('names the unknown key and the known ones', () => {
    expect(thrown(() => assertKnownOptions('f', { limit: 1 }, ['fprLimit', 'seed']))).toBe(
      'TypeError: f: options must only have fprLimit, seed, got limit. Check its spelling.',
    );
  });

  test.each([[null], [3], ['abc']])('refuses %o', (value) => {
    expect(thrown(() => assertKnownOptions('f', value as never, ['a']))).toMatch(
      /^TypeError: f: options must be an object, got /,
    );
  });
});
