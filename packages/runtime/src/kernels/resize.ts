import { resizeMatrix } from '../ops/resizeMatrix.js';
import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { kernel, type KernelTable } from './kernel.js';

interface ResizeAttrs {
  size: [number, number];
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

function coordinates({ alignCorners, halfPixelCenters }: ResizeAttrs): string {
  if (alignCorners) return 'align_corners';
  return halfPixelCenters ? 'half_pixel' : 'asymmetric';
}

function resize(g: GraphBuilder, x: TraceValue, attrs: ResizeAttrs, mode: 'linear' | 'nearest'): TraceValue {
  const [n, , , c] = x.shape as [number, number, number, number];
  const rounding = attrs.alignCorners || attrs.halfPixelCenters ? 'round_prefer_ceil' : 'floor';
  const name = g.node('Resize', [g.channelsFirst(x), '', '', g.int64([n, c, ...attrs.size])], {
    mode,
    coordinate_transformation_mode: coordinates(attrs),
    ...(mode === 'nearest' ? { nearest_mode: rounding } : {}),
  });
  return g.value(name, [n, ...attrs.size, c], 'float32', true);
}

/** Gradient of a resize: it is linear, so `dx = R_h^T dy R_w` with the resize matrices of both axes. */
function gradient(
  g: GraphBuilder,
  dy: TraceValue,
  x: TraceValue,
  attrs: ResizeAttrs,
  mode: 'linear' | 'nearest',
): TraceValue {
  const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
  const [, height, width] = x.shape as [number, number, number, number];
  const rows = resizeMatrix(height, outHeight, mode, attrs);
  const columns = resizeMatrix(width, outWidth, mode, attrs);
  const left = g.node('Transpose', [g.constant(rows, [outHeight, height], 'float32')], { perm: [1, 0] });
  const right = g.constant(columns, [outWidth, width], 'float32');
  const name = g.node('MatMul', [left, g.node('MatMul', [g.channelsFirst(dy), right])]);
  return g.value(name, x.shape, 'float32', true);
}

/** Resizing and its gradients. */
export const resizeKernels: KernelTable = {
  ResizeBilinear: kernel<ResizeAttrs>(({ g, inputs, attrs }) => resize(g, inputs['images']!, attrs, 'linear')),
  ResizeNearestNeighbor: kernel<ResizeAttrs>(({ g, inputs, attrs }) => resize(g, inputs['images']!, attrs, 'nearest')),
  ResizeBilinearGrad: kernel<ResizeAttrs>(({ g, inputs, attrs }) =>
    gradient(g, inputs['dy']!, inputs['images']!, attrs, 'linear'),
  ),
  ResizeNearestNeighborGrad: kernel<ResizeAttrs>(({ g, inputs, attrs }) =>
    gradient(g, inputs['dy']!, inputs['images']!, attrs, 'nearest'),
  ),
};
