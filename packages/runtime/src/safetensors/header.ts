import { SafetensorsError } from './error.js';
import { HeaderText, short } from './headerText.js';
import { SAFETENSORS_DTYPES } from './tensor.js';
import type { SafetensorsDtype } from './tensor.js';

/** The longest header that is read, in bytes: the limit of the format's own library. */
export const MAX_HEADER = 100_000_000;

/** Key of the free texts. */
export const METADATA_KEY = '__metadata__';

/** Where a tensor lies. */
export interface HeaderEntry {
  /** Name of the tensor. */
  readonly name: string;
  /** Element type. */
  readonly dtype: SafetensorsDtype;
  /** Size of each axis. */
  readonly shape: readonly number[];
  /** First byte, counted from the end of the header. */
  readonly begin: number;
  /** One past its last byte. */
  readonly end: number;
}

/** A checked header. */
export interface Header {
  /** Tensors in the order of their bytes; together they cover the data exactly. */
  readonly entries: readonly HeaderEntry[];
  /** Free texts. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads the eight bytes every file begins with.
 *
 * @param bytes - the file, or its first eight bytes
 * @param fileLength - bytes of the whole file
 * @returns length of the header that follows
 * @throws SafetensorsError if the file is shorter than that, or the header longer than {@link MAX_HEADER}
 */
export function headerLength(bytes: Uint8Array, fileLength: number): number {
  if (fileLength < 8)
    throw new SafetensorsError(`safetensors: the file must have at least 8 bytes, it has ${fileLength}.`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) {
    throw new SafetensorsError(`safetensors: the header must have at most ${MAX_HEADER} bytes, it says ${length}.`);
  }
  if (Number(length) > fileLength - 8) {
    throw new SafetensorsError(
      `safetensors: the header says ${length} bytes, the file has only ${fileLength - 8} after the first 8.`,
    );
  }
  return Number(length);
}

/**
 * Reads and checks a header.
 *
 * @param bytes - the header alone
 * @param dataLength - bytes that follow it in the file
 * @returns the tensors and texts
 * @throws SafetensorsError for anything that is not sound: see {@link decodeSafetensors}
 */
export function parseHeader(bytes: Uint8Array, dataLength: number): Header {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SafetensorsError('safetensors: the header is not UTF-8.', { cause });
  }
  const reader = new HeaderText(text);
  const entries: HeaderEntry[] = [];
  const metadata: Record<string, string> = Object.create(null) as Record<string, string>;
  reader.object((name) => {
    assertName(name);
    if (name !== METADATA_KEY) entries.push(readEntry(reader, name));
    else {
      reader.object((key) => {
        assertName(key);
        metadata[key] = reader.string();
      });
    }
  });
  reader.end();
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  assertCovers(entries, dataLength);
  return { entries, metadata };
}

/** `__proto__` as a key would change what an object inherits, in this program or in one that reads its output. */
function assertName(name: string): void {
  if (name === '__proto__') throw new SafetensorsError("safetensors: '__proto__' is no name for a tensor or a text.");
}

function readEntry(reader: HeaderText, name: string): HeaderEntry {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  reader.object((key) => {
    if (key === 'dtype') dtype = reader.string();
    else if (key === 'shape') shape = reader.integers();
    else if (key === 'data_offsets') offsets = reader.integers();
    else throw new SafetensorsError(`safetensors: tensor '${short(name)}' has an unknown field '${short(key)}'.`);
  });
  const where = `safetensors: tensor '${short(name)}'`;
  if (dtype === undefined || shape === undefined || offsets?.length !== 2) {
    throw new SafetensorsError(`${where} must have dtype, shape and two data_offsets.`);
  }
  if (!Object.hasOwn(SAFETENSORS_DTYPES, dtype)) {
    throw new SafetensorsError(
      `${where} has the unknown dtype '${short(dtype)}'. Known: ${Object.keys(SAFETENSORS_DTYPES).join(', ')}.`,
    );
  }
  const entry = { name, dtype: dtype as SafetensorsDtype, shape, begin: offsets[0]!, end: offsets[1]! };
  const expected = byteLength(entry.dtype, shape);
  if (entry.end - entry.begin !== expected) {
    throw new SafetensorsError(
      `${where} has the offsets [${entry.begin}, ${entry.end}], but ${entry.dtype} of its shape takes ${expected} bytes.`,
    );
  }
  return entry;
}

/**
 * Bytes of a tensor.
 *
 * @param dtype - element type
 * @param shape - size of each axis, integers >= 0
 * @returns the product; Infinity where a number cannot hold it
 */
export function byteLength(dtype: SafetensorsDtype, shape: readonly number[]): number {
  if (shape.includes(0)) return 0;
  const bytes = shape.reduce<number>((product, size) => product * size, SAFETENSORS_DTYPES[dtype].bytes);
  return Number.isSafeInteger(bytes) ? bytes : Infinity;
}

function assertCovers(entries: readonly HeaderEntry[], dataLength: number): void {
  let end = 0;
  for (const entry of entries) {
    const where = `safetensors: tensor '${short(entry.name)}'`;
    if (entry.end > dataLength) {
      throw new SafetensorsError(
        `${where} ends at byte ${entry.end} of the data, the file has only ${dataLength}. Is it cut short?`,
      );
    }
    if (entry.begin < end) throw new SafetensorsError(`${where} overlaps the tensor before it.`);
    if (entry.begin > end) {
      throw new SafetensorsError(
        `${where} begins at byte ${entry.begin} of the data, the one before ends at ${end}: a hole.`,
      );
    }
    end = entry.end;
  }
  if (end !== dataLength) {
    throw new SafetensorsError(`safetensors: ${dataLength - end} bytes at the end of the file belong to no tensor.`);
  }
}
