/** How output positions map to input positions. */
export interface ResizeGeometry {
  /** Corner pixels of input and output coincide. */
  alignCorners?: boolean;
  /** Pixel centres lie at half positions (Pillow, OpenCV, PyTorch); otherwise TensorFlow 1's corners. */
  halfPixelCenters?: boolean;
}

/**
 * The matrix `R` of a one-dimensional resize, `out = R in`, row-major `[to, from]`: what tfjs's `resizeBilinear` and
 * `resizeNearestNeighbor` compute along each axis.
 *
 * @param from - input length
 * @param to - output length
 * @param mode - `linear` or `nearest`
 * @param geometry - position rule
 * @returns `to * from` weights; each row sums to 1
 */
export function resizeMatrix(
  from: number,
  to: number,
  mode: 'linear' | 'nearest',
  geometry: ResizeGeometry,
): Float32Array {
  const { alignCorners = false, halfPixelCenters = false } = geometry;
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    if (mode === 'nearest') {
      const at = halfPixelCenters ? (i + 0.5) * scale : i * scale;
      const nearest = alignCorners ? Math.round(at) : Math.floor(at);
      matrix[i * from + Math.max(0, Math.min(from - 1, nearest))] = 1;
      continue;
    }
    const at = Math.max(0, halfPixelCenters ? (i + 0.5) * scale - 0.5 : i * scale);
    const low = Math.min(from - 1, Math.floor(at));
    const high = Math.min(from - 1, Math.ceil(at));
    matrix[i * from + low]! += 1 - (at - low);
    matrix[i * from + high]! += at - low;
  }
  return matrix;
}
