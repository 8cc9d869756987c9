import { crc32, deflateRawSync } from 'node:zlib';
import * as tar from 'tar';

/** What the headers of a zip entry say instead of the truth. */
export interface ZipLies {
  /** Bytes of the content. */
  readonly size?: number;
  /** Bytes in the archive. */
  readonly packed?: number;
  /** Checksum of the content. */
  readonly crc?: number;
  /** Compression: 0 is none, 8 deflate. */
  readonly method?: number;
  /** General purpose flags: 1 is encrypted, 0x800 a name in UTF-8. */
  readonly flags?: number;
  /** Where the local header lies. */
  readonly at?: number;
}

/** A file of a zip archive; a name with a `/` at its end is a folder. The mode is that of Unix, with the kind of file. */
export type ZipFile = readonly [name: string | Uint8Array, content: string | Uint8Array, mode?: number, lies?: ZipLies];

/**
 * A zip archive by the book: local headers, central directory, end.
 *
 * @param files - what is in it
 * @returns the archive
 */
export function zip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, content, mode = 0o100644, lies = {}] of files) {
    const packed = lies.method === 0 ? Buffer.from(content) : deflateRawSync(content);
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(lies.flags ?? 0x800, 2);
    common.writeUInt16LE(lies.method ?? 8, 4);
    common.writeUInt32LE(lies.crc ?? crc32(content), 10);
    common.writeUInt32LE(lies.packed ?? packed.length, 14);
    common.writeUInt32LE(lies.size ?? Buffer.byteLength(content), 18);
    common.writeUInt16LE(title.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(lies.at ?? at, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, title, packed]);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, tail, title]));
    parts.push(local);
    at += local.length;
  }
  const list = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end]);
}

/**
 * One tar header and its content.
 *
 * @param name - path in the archive
 * @param content - of the file
 * @param type - `0` a file, `1` and `2` links, `3` a device, `5` a folder, `x` a header with attributes for the next one
 * @param options - where a link leads, and what the header says of the size instead of the truth
 * @returns the blocks
 */
export function tarBlock(
  name: string,
  content: string | Uint8Array,
  type = '0',
  options: { readonly link?: string; readonly size?: number } = {},
): Buffer {
  const bytes = Buffer.from(content);
  const { link = '', size = bytes.length } = options;
  const header = new tar.Header({ path: name, size, mode: 0o644, type: 'File', linkpath: link });
  const block = Buffer.alloc(512);
  header.encode(block, 0);
  block.write(type, 156);
  block.fill(' ', 148, 156);
  const sum = block.reduce((a, b) => a + b, 0).toString(8);
  block.write(`${sum.padStart(6, '0')}\0 `, 148);
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/**
 * A tar archive.
 *
 * @param blocks - from {@link tarBlock}
 * @returns the archive, with its end
 */
export function tarOf(...blocks: readonly Buffer[]): Buffer {
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
