import { createRandom, type Image, type Random } from '@adlib/core';

/** A part that was put somewhere under some light; coordinates in units of the shorter side, the centre is 0, 0. */
export interface Part {
  /** Grey or colour. */
  readonly channels: 1 | 3;
  /** Writes what is seen at a point: coverage of the part (0..1), then the background's and the surface's channels. */
  paint(x: number, y: number, out: Float64Array): void;
  /** A random point on the part's surface. */
  inside(random: Random): readonly [x: number, y: number];
  /** A random point where a piece may be missing. */
  edge(random: Random): readonly [x: number, y: number];
}

/** A painted part before it is put together: a defect can still change the surface, or take a piece away. */
export interface Canvas {
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** Grey or colour. */
  readonly channels: 1 | 3;
  /** Length of the shorter side, in pixels. */
  readonly scale: number;
  /** Share of each pixel that the part covers, 0..1. */
  readonly coverage: Float32Array;
  /** What is behind, interleaved, 0..1. */
  readonly background: Float32Array;
  /** The part's surface, interleaved, 0..1. */
  readonly surface: Float32Array;
}

/**
 * Paints a part onto a new canvas.
 *
 * @param part - the part
 * @param height - rows
 * @param width - columns
 * @returns the canvas
 */
export function paintCanvas(part: Part, height: number, width: number): Canvas {
  const { channels } = part;
  const scale = Math.min(height, width);
  const pixels = height * width;
  const canvas: Canvas = {
    height,
    width,
    channels,
    scale,
    coverage: new Float32Array(pixels),
    background: new Float32Array(pixels * channels),
    surface: new Float32Array(pixels * channels),
  };
  const out = new Float64Array(1 + 2 * channels);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      part.paint((x + 0.5 - width / 2) / scale, (y + 0.5 - height / 2) / scale, out);
      canvas.coverage[i] = out[0]!;
      for (let c = 0; c < channels; c++) {
        canvas.background[i * channels + c] = out[1 + c]!;
        canvas.surface[i * channels + c] = out[1 + channels + c]!;
      }
    }
  }
  return canvas;
}

/** Normal noise made once; pictures take runs of it from random places on. */
const grain = (() => {
  let values: Float32Array | undefined;
  return (): Float32Array => {
    if (values === undefined) {
      const random = createRandom(0).split('grain');
      values = Float32Array.from({ length: 1 << 16 }, () => random.normal());
    }
    return values;
  };
})();

/**
 * Puts part and background together, adds the camera's noise and rounds to 8 bit.
 *
 * @param canvas - the painted part
 * @param random - draws the noise
 * @param noise - its standard deviation, in units of full brightness
 * @returns the picture
 */
export function develop(canvas: Canvas, random: Random, noise: number): Image {
  const { height, width, channels, coverage, background, surface } = canvas;
  const data = new Uint8Array(height * width * channels);
  const values = grain();
  for (let y = 0, pixel = 0, i = 0; y < height; y++) {
    const start = random.integer(values.length);
    for (let x = 0; x < width; x++, pixel++) {
      const share = coverage[pixel]!;
      for (let c = 0; c < channels; c++, i++) {
        const value = background[i]! + (surface[i]! - background[i]!) * share;
        const noisy = (value + noise * values[(start + i) & 0xffff]!) * 255 + 0.5;
        data[i] = noisy < 0 ? 0 : noisy > 255 ? 255 : noisy;
      }
    }
  }
  return { data, width, height, channels };
}

/**
 * A smooth step.
 *
 * @param low - 0 up to here
 * @param high - 1 from here on; below `low` the step falls
 * @param value - where
 * @returns 0..1
 */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(Math.max((value - low) / (high - low), 0), 1);
  return t * t * (3 - 2 * t);
}
