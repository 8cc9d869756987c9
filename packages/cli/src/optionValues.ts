import type { Sample } from '@adlib/datasets';
import { InvalidArgumentError } from 'commander';

/**
 * Collects `key=value` pairs of a repeatable option. Values that are JSON (numbers, true, false, lists) are read as such,
 * anything else is text.
 *
 * @param pair - one pair
 * @param before - the pairs before it
 * @returns all pairs
 * @throws InvalidArgumentError if there is no `=` or the key is given twice
 */
export function collectPair(pair: string, before: Record<string, unknown>): Record<string, unknown> {
  const at = pair.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write key=value.');
  const key = pair.slice(0, at);
  if (Object.hasOwn(before, key)) throw new InvalidArgumentError(`${key} is given twice.`);
  return { ...before, [key]: readValue(pair.slice(at + 1)) };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * Reads a whole number of an option.
 *
 * @param min - smallest allowed
 * @param max - largest allowed
 * @returns the parser for commander
 */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/**
 * Reads a number; what takes it checks the range.
 *
 * @param text - the number
 * @returns the number
 * @throws InvalidArgumentError if it is none
 */
export function decimal(text: string): number {
  if (!/^\d*\.?\d+$/.test(text)) throw new InvalidArgumentError('It must be a number like 0.1.');
  return Number(text);
}

/**
 * Reads a regular expression.
 *
 * @param text - the pattern
 * @returns the expression
 * @throws InvalidArgumentError if it is none
 */
export function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    throw new InvalidArgumentError(`It is no regular expression: ${(error as Error).message}`);
  }
}

/**
 * The part that a sample shows, told from its path.
 *
 * @param pattern - what it finds, or its first group, names the part
 * @returns the part of a sample; undefined where the pattern finds nothing
 */
export function groupOf(pattern: RegExp): (sample: Sample) => string | undefined {
  return ({ id }) => {
    const match = pattern.exec(id);
    return match === null ? undefined : (match[1] ?? match[0]);
  };
}

/**
 * The part that a sample shows, for `assignRoles`: what the pattern finds in its path, else what the layout says.
 *
 * @param pattern - as for {@link groupOf}; `undefined` leaves it to the layout
 * @returns the option `group`, if there is a pattern
 */
export function grouping(pattern: RegExp | undefined): { group?: (sample: Sample) => string } {
  if (pattern === undefined) return {};
  const partOf = groupOf(pattern);
  return { group: (sample) => partOf(sample) ?? sample.group ?? sample.id };
}
