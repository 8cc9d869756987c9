import type { Detection, Detector, FitOptions, Image, Images } from '@adlib/core';
import { allClose } from '../allClose.js';
import { plantDefect, storeAs, tinyParts } from '../tinyParts.js';

/** Options of {@link checkDetector}. */
export interface CheckDetectorOptions {
  /** Pictures of good parts to learn from. @defaultValue eight colour pictures, 40×28 pixels */
  images?: readonly Image[];
  /** Other pictures, to see that a second `fit` replaces the first. @defaultValue the same parts, dark */
  otherImages?: readonly Image[];
  /** Pictures to score; none of them learned from. @defaultValue good and defective parts of several sizes and kinds */
  probes?: readonly Image[];
  /** Passed to every `fit`, for example a device. @defaultValue {} */
  fitOptions?: Pick<FitOptions, 'validation' | 'device'>;
  /** Relative tolerance where a score is computed twice on another way (batch, order, bit depth). @defaultValue 1e-4 */
  rtol?: number;
  /** Pictures that `scoreEach` may have read when it gives its first detection. @defaultValue 64 */
  maxReadAhead?: number;
  /** Live tensors at this moment, for example `() => tf.memory().numTensors`; the count must not grow. */
  numTensors?: () => number;
  /**
   * `'required'`: `toOnnx` gives a file. `'unsupported'`: it rejects, and says so.
   *
   * @defaultValue 'required'
   */
  onnx?: 'required' | 'unsupported';
  /** Checks an exported file further, for example by running it on the same pictures; throws if it is wrong. */
  checkOnnx?: (file: Uint8Array, probes: readonly Image[], detections: readonly Detection[]) => Promise<void>;
}

/** One check of the contract. */
export interface DetectorCheck {
  /** What must hold, as a sentence. */
  readonly name: string;
  /** Rejects with an error that says what does not hold. */
  run(): Promise<void>;
}

/** What the checks share: pictures, and one detector that is fitted once. */
export class CheckContext {
  readonly make: () => Detector;
  readonly options: CheckDetectorOptions;
  readonly images: readonly Image[];
  readonly otherImages: readonly Image[];
  readonly probes: readonly Image[];
  readonly rtol: number;
  #shared: Promise<{ detector: Detector; detections: Detection[] }> | undefined;

  constructor(make: () => Detector, options: CheckDetectorOptions) {
    this.make = make;
    this.options = options;
    this.images = options.images ?? tinyParts({ count: 8, seed: 1 });
    this.otherImages = options.otherImages ?? tinyParts({ count: 8, seed: 2, background: 0.6 });
    this.probes = options.probes ?? defaultProbes();
    this.rtol = options.rtol ?? 1e-4;
  }

  /** Fits with a fixed seed. */
  fit(detector: Detector, images: Images, options: FitOptions = {}): Promise<Detector> {
    return detector.fit(images, { seed: 5, ...this.options.fitOptions, ...options });
  }

  /** A detector fitted on `images`, and its detections of `probes`. Checks that change it must restore it. */
  shared(): Promise<{ detector: Detector; detections: Detection[] }> {
    this.#shared ??= this.#fitShared();
    return this.#shared;
  }

  async #fitShared(): Promise<{ detector: Detector; detections: Detection[] }> {
    const detector = this.make();
    await this.fit(detector, this.images);
    return { detector, detections: await detector.score(this.probes) };
  }

  /** Frees the shared detector. */
  async close(): Promise<void> {
    const shared = await this.#shared?.catch(() => undefined);
    shared?.detector.dispose();
  }
}

function defaultProbes(): Image[] {
  const good = [
    ...tinyParts({ count: 2, seed: 11 }),
    ...tinyParts({ count: 1, seed: 12, width: 25, height: 61, channels: 1 }),
    ...tinyParts({ count: 1, seed: 13, width: 64, height: 33, kind: 'uint16' }),
    ...tinyParts({ count: 1, seed: 14, width: 31, height: 47, kind: 'float32', channels: 1 }),
  ];
  return [...good, ...good.slice(0, 3).map((image, i) => plantDefect(image, i).image)];
}

/** The image as float32, with one value in the middle that is not a number. */
export function withNaN(image: Image): Image {
  const { data, ...shape } = storeAs(image, 'float32');
  return { ...shape, data: data.map((value, i) => (i === data.length >> 1 ? NaN : value)) };
}

/** Fails a check with a sentence. */
export function fail(message: string): never {
  throw new Error(message);
}

/** Fails unless two lists of detections have the same scores and maps. */
export function assertSameDetections(
  what: string,
  actual: readonly Detection[],
  expected: readonly Detection[],
  rtol: number,
): void {
  const numbers = allClose(
    actual.map((d) => d.score),
    expected.map((d) => d.score),
    { rtol },
  );
  if (!numbers.pass) fail(`${what}: scores ${numbers.message}`);
  expected.forEach(({ map }, i) => {
    const other = actual[i]!.map;
    if (map === undefined && other === undefined) return;
    if (map === undefined || other === undefined)
      fail(`${what}: image ${i} has a map in one case and none in the other`);
    const scale = map.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const maps = allClose(other, map, { rtol, atol: rtol * scale });
    if (!maps.pass) fail(`${what}: map of image ${i} ${maps.message}`);
  });
}

/** Runs a call that must reject or throw, and returns what it threw. */
export async function errorOf(what: string, call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error instanceof Error || error instanceof DOMException
      ? error
      : fail(`${what} threw ${String(error)}, not an Error`);
  }
  return fail(`${what} must throw, but did not`);
}

/** Fails unless a call throws an error of one of the given names (the class's name). */
export async function assertThrows(what: string, names: readonly string[], call: () => unknown): Promise<Error> {
  const error = await errorOf(what, call);
  if (!names.includes(error.name))
    fail(`${what} must throw ${names.join(' or ')}, threw ${error.name}: ${error.message}`);
  if (error.message === '') fail(`${what} threw ${error.name} without a message`);
  return error;
}

/** Drains `scoreEach`. */
export async function collect(stream: AsyncIterable<Detection>): Promise<Detection[]> {
  const out: Detection[] = [];
  for await (const detection of stream) out.push(detection);
  return out;
}
