import type { Network, Stage } from './network.js';

/** What tells one ResNet from another. */
export interface ResNetShape {
  /** Blocks of each of the four layers. */
  readonly blocks: readonly [number, number, number, number];
  /** Two 3×3 convolutions, or 1×1, 3×3, 1×1. */
  readonly block: 'basic' | 'bottleneck';
  /** Width of the 3×3 convolutions of bottlenecks, relative to ResNet-50's. */
  readonly width?: number;
}

/**
 * ResNet as torchvision writes it (the stride of a bottleneck is in its 3×3 convolution): `stem` is the output of the first
 * pooling, `layer1` to `layer4` those of the four groups of blocks, after ReLU.
 *
 * @param shape - blocks and widths
 * @returns the stages, under torchvision's names
 * @see He et al., "Deep residual learning for image recognition", CVPR 2016, table 1; Zagoruyko and Komodakis, "Wide residual networks", BMVC 2016
 */
export function resnet({ blocks, block, width = 1 }: ResNetShape): Stage[] {
  const build = block === 'basic' ? basic : bottleneck(width);
  const groups = blocks.flatMap((count, group) =>
    Array.from({ length: count }, (_, i): Stage => {
      const name = `layer${group + 1}.${i}`;
      const stride = i === 0 && group > 0 ? 2 : 1;
      return {
        name,
        ...(i === count - 1 && { alias: `layer${group + 1}` }),
        build: (net, x) => build(net, x, name, 64 * 2 ** group, stride),
      };
    }),
  );
  const head: Stage[] = [
    { name: 'avgpool', build: (net, x) => net.adaptiveAvgPool(x, 1) },
    { name: 'fc', alias: 'logits', build: (net, x) => net.conv(x, 'fc', { filters: 1000, size: 1, dense: true }) },
  ];
  return [stem, ...groups, ...head];
}

const stem: Stage = {
  name: 'maxpool',
  alias: 'stem',
  build: (net, x) => {
    const y = net.conv(x, 'conv1', { filters: 64, size: 7, stride: 2, norm: 'bn1', activation: 'relu' });
    return net.maxPool(y, { size: 3, stride: 2, padding: 1 });
  },
};

type Block = <V>(net: Network<V>, x: V, name: string, planes: number, stride: number) => V;

const basic: Block = (net, x, name, filters, stride) => {
  const a = net.conv(x, `${name}.conv1`, { filters, size: 3, stride, norm: `${name}.bn1`, activation: 'relu' });
  const b = net.conv(a, `${name}.conv2`, { filters, size: 3, norm: `${name}.bn2` });
  return net.activate(net.add(b, shortcut(net, x, name, filters, stride)), 'relu');
};

const bottleneck =
  (factor: number): Block =>
  (net, x, name, planes, stride) => {
    const width = planes * factor;
    const norm = (i: number) => `${name}.bn${i}`;
    const a = net.conv(x, `${name}.conv1`, { filters: width, size: 1, norm: norm(1), activation: 'relu' });
    const b = net.conv(a, `${name}.conv2`, { filters: width, size: 3, stride, norm: norm(2), activation: 'relu' });
    const c = net.conv(b, `${name}.conv3`, { filters: 4 * planes, size: 1, norm: norm(3) });
    return net.activate(net.add(c, shortcut(net, x, name, 4 * planes, stride)), 'relu');
  };

/** The block's input, projected where its shape changes. */
function shortcut<V>(net: Network<V>, x: V, name: string, filters: number, stride: number): V {
  if (stride === 1 && net.channels(x) === filters) return x;
  return net.conv(x, `${name}.downsample.0`, { filters, size: 1, stride, norm: `${name}.downsample.1` });
}
