import { DatasetFormatError, type Image } from '@adlib/core';
import { decode } from 'bmp-ts';

/**
 * Whether a file's content begins as a Windows bitmap does.
 *
 * @param bytes - the content
 * @returns true for `BM`
 */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * Decodes an uncompressed Windows bitmap of 1, 4, 8, 24 or 32 bits per pixel. A palette of greys gives one channel; the
 * fourth byte of 32 bit pixels is padding and not looked at.
 *
 * @param bytes - the file's content; not modified
 * @param name - the picture's name in error messages
 * @returns an 8 bit picture
 * @throws DatasetFormatError if it is cut off or of another kind
 */
export function decodeBmp(bytes: Uint8Array, name: string): Image {
  const fail = (what: string, cause?: unknown): DatasetFormatError =>
    new DatasetFormatError(`${name}: ${what}`, { path: name, cause });
  const cutOff = 'is damaged or cut off (BMP). Replace or remove it.';
  if (bytes.length < 54) throw fail(cutOff);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(10, true);
  const headerSize = view.getUint32(14, true);
  const width = view.getInt32(18, true);
  const height = Math.abs(view.getInt32(22, true));
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const colours = view.getUint32(46, true);
  if (![1, 4, 8, 24, 32].includes(bits) || headerSize < 40 || (compression !== 0 && compression !== 3)) {
    throw fail(
      `is a BMP of ${bits} bits per pixel with compression ${compression}; uncompressed BMP is read. Convert it to PNG.`,
    );
  }
  const size = Math.ceil((width * bits) / 32) * 4 * height;
  if (width <= 0 || height === 0 || start + size > bytes.length || colours > 256) throw fail(cutOff);
  const header = 14 + headerSize + (headerSize === 40 && compression === 3 ? 12 : 0);
  const palette = bits <= 8 ? 4 * (colours === 0 ? 1 << bits : colours) : 4 * colours;
  try {
    // The decoder reads pixels right after the palette, wherever the header says they begin.
    const decoded = decode(Buffer.concat([bytes.subarray(0, header + palette), bytes.subarray(start)]));
    const grey = bits <= 8 && decoded.palette.every(({ red, green, blue }) => red === green && green === blue);
    return fromAbgr(decoded.data, width, height, grey ? 1 : 3);
  } catch (cause) {
    throw fail(cutOff, cause);
  }
}

/** Pixels of four bytes alpha, blue, green, red, as the decoder gives them for every kind of bitmap. */
function fromAbgr(data: Uint8Array, width: number, height: number, channels: 1 | 3): Image {
  const out = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < channels; c++) out[i * channels + c] = data[4 * i + 3 - c]!;
  }
  return { data: out, width, height, channels };
}
