import {
  divisibleBy8,
  mobileStages,
  numberedParts,
  timmNames,
  type MobileBlock,
  type MobileNames,
  type MobileShape,
} from './mobile.js';
import type { Stage } from './network.js';

/** Widening, filter size, stride, channels and blocks of each group of B0: table 1 of the paper. */
const B0 = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** Factors of width and depth of B0 to B5. */
const SCALES = [
  [1, 1],
  [1, 1.1],
  [1.1, 1.2],
  [1.2, 1.4],
  [1.4, 1.8],
  [1.6, 2.2],
] as const;

/** Which EfficientNet. */
export interface EfficientNetShape {
  /** 0 to 5; Lite has 0 to 4. */
  readonly scale: number;
  /** Without squeeze-and-excitation, with ReLU6, first and last group not scaled in depth. */
  readonly lite: boolean;
  /** TensorFlow's padding: the `tf_` networks of timm, whose weights were trained with it. */
  readonly same: boolean;
  /** Whose names. */
  readonly library: 'torchvision' | 'timm';
}

const torchvisionNames: MobileNames = {
  stem: ['features.0.0', 'features.0.1'],
  head: ['features.8.0', 'features.8.1'],
  hidden: '',
  classifier: 'classifier.1',
  block: ({ group, index }) => `features.${group + 1}.${index}`,
  parts: numberedParts,
};

/**
 * EfficientNet-B0 to B5 and EfficientNet-Lite0 to 4.
 *
 * @param options - which
 * @returns the stages
 * @see Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks", ICML 2019, table 1 and section 3.3;
 *   https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
 */
export function efficientnet({ scale, lite, same, library }: EfficientNetShape): Stage[] {
  const [width, depth] = SCALES[scale]!;
  const scaled = (channels: number) => divisibleBy8(channels * width);
  let channels = lite ? 32 : scaled(32);
  const stem = channels;
  let place = 0;
  const blocks = B0.flatMap(([expand, size, stride, base, count], group) => {
    const fixed = lite && (group === 0 || group === B0.length - 1);
    return Array.from({ length: fixed ? count : Math.ceil(count * depth) }, (_, index): MobileBlock => {
      const block: MobileBlock = {
        group,
        index,
        place: place++,
        width: divisibleBy8(channels * expand),
        expands: expand > 1,
        size,
        stride: index === 0 ? stride : 1,
        filters: scaled(base),
        squeeze: lite ? 0 : Math.max(1, Math.floor(channels / 4)),
        activation: lite ? 'relu6' : 'swish',
      };
      channels = block.filters;
      return block;
    });
  });
  const shape: MobileShape = {
    stem,
    activation: lite ? 'relu6' : 'swish',
    blocks,
    head: lite ? 1280 : 4 * channels,
    gate: ['swish', 'sigmoid'],
    same,
  };
  return mobileStages(shape, library === 'timm' ? timmNames : torchvisionNames);
}
