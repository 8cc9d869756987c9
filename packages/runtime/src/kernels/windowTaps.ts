import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import type { ConvInfo } from './convGeometry.js';

/**
 * For each place in the window, row by row, the pixels that it meets, `[batch, channels, outHeight, outWidth]`; `outside` is
 * what lies around the picture.
 */
export function windowTaps(g: GraphBuilder, x: TraceValue, info: ConvInfo, outside: number): string[] {
  const { top, left, bottom, right } = info.padInfo;
  const pads = g.int64([0, 0, top, left, 0, 0, bottom, right]);
  const padded = g.node('Pad', [g.channelsFirst(x), pads, g.float(outside)], { mode: 'constant' });
  const steps = [info.strideHeight, info.strideWidth];
  return Array.from({ length: info.filterHeight * info.filterWidth }, (_, tap) => {
    const starts = [
      Math.floor(tap / info.filterWidth) * info.dilationHeight,
      (tap % info.filterWidth) * info.dilationWidth,
    ];
    const ends = [info.outHeight, info.outWidth].map((n, axis) => starts[axis]! + (n - 1) * steps[axis]! + 1);
    return g.node('Slice', [padded, g.int64(starts), g.int64(ends), g.int64([2, 3]), g.int64(steps)]);
  });
}
