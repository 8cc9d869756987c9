import { DatasetFormatError } from '@adlib/core';
import { readText } from './text.js';

/** A JSON object whose fields are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a JSON file.
 *
 * @param path - the file
 * @returns what it holds
 * @throws DatasetFormatError naming the file if it is missing, too large, not text or not JSON
 */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0]!.slice(0, 200);
    throw new DatasetFormatError(`${path}: is not whole JSON (${reason}). Replace or remove it.`, { path, cause });
  }
}

/**
 * Whether a value is a JSON object.
 *
 * @param value - the value
 * @returns false for lists and null too
 */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The objects in a list.
 *
 * @param value - anything
 * @returns none if it is no list; what is no object is left out
 */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/**
 * The texts in a list that are not empty.
 *
 * @param value - anything
 * @returns none if it is no list; what is no text is left out
 */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
}
