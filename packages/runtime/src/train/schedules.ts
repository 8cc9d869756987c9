import { assertFinite, assertInteger } from '@adlib/core';

/**
 * A cosine from `from` to `to` over `steps`, after an optional linear warm-up from 0; constant afterwards.
 *
 * @param options - `from` and `to` rates, `steps` in all, `warmup` steps among them
 * @returns the rate at a step, counted from 0
 * @throws RangeError for negative rates or no steps
 * @example
 * ```ts
 * import { cosineSchedule } from '@adlib/runtime';
 * const rate = cosineSchedule({ from: 0.1, to: 0, steps: 100 });
 * console.log(rate(0), rate(50).toFixed(3), rate(100)); // 0.1 0.050 0
 * ```
 * @see Loshchilov and Hutter, "SGDR", 2017, equation 5
 */
export function cosineSchedule(options: {
  from: number;
  to?: number;
  steps: number;
  warmup?: number;
}): (step: number) => number {
  const { from, to = 0, steps, warmup = 0 } = options;
  assertFinite('cosineSchedule', 'from', from, 0);
  assertFinite('cosineSchedule', 'to', to, 0);
  assertInteger('cosineSchedule', 'steps', steps, 1);
  assertInteger('cosineSchedule', 'warmup', warmup, 0, steps);
  return (step) => {
    if (step < warmup) return (from * (step + 1)) / warmup;
    const done = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
    return to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * done));
  };
}

/**
 * A rate that is multiplied by `factor` every `every` steps.
 *
 * @param options - first rate, factor and interval
 * @returns the rate at a step, counted from 0
 * @throws RangeError for a negative rate or factor, or an interval below 1
 * @example
 * ```ts
 * import { stepSchedule } from '@adlib/runtime';
 * console.log(stepSchedule({ from: 1, factor: 0.5, every: 10 })(25)); // 0.25
 * ```
 */
export function stepSchedule(options: { from: number; factor: number; every: number }): (step: number) => number {
  const { from, factor, every } = options;
  assertFinite('stepSchedule', 'from', from, 0);
  assertFinite('stepSchedule', 'factor', factor, 0);
  assertInteger('stepSchedule', 'every', every, 1);
  return (step) => from * factor ** Math.floor(step / every);
}
