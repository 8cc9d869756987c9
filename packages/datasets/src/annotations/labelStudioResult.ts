import { paintBrush } from './brushRle.js';
import { isObject, objectsOf, textsOf, type JsonObject } from './json.js';
import { assertPolygon, paintPolygon, rotatedBox } from './polygon.js';
import { messageOf, type Region } from './regions.js';

/** What one annotation of Label Studio says of a picture. */
export interface LabelledRegions {
  /** Whether it calls the part defective. */
  readonly defective: boolean;
  /** Labels of the regions, or the choices where no region has one. */
  readonly labels: readonly string[];
  /** What it marks. */
  readonly regions: readonly Region[];
  /** `[height, width]` of the picture it was drawn on; undefined where it does not say. */
  readonly size: readonly [number, number] | undefined;
  /** Kinds of regions that are not read. */
  readonly skippedKinds: readonly string[];
}

/** Options of {@link readLabelStudioResult}. */
export interface ResultOptions {
  /** Choices for good parts. */
  readonly goodChoices: readonly string[];
  /** Labels that are no defects. */
  readonly ignoreLabels: readonly string[];
  /** Takes what is wrong. */
  readonly complain: (what: string) => void;
}

const correct = 'Correct the annotation.';

/**
 * Reads the `result` of an annotation of Label Studio. Rectangles and polygons are in percent of the picture, a rectangle is
 * turned about its top left corner.
 *
 * @param result - the list
 * @param options - what labels mean
 * @returns regions and labels
 */
export function readLabelStudioResult(result: unknown, options: ResultOptions): LabelledRegions {
  const { goodChoices, ignoreLabels, complain } = options;
  const regions: Region[] = [];
  const [labels, choices, skippedKinds] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let size: readonly [number, number] | undefined;
  if (!Array.isArray(result)) complain(`its result is not a list. ${correct}`);
  for (const item of objectsOf(result)) {
    const type = typeof item['type'] === 'string' ? item['type'] : '';
    const value = isObject(item['value']) ? item['value'] : {};
    if (type === 'choices') {
      for (const choice of textsOf(value['choices'])) choices.add(choice);
      continue;
    }
    const names = textsOf(value[type]);
    if (names.length > 0 && names.every((name) => ignoreLabels.includes(name))) continue;
    const own = sizeOf(item);
    if (own !== undefined && size !== undefined && (own[0] !== size[0] || own[1] !== size[1])) {
      complain(`its regions were drawn on pictures of different sizes. ${correct}`);
    }
    size ??= own;
    const region = regionOf(value, own, (what) =>
      complain(`a region of kind ${type.slice(0, 40)}: ${what} ${correct}`),
    );
    if (region === 'unknown') skippedKinds.add(type.slice(0, 40));
    else if (region !== undefined) {
      regions.push(region);
      for (const name of names) labels.add(name);
    }
  }
  const isGood = (choice: string): boolean => goodChoices.some((good) => good.toLowerCase() === choice.toLowerCase());
  const bad = [...choices].filter((choice) => !isGood(choice));
  if (bad.length < choices.size && (regions.length > 0 || bad.length > 0)) {
    complain(
      `is called good (${[...choices].filter(isGood).join(', ').slice(0, 60)}) and defective at once. ${correct}`,
    );
  }
  return {
    defective: regions.length > 0 || bad.length > 0,
    labels: labels.size > 0 ? [...labels] : bad,
    regions,
    size,
    skippedKinds: [...skippedKinds],
  };
}

function sizeOf({ original_height: height, original_width: width }: JsonObject): readonly [number, number] | undefined {
  const isSide = (side: unknown): side is number => Number.isInteger(side) && (side as number) > 0;
  return isSide(height) && isSide(width) ? [height, width] : undefined;
}

/** The region that a value describes; undefined if it is not well-formed, or there is none (text, ratings). */
function regionOf(
  value: JsonObject,
  size: readonly [number, number] | undefined,
  complain: (what: string) => void,
): Region | 'unknown' | undefined {
  const { points, rle } = value;
  const refused = (check: () => void): boolean => {
    const wrong = messageOf(check);
    if (wrong !== undefined) complain(wrong);
    return wrong !== undefined;
  };
  if (rle !== undefined) {
    const bytes = rle as number[];
    if (size === undefined) complain('has no original_width and original_height.');
    if (size === undefined) return undefined;
    if (refused(() => paintBrush('brush', bytes, { height: size[0], width: size[1] }))) return undefined;
    return { paint: (mask) => paintBrush('brush', bytes, mask) };
  }
  if (points !== undefined) {
    const flat = Array.isArray(points) ? points.flat() : points;
    if (refused(() => assertPolygon('polygon', flat as number[]))) return undefined;
    return percentPolygon(flat as number[]);
  }
  const { x, y, width, height, rotation = 0 } = value;
  if (width !== undefined && height !== undefined) {
    const box = [x, y, width, height] as [number, number, number, number];
    if (refused(() => rotatedBox(box, rotation as number))) return undefined;
    return {
      paint: (mask) => {
        const scaled = box.map((v, i) => (v / 100) * (i % 2 === 0 ? mask.width : mask.height));
        paintPolygon(mask, rotatedBox(scaled as typeof box, rotation as number));
      },
    };
  }
  return ['x', 'radiusX', 'vertices', 'keypointlabels', 'sequence'].some((key) => key in value) ? 'unknown' : undefined;
}

function percentPolygon(points: readonly number[]): Region {
  return {
    paint: (mask) =>
      paintPolygon(
        mask,
        points.map((v, i) => (v / 100) * (i % 2 === 0 ? mask.width : mask.height)),
      ),
  };
}
