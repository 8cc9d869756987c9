/**
 * Windows of adaptive pooling along one axis: output `i` of `to` sees inputs `[floor(i from / to), ceil((i + 1) from / to))`,
 * PyTorch's rule.
 *
 * @param from - input length
 * @param to - output length
 * @returns first and one past the last input of each window
 */
export function adaptiveWindows(from: number, to: number): [begin: number, end: number][] {
  return Array.from({ length: to }, (_, i) => [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)]);
}
