import { classifier, globalAverage, withLayerAliases } from './aliases.js';
import type { Activation, ConvOptions, Network, Stage } from './network.js';

/** An inverted residual block: wider by a 1×1 convolution, a depthwise one, narrower by a 1×1 one. */
export interface MobileBlock {
  /** Number of the group of blocks it is in, from 0. */
  readonly group: number;
  /** Its number in the group, from 0. */
  readonly index: number;
  /** Its number in the network, from 0. */
  readonly place: number;
  /** Channels of the depthwise convolution. */
  readonly width: number;
  /** Whether there is a convolution that widens. */
  readonly expands: boolean;
  /** Side of the depthwise filters. */
  readonly size: number;
  /**
   *
   */
  readonly stride: number;
  /** Channels out. */
  readonly filters: number;
  /** Channels in the middle of squeeze-and-excitation; 0 for none. */
  readonly squeeze: number;
  /**
   *
   */
  readonly activation: Activation;
}

/** A network of such blocks. */
export interface MobileShape {
  /** Channels of the first convolution. */
  readonly stem: number;
  /** Activation of the first and last convolution. */
  readonly activation: Activation;
  /**
   *
   */
  readonly blocks: readonly MobileBlock[];
  /** Channels of the last convolution. */
  readonly head: number;
  /** Channels of a hidden fully connected layer before the last; none where absent. */
  readonly hidden?: number;
  /** Activations of squeeze-and-excitation: in the middle, and of the factors. */
  readonly gate: readonly [Activation, Activation];
  /** TensorFlow's padding instead of PyTorch's. */
  readonly same: boolean;
}

/** Name of a convolution, and of the batch norm after it. */
export type Pair = readonly [conv: string, norm: string];

/** How a library names the parts. */
export interface MobileNames {
  /**
   *
   */
  readonly stem: Pair;
  /**
   *
   */
  readonly head: Pair;
  /**
   *
   */
  readonly hidden: string;
  /**
   *
   */
  readonly classifier: string;
  /** Path of a block. */
  readonly block: (block: MobileBlock) => string;
  /** Names inside a block, after its path. */
  readonly parts: (block: MobileBlock) => { expand: Pair; depthwise: Pair; squeeze: Pair; project: Pair };
}

/**
 * A network of inverted residual blocks.
 *
 * @param shape - its sizes
 * @param names - a library's names
 * @returns the stages; `layer1` to `layer4` are the outputs of the last blocks at strides 4 to 32, before the last convolution
 */
export function mobileStages(shape: MobileShape, names: MobileNames): Stage[] {
  const { activation, same } = shape;
  const convolution = (pair: Pair, options: ConvOptions): Stage => ({
    name: names === timmNames ? pair[1] : pair[0].replace(/\.\d+$/, ''),
    build: (net, x) => net.conv(x, pair[0], { norm: pair[1], activation, ...options }),
  });
  const padding = same ? ({ padding: 'same' } as const) : {};
  const stem = convolution(names.stem, { filters: shape.stem, size: 3, stride: 2, ...padding });
  const blocks = shape.blocks.map((block): Stage => {
    const path = names.block(block);
    return { name: path, build: (net, x) => inverted(net, x, block, { path, names, shape }) };
  });
  const { hidden } = shape;
  const dense: Stage[] =
    hidden === undefined
      ? []
      : [
          {
            name: names.hidden,
            build: (net, x) => net.conv(x, names.hidden, { filters: hidden, size: 1, dense: true, activation }),
          },
        ];
  return [
    ...withLayerAliases([{ ...stem, alias: 'stem' }, ...blocks]),
    { ...convolution(names.head, { filters: shape.head, size: 1 }), alias: 'head' },
    globalAverage,
    ...dense,
    classifier(names.classifier),
  ];
}

interface Around {
  path: string;
  names: MobileNames;
  shape: MobileShape;
}

function inverted<V>(net: Network<V>, x: V, block: MobileBlock, { path, names, shape }: Around): V {
  const { width, expands, size, stride, filters, squeeze, activation } = block;
  const parts = names.parts(block);
  const conv = (value: V, [name, norm]: Pair, options: ConvOptions) =>
    net.conv(value, `${path}.${name}`, { norm: `${path}.${norm}`, ...options });
  const wide = expands ? conv(x, parts.expand, { filters: width, size: 1, activation }) : x;
  const padding = shape.same ? ({ padding: 'same' } as const) : {};
  let y = conv(wide, parts.depthwise, { filters: width, size, stride, depthwise: true, activation, ...padding });
  if (squeeze > 0) {
    const [inner, gate] = shape.gate;
    const [reduce, excite] = parts.squeeze;
    const mean = net.adaptiveAvgPool(y, 1);
    const few = net.conv(mean, `${path}.${reduce}`, { filters: squeeze, size: 1, activation: inner });
    y = net.multiply(y, net.conv(few, `${path}.${excite}`, { filters: width, size: 1, activation: gate }));
  }
  const narrow = conv(y, parts.project, { filters, size: 1 });
  return stride === 1 && net.channels(x) === filters ? net.add(x, narrow) : narrow;
}

/** timm's names, the same for the whole family. */
export const timmNames: MobileNames = {
  stem: ['conv_stem', 'bn1'],
  head: ['conv_head', 'bn2'],
  hidden: 'conv_head',
  classifier: 'classifier',
  block: ({ group, index }) => `blocks.${group}.${index}`,
  parts: ({ expands }) => ({
    expand: ['conv_pw', 'bn1'],
    depthwise: ['conv_dw', expands ? 'bn2' : 'bn1'],
    squeeze: ['se.conv_reduce', 'se.conv_expand'],
    project: expands ? ['conv_pwl', 'bn3'] : ['conv_pw', 'bn2'],
  }),
};

/**
 * timm's names for a network that has a hidden layer: its last convolution is a block of its own there.
 *
 * @param groups - number of groups of blocks
 * @returns the names
 */
export function timmNamesWithHidden(groups: number): MobileNames {
  return { ...timmNames, head: [`blocks.${groups}.0.conv`, `blocks.${groups}.0.bn1`] };
}

/**
 * Names of a block's parts in torchvision where each is numbered in the order of use.
 *
 * @param block - the block
 * @returns names inside it
 */
export function numberedParts({ expands, squeeze }: MobileBlock): ReturnType<MobileNames['parts']> {
  const pair = (i: number): Pair => [`block.${i}.0`, `block.${i}.1`];
  const first = expands ? 1 : 0;
  const last = first + (squeeze > 0 ? 2 : 1);
  return {
    expand: pair(0),
    depthwise: pair(first),
    squeeze: [`block.${first + 1}.fc1`, `block.${first + 1}.fc2`],
    project: pair(last),
  };
}

/**
 * The nearest multiple of 8, but never less than nine tenths of the number.
 *
 * @param value - channels
 * @returns channels
 */
export function divisibleBy8(value: number): number {
  const rounded = Math.max(8, Math.floor((value + 4) / 8) * 8);
  return rounded < 0.9 * value ? rounded + 8 : rounded;
}
