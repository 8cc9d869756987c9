import { classifier, globalAverage, withLayerAliases } from './aliases.js';
import type { Network, Stage } from './network.js';

const GROWTH = 32;

/**
 * DenseNet as torchvision writes it: `layer1` to `layer3` are the outputs of dense blocks 1 to 3, as they are concatenated;
 * `layer4` is the last batch norm after ReLU.
 *
 * @param blocks - layers of each of the four dense blocks
 * @returns the stages, under torchvision's names
 * @see Huang et al., "Densely connected convolutional networks", CVPR 2017, table 1
 */
export function densenet(blocks: readonly number[]): Stage[] {
  const body: Stage[] = [stem];
  blocks.forEach((layers, i) => {
    const block = `features.denseblock${i + 1}`;
    body.push({
      name: block,
      build: (net, x) => {
        let value = x;
        for (let layer = 1; layer <= layers; layer++) {
          value = net.concat([value, denseLayer(net, value, `${block}.denselayer${layer}`)]);
        }
        return value;
      },
    });
    if (i < blocks.length - 1) body.push(transition(`features.transition${i + 1}`));
  });
  body.push({ name: 'features.norm5', build: (net, x) => net.normRelu(x, 'features.norm5') });
  // The stem's stride is that of the first block, which takes the name.
  const [first, ...rest] = withLayerAliases(body);
  return [{ ...first!, alias: 'stem' }, ...rest, globalAverage, classifier('classifier')];
}

const stem: Stage = {
  name: 'features.pool0',
  build: (net, x) => {
    const options = { filters: 64, size: 7, stride: 2, norm: 'features.norm0', activation: 'relu' } as const;
    return net.maxPool(net.conv(x, 'features.conv0', options), { size: 3, stride: 2, padding: 1 });
  },
};

function denseLayer<V>(net: Network<V>, x: V, name: string): V {
  const a = net.normRelu(x, `${name}.norm1`);
  const options = { filters: 4 * GROWTH, size: 1, norm: `${name}.norm2`, activation: 'relu' } as const;
  const b = net.conv(a, `${name}.conv1`, options);
  return net.conv(b, `${name}.conv2`, { filters: GROWTH, size: 3, bias: false });
}

function transition(name: string): Stage {
  return {
    name,
    build: (net, x) => {
      const a = net.normRelu(x, `${name}.norm`);
      const b = net.conv(a, `${name}.conv`, { filters: net.channels(x) / 2, size: 1, bias: false });
      return net.avgPool(b, { size: 2, stride: 2 });
    },
  };
}
