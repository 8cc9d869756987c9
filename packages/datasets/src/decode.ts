import { readFile as readFileWithCallback } from 'node:fs';
import { promisify } from 'node:util';
import { argumentMessage, assertKnownOptions, DatasetFormatError, type Image } from '@adlib/core';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { decodeBmp, isBmp } from './bmp.js';
import { decodePlainPng } from './plainPng.js';

/** Two thirds of the processor time of `node:fs/promises`, which counts where a picture takes 2 ms. */
const readFile = promisify(readFileWithCallback);

/** What a picture's header says, without decoding it. */
export interface ImageHeader {
  /** File format. */
  readonly format: 'png' | 'jpeg' | 'webp' | 'tiff' | 'bmp';
  /** Columns after EXIF rotation, in pixels. */
  readonly width: number;
  /** Rows after EXIF rotation, in pixels. */
  readonly height: number;
  /** Channels that decoding gives. */
  readonly channels: 1 | 3;
  /** Bits per channel that decoding gives. */
  readonly bits: 8 | 16;
}

/** Options of {@link decodeImage}. */
export interface DecodeOptions {
  /** Name of the picture in error messages, for example its path. @defaultValue 'image' */
  name?: string;
}

const sharpOptions: SharpOptions = { failOn: 'error', ignoreIcc: true, autoOrient: true };
const readable = 'PNG, JPEG, BMP, TIFF and WebP are read';

type SharpModule = (input: Uint8Array | Uint16Array, options: SharpOptions) => Sharp;
let loaded: Promise<SharpModule> | undefined;

/**
 * Loads the optional peer `sharp`.
 *
 * @param load - does the import
 * @returns its function
 * @throws Error of one line that says what to install where it is missing
 */
export function loadSharp(load: () => Promise<{ default: unknown }> = () => import('sharp')): Promise<SharpModule> {
  return load().then(
    (module) => module.default as SharpModule,
    (cause: unknown) => {
      throw new Error(
        '@adlib/datasets/node: reading and writing pictures needs the package sharp. Run: npm install sharp',
        {
          cause,
        },
      );
    },
  );
}

async function open(bytes: Uint8Array): Promise<Sharp> {
  loaded ??= loadSharp();
  return (await loaded)(bytes, sharpOptions);
}

/**
 * Reads a picture file: {@link decodeImage} on its bytes.
 *
 * @param path - PNG, JPEG, BMP, TIFF or WebP; the content decides, not the name's ending
 * @returns the picture; the caller's own
 * @throws DatasetFormatError naming the file if it is not a picture that can be read, the file system's error if it cannot
 *   be opened
 * @example
 * ```ts
 * import { readImage, writePng } from '@adlib/datasets/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * const path = join(await mkdtemp(join(tmpdir(), 'adlib-')), 'grey.png');
 * await writePng(path, { data: new Uint8Array([0, 128, 255]), width: 3, height: 1, channels: 1 });
 * console.log((await readImage(path)).data); // 0, 128, 255
 * ```
 */
export async function readImage(path: string): Promise<Image> {
  return decodeImage(await readFile(path), { name: path });
}

/**
 * Decodes a picture. What is stored is what comes out: 8 bits stay 8, 16 stay 16, grey stays one channel; palettes and 1 to
 * 4 bit grey are expanded; EXIF rotation is applied; colour profiles are ignored, as in OpenCV and Pillow. An alpha channel
 * that is opaque everywhere is dropped; one that hides something is refused, since any background would be a guess. Refused
 * too: CMYK, floating-point and signed pixels, several pages, other formats.
 *
 * @param bytes - the file's content
 * @param options - the picture's name for messages
 * @returns the picture; the caller's own
 * @throws DatasetFormatError naming the picture and what is wrong with it
 * @example
 * ```ts
 * import { decodeImage, encodePng } from '@adlib/datasets/node';
 * const bytes = await encodePng({ data: new Uint16Array([0, 65535]), width: 2, height: 1, channels: 1 });
 * console.log((await decodeImage(bytes)).data); // Uint16Array [0, 65535]
 * ```
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Image> {
  const { name = 'image' } = options;
  assertKnownOptions('decodeImage', options, ['name']);
  assertBytes('decodeImage', bytes);
  if (isBmp(bytes)) return decodeBmp(bytes, name);
  return (await decodePlainPng(bytes)) ?? decodeWithSharp(bytes, name);
}

/**
 * {@link decodeImage} of what is no BMP, by sharp alone.
 *
 * @param bytes - the file's content
 * @param name - name of the picture in error messages
 * @returns the picture; the caller's own
 * @throws DatasetFormatError naming the picture and what is wrong with it
 */
export async function decodeWithSharp(bytes: Uint8Array, name: string): Promise<Image> {
  const { channels, bits, hasAlpha } = await inspect(bytes, name);
  // The grey spaces would drop the alpha channel unseen.
  const grey = channels === 1 && !hasAlpha;
  const space = bits === 16 ? (grey ? 'grey16' : 'rgb16') : grey ? 'b-w' : 'srgb';
  const picture = await open(bytes);
  if (bits === 16) picture.pipelineColourspace(space);
  const { data, info } = await picture
    .toColourspace(space)
    .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw damaged(name, cause);
    });
  const values =
    bits === 16
      ? new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const stored = info.channels as number;
  if (stored !== (hasAlpha ? 4 : channels)) {
    throw new DatasetFormatError(`${name}: has ${stored} channels; only grey and RGB can be read.`, { path: name });
  }
  const kept = hasAlpha ? dropAlpha(values, channels, name) : values;
  return { data: kept, width: info.width, height: info.height, channels };
}

/**
 * Reads the header of a picture, without decoding its pixels. That a PNG file is cut off is found too.
 *
 * @param bytes - the file's content
 * @param name - name of the picture in error messages
 * @returns format and size
 * @throws DatasetFormatError as {@link decodeImage} does, as far as the header shows it
 */
export async function readHeader(bytes: Uint8Array, name: string): Promise<ImageHeader> {
  if (isBmp(bytes)) {
    const { width, height, channels } = decodeBmp(bytes, name);
    return { format: 'bmp', width, height, channels, bits: 8 };
  }
  const { format, width, height, channels, bits } = await inspect(bytes, name);
  if (format === 'png' && !isWholePng(bytes)) throw damaged(name, 'the end of the PNG is missing');
  return { format, width, height, channels, bits };
}

async function inspect(bytes: Uint8Array, name: string): Promise<ImageHeader & { readonly hasAlpha: boolean }> {
  if (bytes.length === 0) throw new DatasetFormatError(`${name}: the file is empty. Remove it.`, { path: name });
  const metadata = await (await open(bytes)).metadata().catch((cause: unknown) => {
    throw damaged(name, cause);
  });
  const problem = unreadable(metadata);
  if (problem !== undefined) throw new DatasetFormatError(`${name}: ${problem}`, { path: name });
  const hasAlpha = metadata.hasAlpha ?? false;
  return {
    format: metadata.format as ImageHeader['format'],
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    channels: metadata.space === 'b-w' || metadata.space === 'grey16' ? 1 : 3,
    bits: metadata.depth === 'ushort' ? 16 : 8,
    hasAlpha,
  };
}

/** Whether the chunks of a PNG reach its end mark. */
function isWholePng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 0x49454e44;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === end) return true;
  }
  return false;
}

function unreadable({ format, space, depth, pages }: Metadata): string | undefined {
  if (!['png', 'jpeg', 'webp', 'tiff'].includes(format)) {
    return `is a ${format} file; ${readable}. Convert it to PNG.`;
  }
  if (space === 'cmyk') return 'is in CMYK (print) colours, which have no one RGB value. Convert it to RGB.';
  if (!['b-w', 'grey16', 'srgb', 'rgb', 'rgb16'].includes(space)) {
    return `is in colour space ${space}; grey and RGB are read. Convert it to RGB.`;
  }
  if (depth !== 'uchar' && depth !== 'ushort') {
    return `has pixels of kind ${depth}; 8 and 16 bit unsigned are read. Convert it to 16 bit.`;
  }
  return (pages ?? 1) > 1 ? `holds ${pages ?? 1} pages; one picture per file is read. Split it.` : undefined;
}

/** Colour (or grey, from the first channel) of red, green, blue, alpha. */
function dropAlpha<T extends Uint8Array | Uint16Array>(values: T, channels: 1 | 3, name: string): T {
  const opaque = values instanceof Uint16Array ? 65535 : 255;
  const out = new (values.constructor as new (n: number) => T)((values.length / 4) * channels);
  for (let from = 0, to = 0; from < values.length; from += 4) {
    if (values[from + 3] !== opaque) {
      const what = 'has transparent pixels. Flatten it on the background it is meant to have.';
      throw new DatasetFormatError(`${name}: ${what}`, { path: name });
    }
    for (let c = 0; c < channels; c++) out[to++] = values[from + c]!;
  }
  return out;
}

function damaged(name: string, cause: unknown): DatasetFormatError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!;
  const what = reason.includes('unsupported image format')
    ? `is not a picture (${readable}). Remove it.`
    : `is damaged or cut off (${reason}). Replace or remove it.`;
  return new DatasetFormatError(`${name}: ${what}`, { path: name, cause });
}

function assertBytes(fn: string, bytes: unknown): asserts bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(argumentMessage(fn, 'bytes', 'a Uint8Array', bytes, 'Read a file with readImage(path).'));
  }
}
