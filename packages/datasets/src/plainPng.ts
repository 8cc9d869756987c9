import type { Image } from '@adlib/core';

/** The part of `@napi-rs/image` that is used. */
type Decoder = new (bytes: Uint8Array) => { rawPixels(): Promise<Uint8Array> };

/** What a PNG's header says where its stored values are the picture's. */
interface PlainPng extends Pick<Image, 'width' | 'height' | 'channels'> {
  /** Bits per channel. */
  readonly bits: 8 | 16;
}

const mostPixels = 2 ** 26;
const texts = ['tEXt', 'zTXt', 'iTXt'];
/** Chunks that change no value. */
const harmless = ['pHYs', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'tIME', 'sBIT', 'bKGD', 'hIST', ...texts];

let loaded: Promise<Decoder | undefined> | undefined;

/**
 * Loads the optional peer `@napi-rs/image`.
 *
 * @param load - does the import
 * @returns its decoder; undefined where it is missing or not made for this platform
 */
export function loadDecoder(
  load: () => Promise<unknown> = () => import('@napi-rs/image'),
): Promise<Decoder | undefined> {
  return load().then(
    (module) => (module as { Transformer: Decoder }).Transformer,
    () => undefined,
  );
}

/**
 * Decodes a plain PNG with the optional peer `@napi-rs/image`: the values that `sharp` gives, in half its time. Plain is a
 * whole file of 8 or 16 bit grey or RGB, without palette, alpha, interlacing, animation or rotation, of at most 2^26 pixels.
 * The CRC-32 of every chunk is checked; other than sharp, the Adler-32 inside them is not.
 *
 * @param bytes - the file's content
 * @param decoder - the decoder, if there is one
 * @returns the picture, the caller's own; undefined where the file is not plain or is damaged, or without a decoder: `sharp`
 *   reads it then, or says what is wrong
 */
export async function decodePlainPng(
  bytes: Uint8Array,
  decoder: Promise<Decoder | undefined> = (loaded ??= loadDecoder()),
): Promise<Image | undefined> {
  const header = plainHeader(bytes);
  if (header === undefined) return undefined;
  const Transformer = await decoder;
  const raw = await (Transformer && new Transformer(bytes).rawPixels().catch(() => undefined));
  const { width, height, channels, bits } = header;
  if (raw?.length !== (width * height * channels * bits) / 8) return undefined;
  const data =
    bits === 16
      ? new Uint16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength))
      : new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength);
  return { data, width, height, channels };
}

function plainHeader(bytes: Uint8Array): PlainPng | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The signature, and the length and kind of the first chunk.
  if (buffer.length < 33 || buffer.toString('latin1', 0, 16) !== '\x89PNG\r\n\x1a\n\0\0\0\rIHDR') return undefined;
  const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
  const [bits, colour] = [buffer[24], buffer[25]];
  if ((bits !== 8 && bits !== 16) || (colour !== 0 && colour !== 2)) return undefined;
  // Compression, filters and interlacing: each has one plain kind, 0.
  if (buffer.readUIntBE(26, 3) !== 0 || width * height > mostPixels || !isPlain(buffer)) return undefined;
  return { width, height, channels: colour === 0 ? 1 : 3, bits };
}

/** Whether the chunks after the header are harmless, those of pixels follow each other, and the end mark is there. */
function isPlain(buffer: Buffer): boolean {
  let pixels: 'none' | 'now' | 'over' = 'none';
  for (let at = 33; at + 12 <= buffer.length; at += 12 + buffer.readUInt32BE(at)) {
    const kind = buffer.toString('latin1', at + 4, at + 8);
    if (kind === 'IEND') return true;
    if (kind === 'IDAT' && pixels !== 'over') pixels = 'now';
    else if (!harmless.includes(kind)) return false;
    else if (pixels === 'now') pixels = 'over';
    // Older tools keep an EXIF rotation in a text.
    if (texts.includes(kind) && buffer.toString('latin1', at + 8, at + 19) === 'Raw profile') return false;
  }
  return false;
}
