import * as tf from '@tensorflow/tfjs';
import { rejectChannelsFirstFormat } from './unsupported.js';

/** Sizes of four axes. */
export type Shape4 = [number, number, number, number];

/** tfjs's attributes of every convolution kernel. */
export interface ConvAttrs {
  /** Step between windows, in pixels. */
  strides: number | [number, number];
  /** Pixels added around the picture. */
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  /** Order of axes; only `NHWC` is compiled. */
  dataFormat?: 'NHWC' | 'NCHW';
  /** Distance between the pixels of a window. */
  dilations?: number | [number, number];
  /** What happens to a last window that is not whole. */
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Geometry of a convolution over `xShape` with `filterShape`, as tfjs computes it. */
export function convInfo(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvAttrs,
  depthwise = false,
) {
  rejectChannelsFirstFormat('conv2d', attrs.dataFormat);
  const info = tf.backend_util.computeConv2DInfo(
    [...xShape] as Shape4,
    [...filterShape] as Shape4,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
  return wholeWindows(info);
}

/** Geometry of a convolution or pooling. */
export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * The same geometry with the padding after the picture as large as the last window needs: where rounding up made the last
 * window hang over, tfjs leaves that to the kernel.
 */
export function wholeWindows(info: ConvInfo): ConvInfo {
  const { top, bottom, left, right } = info.padInfo;
  const reachY = (info.outHeight - 1) * info.strideHeight + (info.filterHeight - 1) * info.dilationHeight + 1;
  const reachX = (info.outWidth - 1) * info.strideWidth + (info.filterWidth - 1) * info.dilationWidth + 1;
  const padInfo = {
    ...info.padInfo,
    bottom: Math.max(bottom, reachY - info.inHeight - top),
    right: Math.max(right, reachX - info.inWidth - left),
  };
  return { ...info, padInfo };
}

/** ONNX's attributes for that geometry. */
export function convAttributes(info: ConvInfo) {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  };
}
