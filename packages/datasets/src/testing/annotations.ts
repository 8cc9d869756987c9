import { readFileSync } from 'node:fs';

/** A case of the golden file: its name, `[height, width]` and mask. */
export interface GoldenCase {
  /** What it shows. */
  readonly name: string;
  /** `[height, width]`. */
  readonly size: [number, number];
  /** The mask, packed. */
  readonly mask: string;
}

/** A polygon of the golden file. */
export interface PolygonCase extends GoldenCase {
  /** Corners as `x, y, ...`. */
  readonly points: number[];
  /** The mask that pycocotools makes, packed. */
  readonly pycocotools: string;
}

/** Golden values of `fixtures/generate_annotations.py`. */
export const golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/annotations.json', import.meta.url), 'utf8'),
) as {
  readonly coco: readonly (GoldenCase & { readonly text: string; readonly counts: number[] })[];
  readonly kaggle: readonly (GoldenCase & { readonly text: string })[];
  readonly brush: readonly (GoldenCase & { readonly rle: string })[];
  readonly polygons: readonly PolygonCase[];
  readonly rotated: readonly (PolygonCase & {
    readonly box: [number, number, number, number];
    readonly degrees: number;
  })[];
};

/**
 * Unpacks a mask of the golden file.
 *
 * @param bits - bits in rows, highest first, as base64
 * @param size - `[height, width]`
 * @returns 0 and 1
 */
export function unpackMask(bits: string, [height, width]: readonly [number, number]): Uint8Array {
  const bytes = Buffer.from(bits, 'base64');
  return Uint8Array.from({ length: height * width }, (_, i) => (bytes[i >> 3]! >> (7 - (i & 7))) & 1);
}
