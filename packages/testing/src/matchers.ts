import type {} from 'vitest';
import { allClose, type AllCloseOptions, type Numbers } from './allClose.js';

declare module 'vitest' {
  // The type parameter must be declared as vitest declares it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unused-vars
  interface Matchers<T = any> {
    /** Numbers agree within `atol + rtol * |expected|`; shape, NaN and infinities are strict. */
    toBeAllClose(expected: Numbers, options?: AllCloseOptions): void;
  }
}

/**
 * Vitest matchers for numbers: `expect(actual).toBeAllClose(expected, { rtol, atol })`.
 *
 * @example
 * ```ts
 * import { matchers } from '@adlib/testing';
 * // In a test file: expect.extend(matchers);
 * console.log(matchers.toBeAllClose([1, 2], [1, 2.5]).message()); // worst at [1]: got 2, expected 2.5, ...
 * ```
 */
export const matchers = {
  toBeAllClose(actual: Numbers, expected: Numbers, options: AllCloseOptions = {}) {
    const { pass, message } = allClose(actual, expected, options);
    return { pass, message: () => (pass ? `expected values to differ, but ${message}` : message) };
  },
};
