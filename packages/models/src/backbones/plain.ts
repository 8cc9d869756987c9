import { withLayerAliases } from './aliases.js';
import type { ConvOptions, PoolOptions, Stage } from './network.js';

const pooling = (name: string, options: PoolOptions): Stage => ({ name, build: (net, x) => net.maxPool(x, options) });
const convolution = (index: number, options: Omit<ConvOptions, 'activation'>): Stage => ({
  // Named after the ReLU that follows, whose output it gives.
  name: `features.${index + 1}`,
  build: (net, x) => net.conv(x, `features.${index}`, { ...options, activation: 'relu' }),
});

/** Three fully connected layers over a grid of means, as AlexNet and VGG end. */
function head(grid: number, first: readonly [number, number, number]): Stage[] {
  const hidden = (index: number, size: number): Stage => ({
    name: `classifier.${index}`,
    build: (net, x) =>
      net.conv(x, `classifier.${index}`, { filters: 4096, size, padding: 0, dense: true, activation: 'relu' }),
  });
  return [
    { name: 'avgpool', build: (net, x) => net.adaptiveAvgPool(x, grid) },
    hidden(first[0], grid),
    hidden(first[1], 1),
    {
      name: `classifier.${first[2]}`,
      alias: 'logits',
      build: (net, x) => net.conv(x, `classifier.${first[2]}`, { filters: 1000, size: 1, dense: true }),
    },
  ];
}

/**
 * AlexNet as torchvision writes it.
 *
 * @returns the stages, under torchvision's names; `avgpool` is a grid of 6×6 means
 * @see Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014
 */
export function alexnet(): Stage[] {
  const pool = (index: number) => pooling(`features.${index}`, { size: 3, stride: 2 });
  const body = [
    convolution(0, { filters: 64, size: 11, stride: 4, padding: 2 }),
    pool(2),
    convolution(3, { filters: 192, size: 5 }),
    pool(5),
    convolution(6, { filters: 384, size: 3 }),
    convolution(8, { filters: 256, size: 3 }),
    convolution(10, { filters: 256, size: 3 }),
    pool(12),
  ];
  return [...withLayerAliases(body), ...head(6, [1, 4, 6])];
}

/**
 * VGG without batch norm as torchvision writes it: groups of 3×3 convolutions, a pooling after each.
 *
 * @param groups - convolutions of each of the five groups
 * @returns the stages, under torchvision's names; `avgpool` is a grid of 7×7 means
 * @see Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015, table 1, D and E
 */
export function vgg(groups: readonly number[]): Stage[] {
  let index = 0;
  const body = groups.flatMap((count, group) => {
    const stages: Stage[] = [];
    for (let i = 0; i < count; i++, index += 2) {
      stages.push(convolution(index, { filters: Math.min(64 * 2 ** group, 512), size: 3 }));
    }
    stages.push(pooling(`features.${index++}`, { size: 2, stride: 2 }));
    return stages;
  });
  return [...withLayerAliases(body), ...head(7, [0, 3, 6])];
}

/**
 * SqueezeNet 1.1 as torchvision writes it.
 *
 * @returns the stages, under torchvision's names; there is no `layer4` and no `avgpool`
 * @see Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016, and the authors' release 1.1
 */
export function squeezenet(): Stage[] {
  const pool = (index: number) => pooling(`features.${index}`, { size: 3, stride: 2, ceil: true });
  const fire = (index: number, squeeze: number, expand: number): Stage => ({
    name: `features.${index}`,
    build: (net, x) => {
      const name = `features.${index}`;
      const s = net.conv(x, `${name}.squeeze`, { filters: squeeze, size: 1, activation: 'relu' });
      return net.concat([
        net.conv(s, `${name}.expand1x1`, { filters: expand, size: 1, activation: 'relu' }),
        net.conv(s, `${name}.expand3x3`, { filters: expand, size: 3, activation: 'relu' }),
      ]);
    },
  });
  const body = [
    convolution(0, { filters: 64, size: 3, stride: 2, padding: 0 }),
    pool(2),
    fire(3, 16, 64),
    fire(4, 16, 64),
    pool(5),
    fire(6, 32, 128),
    fire(7, 32, 128),
    pool(8),
    fire(9, 48, 192),
    fire(10, 48, 192),
    fire(11, 64, 256),
    fire(12, 64, 256),
  ];
  const logits: Stage = {
    name: 'classifier',
    alias: 'logits',
    build: (net, x) =>
      net.adaptiveAvgPool(net.conv(x, 'classifier.1', { filters: 1000, size: 1, activation: 'relu' }), 1),
  };
  return [...withLayerAliases(body), logits];
}
