import { PbfReader } from 'pbf';

/**
 * Bytes that are not an ONNX model this library can read: damaged, cut short, or with parts it does not know.
 *
 * @example
 * ```ts
 * import { decodeOnnx, OnnxFormatError } from '@adlib/runtime';
 * try {
 *   decodeOnnx(new TextEncoder().encode('not a model'));
 * } catch (error) {
 *   console.log(error instanceof OnnxFormatError); // true
 * }
 * ```
 */
export class OnnxFormatError extends Error {
  override readonly name = 'OnnxFormatError';
}

/** Graphs within graphs beyond this depth are refused, so that hostile bytes cannot exhaust the stack. */
const MAX_DEPTH = 64;

/** More messages than this are refused: two bytes of a file can make one object, hundreds of bytes in memory. */
const MAX_MESSAGES = 500_000;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** What to do with each field of a message, by field number; fields that are not listed are passed over. */
export type Fields = Readonly<Record<number, () => void>>;

/** Reads protobuf fields within bounds: no message may reach beyond the one it lies in. */
export class WireReader {
  readonly #pbf: PbfReader;
  #end: number;
  #depth = 0;
  #messages = 0;

  /** @param bytes - the whole file */
  constructor(bytes: Uint8Array) {
    this.#pbf = new PbfReader(bytes);
    this.#end = bytes.length;
  }

  /** Reads the fields of the current message up to its end, in order. */
  fields(fields: Fields): void {
    const end = this.#end;
    for (let field = this.#pbf.nextField(end); field !== 0; field = this.#pbf.nextField(end)) {
      fields[field]?.();
      if (this.#pbf.pos > end) break;
    }
    if (this.#pbf.pos !== end) throw new OnnxFormatError('decodeOnnx: a field reaches beyond its message.');
  }

  /** Reads a nested message. */
  message<T>(read: () => T): T {
    const end = this.#endOfBytes();
    if (++this.#depth > MAX_DEPTH)
      throw new OnnxFormatError(`decodeOnnx: messages are nested more than ${MAX_DEPTH} deep.`);
    if (++this.#messages > MAX_MESSAGES) {
      throw new OnnxFormatError(`decodeOnnx: the file has more than ${MAX_MESSAGES} nodes, tensors and attributes.`);
    }
    const outer = this.#end;
    this.#end = end;
    const value = read();
    this.#end = outer;
    this.#depth--;
    return value;
  }

  /** Reads a text field; anything but UTF-8 is refused. */
  text(): string {
    return UTF8.decode(this.bytes());
  }

  /** Reads a bytes field, as a view of the file. */
  bytes(): Uint8Array {
    const end = this.#endOfBytes();
    const bytes = this.#pbf.buf.subarray(this.#pbf.pos, end);
    this.#pbf.pos = end;
    return bytes;
  }

  /** Reads a 32-bit float. */
  float(): number {
    this.#expect(5);
    return this.#pbf.readFloat();
  }

  /** Reads a signed 64-bit integer; a bigint where a number cannot hold it. */
  int64(): number | bigint {
    this.#expect(0);
    return this.#varint();
  }

  /** Reads an integer that must fit a number: a size, a version, a code. */
  int(): number {
    const value = this.int64();
    if (typeof value === 'bigint') throw new OnnxFormatError(`decodeOnnx: the integer ${value} is too large here.`);
    return value;
  }

  /** Appends signed 64-bit integers, packed or single. */
  int64s(into: (number | bigint)[]): void {
    this.#packed(0, () => into.push(this.#varint()));
  }

  /** Appends 32-bit floats, packed or single. */
  floats(into: number[]): void {
    this.#packed(5, () => into.push(this.#pbf.readFloat()));
  }

  /** Appends 64-bit floats, packed or single. */
  doubles(into: number[]): void {
    this.#packed(1, () => into.push(this.#pbf.readDouble()));
  }

  #packed(type: number, read: () => void): void {
    if (this.#pbf.type !== 2) {
      this.#expect(type);
      read();
      return;
    }
    const end = this.#endOfBytes();
    while (this.#pbf.pos < end) read();
    if (this.#pbf.pos !== end) throw new OnnxFormatError('decodeOnnx: a list of numbers is cut short.');
  }

  #endOfBytes(): number {
    this.#expect(2);
    const end = this.#pbf.readVarint() + this.#pbf.pos;
    if (end > this.#end) throw new OnnxFormatError('decodeOnnx: a field reaches beyond its message.');
    return end;
  }

  #expect(type: number): void {
    if (this.#pbf.type !== type) throw new OnnxFormatError('decodeOnnx: a field is not of the kind ONNX gives it.');
  }

  #varint(): number | bigint {
    const start = this.#pbf.pos;
    const value = this.#pbf.readVarint(true);
    if (Number.isSafeInteger(value)) return value;
    let exact = 0n;
    for (let i = this.#pbf.pos - 1; i >= start; i--) exact = (exact << 7n) | BigInt(this.#pbf.buf[i]! & 0x7f);
    return BigInt.asIntN(64, exact);
  }
}
