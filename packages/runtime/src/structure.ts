import { describe } from '@adlib/core';

/** A value, or values nested in arrays and records. */
export type Structure<T> = T | readonly Structure<T>[] | { readonly [name: string]: Structure<T> };

/** The leaves of a structure by path, for example `0`, `1.weight`; a lone leaf has the path ''. */
export function flatten<T>(value: Structure<T>, isLeaf: (value: unknown) => value is T, path = ''): Map<string, T> {
  const leaves = new Map<string, T>();
  const visit = (at: Structure<T>, here: string) => {
    if (isLeaf(at)) {
      leaves.set(here, at);
    } else if (isPlain(at)) {
      for (const [key, child] of Object.entries(at)) visit(child, here === '' ? key : `${here}.${key}`);
    } else {
      throw new TypeError(
        `${here === '' ? 'the value' : here} must be a tensor, or tensors in arrays and records, got ${describe(at)}`,
      );
    }
  };
  visit(value, path);
  return leaves;
}

/** The structure of `like`, with each leaf replaced by `make(path, leaf)`. */
export function mapStructure<T, U>(
  like: Structure<T>,
  isLeaf: (value: unknown) => value is T,
  make: (path: string, leaf: T) => U,
  path = '',
): Structure<U> {
  if (isLeaf(like)) return make(path, like);
  const child = (key: string | number) => (path === '' ? `${key}` : `${path}.${key}`);
  if (Array.isArray(like)) return like.map((v: Structure<T>, i) => mapStructure(v, isLeaf, make, child(i)));
  return Object.fromEntries(
    Object.entries(like as Record<string, Structure<T>>).map(([key, v]) => [
      key,
      mapStructure(v, isLeaf, make, child(key)),
    ]),
  );
}

/** Whether a value is an array or a record, and nothing with a class of its own (a promise, a tensor of another kind). */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype === Object.prototype;
}
