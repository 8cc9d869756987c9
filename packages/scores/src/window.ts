/** Output rows that {@link Window.down} makes at a time. */
export const ROWS = 4;

/** A symmetric separable window of weights with sum 1, as two line filters written for speed. */
export interface Window {
  /** Reach to each side, in pixels. */
  readonly radius: number;
  /** Filters a line: `out[x]` from `padded[x .. x + 2 radius]`. */
  across(padded: Float64Array, out: Float64Array, width: number): void;
  /** Filters columns: `ROWS` output rows from `2 radius + ROWS` input rows. */
  down(rows: readonly Float64Array[], out: readonly Float64Array[], width: number): void;
}

/**
 * A Gaussian window cut off at a radius and normalised.
 *
 * @param sigma - standard deviation in pixels
 * @param radius - reach to each side, in pixels
 * @returns the window
 */
export function gaussianWindow(sigma: number, radius: number): Window {
  const half = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp((-0.5 * i * i) / (sigma * sigma)));
  const sum = half.reduce((total, w, i) => total + (i === 0 ? w : 2 * w), 0);
  const taps = half.map((w) => w / sum);
  if (radius === 5) {
    return {
      radius,
      across: (padded, out, width) => across11(taps, padded, out, width),
      down: (rows, out, width) => down11(taps, rows, out, width),
    };
  }
  return {
    radius,
    across: (padded, out, width) => acrossAny(taps, padded, out, width),
    down: (rows, out, width) => downAny(taps, rows, out, width),
  };
}

/**
 * A box window: every weight the same.
 *
 * @param size - side in pixels, odd
 * @returns the window
 */
export function uniformWindow(size: number): Window {
  return {
    radius: (size - 1) / 2,
    across: size === 7 ? box7 : (padded, out, width) => boxAcross(size, padded, out, width),
    down: size === 7 ? box7Down : (rows, out, width) => boxDown(size, rows, out, width),
  };
}

/** The eleven values under the window are kept in registers and move by one place per pixel. */
function across11(taps: Float64Array, padded: Float64Array, out: Float64Array, width: number): void {
  const [t0, t1, t2, t3, t4, t5] = taps as unknown as [number, number, number, number, number, number];
  let a = padded[0]!;
  let b = padded[1]!;
  let c = padded[2]!;
  let d = padded[3]!;
  let e = padded[4]!;
  let f = padded[5]!;
  let g = padded[6]!;
  let h = padded[7]!;
  let i = padded[8]!;
  let j = padded[9]!;
  for (let x = 0; x < width; x++) {
    const k = padded[x + 10]!;
    out[x] = t0 * f + t1 * (e + g) + t2 * (d + h) + t3 * (c + i) + t4 * (b + j) + t5 * (a + k);
    a = b;
    b = c;
    c = d;
    d = e;
    e = f;
    f = g;
    g = h;
    h = i;
    i = j;
    j = k;
  }
}

/** Four output rows at a time share their loads: 14 instead of 44 per column. */
function down11(taps: Float64Array, rows: readonly Float64Array[], out: readonly Float64Array[], width: number): void {
  const [t0, t1, t2, t3, t4, t5] = taps as unknown as [number, number, number, number, number, number];
  type Rows14 = [...Rows7, ...Rows7];
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13] = rows as unknown as Rows14;
  const [o0, o1, o2, o3] = out as unknown as Rows7;
  for (let x = 0; x < width; x++) {
    const a = r0[x]!;
    const b = r1[x]!;
    const c = r2[x]!;
    const d = r3[x]!;
    const e = r4[x]!;
    const f = r5[x]!;
    const g = r6[x]!;
    const h = r7[x]!;
    const i = r8[x]!;
    const j = r9[x]!;
    const k = r10[x]!;
    const l = r11[x]!;
    const m = r12[x]!;
    const n = r13[x]!;
    o0[x] = t0 * f + t1 * (e + g) + t2 * (d + h) + t3 * (c + i) + t4 * (b + j) + t5 * (a + k);
    o1[x] = t0 * g + t1 * (f + h) + t2 * (e + i) + t3 * (d + j) + t4 * (c + k) + t5 * (b + l);
    o2[x] = t0 * h + t1 * (g + i) + t2 * (f + j) + t3 * (e + k) + t4 * (d + l) + t5 * (c + m);
    o3[x] = t0 * i + t1 * (h + j) + t2 * (g + k) + t3 * (f + l) + t4 * (e + m) + t5 * (d + n);
  }
}

type Rows7 = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

function acrossAny(taps: Float64Array, padded: Float64Array, out: Float64Array, width: number): void {
  const radius = taps.length - 1;
  for (let x = 0; x < width; x++) {
    let sum = taps[0]! * padded[x + radius]!;
    for (let k = 1; k <= radius; k++) sum += taps[k]! * (padded[x + radius - k]! + padded[x + radius + k]!);
    out[x] = sum;
  }
}

function downAny(taps: Float64Array, rows: readonly Float64Array[], out: readonly Float64Array[], width: number): void {
  const radius = taps.length - 1;
  for (let row = 0; row < ROWS; row++) {
    const line = out[row]!;
    const centre = rows[row + radius]!;
    for (let x = 0; x < width; x++) line[x] = taps[0]! * centre[x]!;
    for (let k = 1; k <= radius; k++) {
      const w = taps[k]!;
      const above = rows[row + radius - k]!;
      const below = rows[row + radius + k]!;
      for (let x = 0; x < width; x++) line[x]! += w * (above[x]! + below[x]!);
    }
  }
}

// Sums are taken afresh for every pixel, not carried along the line: a NaN then stays within the reach of the window.
function box7(padded: Float64Array, out: Float64Array, width: number): void {
  let a = padded[0]!;
  let b = padded[1]!;
  let c = padded[2]!;
  let d = padded[3]!;
  let e = padded[4]!;
  let f = padded[5]!;
  for (let x = 0; x < width; x++) {
    const g = padded[x + 6]!;
    out[x] = (a + b + (c + d) + (e + f) + g) * (1 / 7);
    a = b;
    b = c;
    c = d;
    d = e;
    e = f;
    f = g;
  }
}

/** Rows 3 to 6 are under all four windows. */
function box7Down(rows: readonly Float64Array[], out: readonly Float64Array[], width: number): void {
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9] = rows as unknown as [...Rows7, ...Rows7];
  const [o0, o1, o2, o3] = out as unknown as Rows7;
  for (let x = 0; x < width; x++) {
    const middle = r3[x]! + r4[x]! + (r5[x]! + r6[x]!);
    const b = r1[x]!;
    const c = r2[x]!;
    const h = r7[x]!;
    const i = r8[x]!;
    o0[x] = (r0[x]! + b + (c + middle)) * (1 / 7);
    o1[x] = (b + c + (middle + h)) * (1 / 7);
    o2[x] = (c + middle + (h + i)) * (1 / 7);
    o3[x] = (middle + h + (i + r9[x]!)) * (1 / 7);
  }
}

function boxAcross(size: number, padded: Float64Array, out: Float64Array, width: number): void {
  for (let x = 0; x < width; x++) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += padded[x + k]!;
    out[x] = sum / size;
  }
}

function boxDown(size: number, rows: readonly Float64Array[], out: readonly Float64Array[], width: number): void {
  const [o0, o1, o2, o3] = out as unknown as Rows7;
  // Rows 3 .. size - 1 are under all four windows; their sum is kept in o3 while the others are added at the ends.
  o3.fill(0);
  for (let k = 3; k < size; k++) {
    const row = rows[k]!;
    for (let x = 0; x < width; x++) o3[x]! += row[x]!;
  }
  const [r0, r1, r2] = rows as unknown as Rows7;
  const r3 = rows[size]!;
  const r4 = rows[size + 1]!;
  const r5 = rows[size + 2]!;
  const scale = 1 / size;
  for (let x = 0; x < width; x++) {
    const middle = o3[x]!;
    const b = r1[x]!;
    const c = r2[x]!;
    const d = r3[x]!;
    const e = r4[x]!;
    o0[x] = (r0[x]! + b + c + middle) * scale;
    o1[x] = (b + c + middle + d) * scale;
    o2[x] = (c + middle + d + e) * scale;
    o3[x] = (middle + d + e + r5[x]!) * scale;
  }
}
