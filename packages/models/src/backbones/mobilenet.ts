import {
  divisibleBy8,
  mobileStages,
  numberedParts,
  timmNames,
  timmNamesWithHidden,
  type MobileBlock,
  type MobileNames,
  type MobileShape,
} from './mobile.js';
import type { Stage } from './network.js';

/** Widening, channels, blocks and stride of each group: table 2 of the paper. */
const V2 = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

function v2Blocks(): MobileBlock[] {
  let channels = 32;
  let place = 0;
  return V2.flatMap(([expand, filters, count, stride], group) =>
    Array.from({ length: count }, (_, index): MobileBlock => {
      const width = channels * expand;
      channels = filters;
      const common = { group, index, place: place++, size: 3, squeeze: 0, activation: 'relu6' } as const;
      return { ...common, width, expands: expand > 1, filters, stride: index === 0 ? stride : 1 };
    }),
  );
}

const v2Names: MobileNames = {
  stem: ['features.0.0', 'features.0.1'],
  head: ['features.18.0', 'features.18.1'],
  hidden: '',
  classifier: 'classifier.1',
  block: ({ place }) => `features.${place + 1}`,
  parts: ({ expands }) => {
    const i = expands ? 1 : 0;
    return {
      expand: ['conv.0.0', 'conv.0.1'],
      depthwise: [`conv.${i}.0`, `conv.${i}.1`],
      squeeze: ['', ''],
      project: [`conv.${i + 1}`, `conv.${i + 2}`],
    };
  },
};

/**
 * MobileNetV2 of width 1.
 *
 * @param library - whose names
 * @returns the stages
 * @see Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018, table 2
 */
export function mobilenetV2(library: 'torchvision' | 'timm'): Stage[] {
  const shape: MobileShape = {
    stem: 32,
    activation: 'relu6',
    blocks: v2Blocks(),
    head: 1280,
    gate: ['relu', 'sigmoid'],
    same: false,
  };
  return mobileStages(shape, library === 'timm' ? timmNames : v2Names);
}

/** Group, filter size, width, channels, squeeze-and-excitation, hard swish, stride of each block: tables 1 and 2 of the paper. */
type V3Row = readonly [number, number, number, number, 0 | 1, 0 | 1, 1 | 2];

const V3: Readonly<Record<'small' | 'large', readonly V3Row[]>> = {
  large: [
    [0, 3, 16, 16, 0, 0, 1],
    [1, 3, 64, 24, 0, 0, 2],
    [1, 3, 72, 24, 0, 0, 1],
    [2, 5, 72, 40, 1, 0, 2],
    [2, 5, 120, 40, 1, 0, 1],
    [2, 5, 120, 40, 1, 0, 1],
    [3, 3, 240, 80, 0, 1, 2],
    [3, 3, 200, 80, 0, 1, 1],
    [3, 3, 184, 80, 0, 1, 1],
    [3, 3, 184, 80, 0, 1, 1],
    [4, 3, 480, 112, 1, 1, 1],
    [4, 3, 672, 112, 1, 1, 1],
    [5, 5, 672, 160, 1, 1, 2],
    [5, 5, 960, 160, 1, 1, 1],
    [5, 5, 960, 160, 1, 1, 1],
  ],
  small: [
    [0, 3, 16, 16, 1, 0, 2],
    [1, 3, 72, 24, 0, 0, 2],
    [1, 3, 88, 24, 0, 0, 1],
    [2, 5, 96, 40, 1, 1, 2],
    [2, 5, 240, 40, 1, 1, 1],
    [2, 5, 240, 40, 1, 1, 1],
    [3, 5, 120, 48, 1, 1, 1],
    [3, 5, 144, 48, 1, 1, 1],
    [4, 5, 288, 96, 1, 1, 2],
    [4, 5, 576, 96, 1, 1, 1],
    [4, 5, 576, 96, 1, 1, 1],
  ],
};

/**
 * MobileNetV3 of width 1.
 *
 * @param size - which of the two
 * @param library - whose names
 * @returns the stages
 * @see Howard et al., "Searching for MobileNetV3", ICCV 2019, tables 1 and 2
 */
export function mobilenetV3(size: 'small' | 'large', library: 'torchvision' | 'timm'): Stage[] {
  const rows = V3[size];
  let channels = 16;
  const blocks = rows.map(([group, side, width, filters, squeeze, hard, stride], place): MobileBlock => {
    const expands = width !== channels;
    channels = filters;
    return {
      group,
      index: rows.slice(0, place).filter((row) => row[0] === group).length,
      place,
      width,
      expands,
      size: side,
      stride,
      filters,
      squeeze: squeeze === 1 ? divisibleBy8(width / 4) : 0,
      activation: hard === 1 ? 'hard-swish' : 'relu',
    };
  });
  const shape: MobileShape = {
    stem: 16,
    activation: 'hard-swish',
    blocks,
    head: 6 * channels,
    hidden: size === 'large' ? 1280 : 1024,
    gate: ['relu', 'hard-sigmoid'],
    same: false,
  };
  const last = rows.length + 1;
  const torchvision: MobileNames = {
    stem: ['features.0.0', 'features.0.1'],
    head: [`features.${last}.0`, `features.${last}.1`],
    hidden: 'classifier.0',
    classifier: 'classifier.3',
    block: ({ place }) => `features.${place + 1}`,
    parts: numberedParts,
  };
  return mobileStages(shape, library === 'timm' ? timmNamesWithHidden(rows.at(-1)![0] + 1) : torchvision);
}
