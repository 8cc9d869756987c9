import { argumentMessage, assertKnownOptions, assertOneOf, DatasetFormatError, type Mask } from '@adlib/core';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import type { DrawnMask } from '../files.js';
import { maskSizeMessage } from '../mask.js';
import { boxMask, type Box } from './box.js';
import { decodeText, readBytes } from './text.js';

/** One object of a {@link VocAnnotation}. */
export interface VocObject extends Box {
  /** Class, for example `scratches`. */
  readonly name: string;
}

/** What a Pascal VOC file says of a picture. */
export interface VocAnnotation {
  /** The picture's name as the file gives it; often wrong in practice, so pictures are paired by the names of the files. */
  readonly filename: string | undefined;
  /** `[height, width]` the boxes were drawn on; undefined where it is missing or 0. */
  readonly size: readonly [number, number] | undefined;
  /** The boxes, in the file's order; none for a picture without objects. */
  readonly objects: readonly VocObject[];
}

/** Options of {@link parseVoc} and {@link readVoc}. */
export interface VocOptions {
  /** Name of the file in error messages. @defaultValue 'annotation', or the path */
  name?: string;
  /**
   * Number of the first pixel: Pascal VOC counts from 1, some tools from 0. Both corners belong to the box.
   *
   * @defaultValue 1
   */
  firstPixel?: 0 | 1;
}

/**
 * Parses a Pascal VOC annotation: `annotation` with `size` and any number of `object` with `name` and `bndbox`. Corners are
 * rounded to whole pixels. Entities that the file declares itself are refused, so a small file cannot grow large.
 *
 * @param content - the XML, as text or as the file's bytes
 * @param options - the name for messages, the number of the first pixel
 * @returns the boxes
 * @throws DatasetFormatError naming the file and everything that is wrong in it
 * @example
 * ```ts
 * import { parseVoc } from '@adlib/datasets/node';
 * const box = '<bndbox><xmin>2</xmin><ymin>1</ymin><xmax>3</xmax><ymax>1</ymax></bndbox>';
 * const { objects } = parseVoc(`<annotation><object><name>dent</name>${box}</object></annotation>`);
 * console.log(objects[0]); // { name: 'dent', left: 1, top: 0, right: 3, bottom: 1 }
 * ```
 * @see Everingham et al., The PASCAL Visual Object Classes (VOC) Challenge, IJCV 2010; development kit, section "annotations"
 */
export function parseVoc(content: string | Uint8Array, options: VocOptions = {}): VocAnnotation {
  const { name = 'annotation', firstPixel = 1 } = options;
  assertKnownOptions('parseVoc', options, ['name', 'firstPixel']);
  assertOneOf('parseVoc', 'firstPixel', String(firstPixel), ['0', '1']);
  if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
    throw new TypeError(argumentMessage('parseVoc', 'content', 'text or a Uint8Array', content));
  }
  const root = rootOf(typeof content === 'string' ? content : xmlText(content, name), name);
  if (root.name !== 'annotation') {
    throw failure(name, `is XML of kind <${root.name}>, not a Pascal VOC <annotation>. Remove it, or export anew.`);
  }
  const problems: string[] = [];
  const objects = children(root, 'object').map((object, i) => readObject(object, i + 1, firstPixel, problems));
  if (problems.length > 0) throw failure(name, `${problems.join('; ')}. Correct or remove these objects.`);
  const size = child(root, 'size');
  const height = numberOf(child(size, 'height'));
  const width = numberOf(child(size, 'width'));
  return {
    filename: textOf(child(root, 'filename')),
    size: height > 0 && width > 0 ? [height, width] : undefined,
    objects,
  };
}

/**
 * Reads a Pascal VOC annotation: {@link parseVoc} on a file.
 *
 * @param path - the `.xml` file
 * @param options - the name for messages, the number of the first pixel
 * @returns the boxes
 * @throws DatasetFormatError naming the file if it is missing or wrong
 * @example
 * ```ts
 * import { readVoc } from '@adlib/datasets/node';
 * await readVoc('no-such-file.xml').catch((error: Error) => console.log(error.message));
 * ```
 */
export async function readVoc(path: string, options: VocOptions = {}): Promise<VocAnnotation> {
  const { name = path } = options;
  return parseVoc(await readBytes(path), { ...options, name });
}

/**
 * The boxes of an annotation as a mask: {@link boxMask} of its objects. Boxes cover more than the defect, so pixel figures on
 * such masks are lower than on exact ones.
 *
 * @param annotation - what {@link parseVoc} gave
 * @param size - `[height, width]` of the picture
 * @returns 1 inside of any box; the caller's own
 * @example
 * ```ts
 * import { parseVoc, vocMask } from '@adlib/datasets/node';
 * console.log(vocMask(parseVoc('<annotation/>'), [2, 3]).data); // 0, 0, 0, 0, 0, 0
 * ```
 */
export function vocMask({ objects }: VocAnnotation, size: readonly [number, number]): Mask {
  return boxMask(objects, size);
}

/**
 * Makes an annotation the ground truth of a sample made of files.
 *
 * @param path - the annotation's file, for messages
 * @param annotation - what {@link readVoc} gave
 * @returns what `FileSampleSource.drawn` takes: a size that differs from the picture's and boxes outside of it are problems
 */
export function vocDrawn(path: string, annotation: VocAnnotation): DrawnMask {
  return {
    path,
    problem: (size) => {
      const declared = annotation.size;
      if (declared !== undefined && (declared[0] !== size[0] || declared[1] !== size[1])) {
        return maskSizeMessage(path, declared, size);
      }
      const outside = annotation.objects.filter(
        ({ left, top, right, bottom }) => right <= 0 || bottom <= 0 || left >= size[1] || top >= size[0],
      );
      if (outside.length === 0) return undefined;
      return `${path}: ${outside.length} of its boxes lie outside of the picture. Correct or remove them.`;
    },
    draw: (size) => vocMask(annotation, size),
  };
}

/** The file's text; the encoding is the byte order mark's, the declaration's, or UTF-8. */
function xmlText(bytes: Uint8Array, name: string): string {
  const start = String.fromCharCode(...bytes.subarray(0, 120));
  const declared = /^<\?xml[^>]*encoding=["']([A-Za-z][\w.-]*)["']/.exec(start)?.[1];
  return decodeText(bytes, name, declared);
}

function rootOf(text: string, name: string): XmlElement {
  try {
    return parseXml(text).root!;
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0]!;
    throw failure(name, `is not whole XML (${reason}). Replace or remove it.`, cause);
  }
}

function readObject(object: XmlElement, number: number, firstPixel: number, problems: string[]): VocObject {
  const name = textOf(child(object, 'name')) ?? '';
  const box = child(object, 'bndbox');
  const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((tag) => numberOf(child(box, tag))) as [
    number,
    number,
    number,
    number,
  ];
  if (name === '') problems.push(`object ${number} has no name`);
  if (![left, top, right, bottom].every(Number.isFinite)) {
    problems.push(`object ${number} has no box of four numbers`);
  } else if (right < left || bottom < top) {
    problems.push(`the box of object ${number} ends before it begins (${left}, ${top}, ${right}, ${bottom})`);
  }
  const first = (value: number): number => Math.round(value) - firstPixel;
  return { name, left: first(left), top: first(top), right: first(right) + 1, bottom: first(bottom) + 1 };
}

function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((node): node is XmlElement => node instanceof XmlElement && node.name === name);
}

function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element === undefined ? undefined : children(element, name)[0];
}

function textOf(element: XmlElement | undefined): string | undefined {
  const text = element?.text.trim();
  return text === '' ? undefined : text;
}

/** A plain decimal number; NaN for anything else. */
function numberOf(element: XmlElement | undefined): number {
  const text = textOf(element);
  return text !== undefined && /^[-+]?\d{1,9}(\.\d*)?$/.test(text) ? Number(text) : NaN;
}

function failure(name: string, what: string, cause?: unknown): DatasetFormatError {
  return new DatasetFormatError(`${name}: ${what}`, { path: name, cause });
}
