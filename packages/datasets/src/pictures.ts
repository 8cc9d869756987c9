import {
  argumentMessage,
  assertKnownOptions,
  DatasetFormatError,
  toChannels,
  type Image,
  type ImageCollection,
} from '@adlib/core';
import type { Sample } from './dataset.js';
import { hashPixels } from './hashPixels.js';
import { imagesOf, type ImagesOfOptions } from './images.js';

/**
 * What a browser can draw: a canvas, `ImageBitmap`, `<img>` that has loaded, `<video>`, `VideoFrame` or `ImageData`. Described by
 * its size, so that the types do not need those of a browser.
 */
export type Drawable =
  | { readonly width: number; readonly height: number; readonly data?: unknown }
  | { readonly videoWidth: number; readonly videoHeight: number }
  | { readonly displayWidth: number; readonly displayHeight: number };

/** A picture in a browser: a `File` or `Blob`, an address, or something that can be drawn. */
export type PictureSource = Blob | URL | Drawable;

/** Options of {@link readPicture}. */
export interface ReadPictureOptions {
  /** Channels of the picture: browsers decode grey files to colour, too. @defaultValue 3 */
  channels?: 1 | 3;
  /** Name of the picture in error messages. @defaultValue the file's name, the address, or 'picture' */
  name?: string;
}

/** Options of {@link picturesOf}. */
export interface PicturesOfOptions extends ImagesOfOptions {
  /** Channels of every picture. @defaultValue 3 */
  channels?: 1 | 3;
}

/**
 * Reads a picture in a browser, in a page or a worker: the counterpart of `readImage` of `@adlib/datasets/node`. EXIF rotation
 * is applied and colour profiles are ignored, as there; unlike there, 16 bit become 8, and grey becomes three equal channels
 * unless one is asked for. A video shows the frame of this moment; a `VideoFrame` stays the caller's to close.
 *
 * @param source - the picture; an address is fetched
 * @param options - channels, a name
 * @returns 8-bit picture of the source's size; the caller's own
 * @throws DatasetFormatError naming the picture if it cannot be decoded, has transparent pixels, comes from another site
 *   that does not allow reading, or cannot be fetched; TypeError for another kind of source; Error outside a browser
 * @example
 * ```ts
 * import { readPicture } from '@adlib/datasets';
 * if ('OffscreenCanvas' in globalThis) {
 *   const canvas = new OffscreenCanvas(4, 3);
 *   canvas.getContext('2d')!.fillRect(0, 0, 4, 3);
 *   console.log((await readPicture(canvas)).data.length); // 36
 * }
 * ```
 */
export async function readPicture(source: PictureSource, options: ReadPictureOptions = {}): Promise<Image> {
  const { channels = 3, name = nameOf(source) } = options;
  assertKnownOptions('readPicture', options, ['channels', 'name']);
  if (channels !== 1 && channels !== 3)
    throw new RangeError(argumentMessage('readPicture', 'channels', '1 or 3', channels));
  if (isImageData(source)) return toImage(source.data, source.width, source.height, channels, name);
  if (source instanceof Blob || source instanceof URL) {
    const bitmap = await decode(source instanceof URL ? await fetchBlob(source, name) : source, name);
    try {
      return draw(bitmap, bitmap.width, bitmap.height, channels, name);
    } finally {
      bitmap.close();
    }
  }
  const [width, height] = sizeOf(source);
  if (width === 0 || height === 0) {
    throw new DatasetFormatError(`${name}: is ${width}×${height}. Wait until it has loaded.`, { path: name });
  }
  return draw(source as CanvasImageSource, width, height, channels, name);
}

/**
 * Pictures in a browser as the collection that detectors and {@link batchesOf} take: read when they are asked for, several
 * at a time, the next ones ahead, as `imagesOf` does with samples.
 *
 * @param sources - files, addresses, or things that can be drawn
 * @param options - channels, how much at a time
 * @returns the collection; a picture that cannot be read rejects its own `get` alone
 * @example
 * ```ts
 * import { picturesOf } from '@adlib/datasets';
 * const files = [new File(['not a picture'], 'a.png')];
 * console.log(picturesOf(files, { channels: 1 }).length); // 1
 * ```
 */
export function picturesOf(sources: readonly PictureSource[], options: PicturesOfOptions = {}): ImageCollection {
  const { channels = 3, ...reading } = options;
  return imagesOf(
    sources.map((source) => ({ image: () => readPicture(source, { channels }) })),
    reading,
  );
}

/** What is known of a picture for {@link pictureSample}. */
export interface PictureFacts extends Pick<ReadPictureOptions, 'channels'> {
  /** Name, unique in its data set. @defaultValue the file's path below the folder that was chosen, or its name */
  id?: string;
  /** Ground truth. @defaultValue 'good' */
  label?: Sample['label'];
  /** Defect type. @defaultValue the label */
  defect?: string;
  /** Where a layout would put it. @defaultValue undefined */
  split?: Sample['split'];
  /** Same for pictures of one part. */
  group?: string;
}

/**
 * A picture in a browser as a sample, so that roles, audits and splits work there too. Its hash is that of a file's bytes,
 * as in Node, or of the pixels.
 *
 * @param source - the picture; nothing is read yet
 * @param facts - what is known of it
 * @returns the sample
 * @throws TypeError if it has no name and none is given
 * @example
 * ```ts
 * import { pictureSample } from '@adlib/datasets';
 * const sample = pictureSample(new File(['abc'], 'part-7.png'), { label: 'defective', defect: 'dent' });
 * console.log(sample.id, (await sample.hash()).slice(0, 8)); // part-7.png ba7816bf
 * ```
 */
export function pictureSample(source: PictureSource, facts: PictureFacts = {}): Sample {
  const { id = idOf(source), label = 'good', defect = label, split, group, channels = 3 } = facts;
  assertKnownOptions('pictureSample', facts, ['id', 'label', 'defect', 'split', 'group', 'channels']);
  if (id === undefined)
    throw new TypeError(argumentMessage('pictureSample', 'facts.id', 'given for what has no name', id));
  const image = (): Promise<Image> => readPicture(source, { channels, name: id });
  const hash = async (): Promise<string> => {
    if (!(source instanceof Blob || source instanceof URL)) return hashPixels(await image());
    const blob = source instanceof URL ? await fetchBlob(source, id) : source;
    const data = new Uint8Array(await blob.arrayBuffer());
    return hashPixels({ data, width: data.length, height: 1, channels: 1 });
  };
  return { id, label, defect, split, ...(group === undefined ? {} : { group }), hash, image };
}

function nameOf(source: PictureSource): string {
  return idOf(source) ?? 'picture';
}

function idOf(source: PictureSource): string | undefined {
  if (source instanceof URL) return source.pathname;
  const { name, webkitRelativePath: path } = source as { name?: unknown; webkitRelativePath?: unknown };
  if (typeof path === 'string' && path !== '') return path;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function isImageData(source: PictureSource): source is ImageData {
  return 'data' in source && source.data instanceof Uint8ClampedArray;
}

function sizeOf(source: Drawable): [number, number] {
  const { videoWidth, videoHeight, displayWidth, displayHeight, naturalWidth, naturalHeight, width, height } =
    source as Partial<Record<string, unknown>>;
  for (const [w, h] of [
    [videoWidth, videoHeight],
    [displayWidth, displayHeight],
    [naturalWidth, naturalHeight],
    [width, height],
  ]) {
    if (typeof w === 'number' && typeof h === 'number') return [w, h];
  }
  throw new TypeError(
    argumentMessage('readPicture', 'source', 'a File, Blob, URL, canvas, bitmap, image, video or video frame', source),
  );
}

async function fetchBlob(url: URL, name: string): Promise<Blob> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw new DatasetFormatError(
      `${name}: cannot be fetched. Check the address, and that its site allows this page to read it.`,
      { path: name, cause },
    );
  });
  if (response.ok) return response.blob();
  throw new DatasetFormatError(`${name}: the server answered ${response.status} ${response.statusText}.`, {
    path: name,
  });
}

async function decode(blob: Blob, name: string): Promise<ImageBitmap> {
  assertBrowser();
  try {
    return await createImageBitmap(blob, {
      imageOrientation: 'from-image',
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
    });
  } catch (cause) {
    throw new DatasetFormatError(
      `${name}: is not a picture that this browser reads, or is damaged. Replace or remove it.`,
      { path: name, cause },
    );
  }
}

function draw(source: CanvasImageSource, width: number, height: number, channels: 1 | 3, name: string): Image {
  assertBrowser();
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null)
    throw new Error(
      `readPicture: the browser gives no canvas of ${width}×${height} for ${name}. Try a smaller picture.`,
    );
  context.drawImage(source, 0, 0, width, height);
  try {
    return toImage(context.getImageData(0, 0, width, height).data, width, height, channels, name);
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    throw new DatasetFormatError(
      `${name}: comes from another site that does not allow reading its pixels. Serve it with Access-Control-Allow-Origin, and load it with crossOrigin.`,
      { path: name, cause },
    );
  }
}

function toImage(rgba: Uint8ClampedArray, width: number, height: number, channels: 1 | 3, name: string): Image {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    if (rgba[from + 3] !== 255) {
      throw new DatasetFormatError(
        `${name}: has transparent pixels. Flatten it on the background it is meant to have.`,
        { path: name },
      );
    }
    data[to++] = rgba[from]!;
    data[to++] = rgba[from + 1]!;
    data[to++] = rgba[from + 2]!;
  }
  return toChannels({ data, width, height, channels: 3 }, channels);
}

function assertBrowser(): void {
  if (typeof OffscreenCanvas === 'undefined') {
    throw new Error('readPicture: needs a browser. In Node, use readImage of @adlib/datasets/node.');
  }
}
