import { declare } from './declare.js';
import type { Stage } from './network.js';

/**
 * Gives the last stages at strides 4, 8, 16 and 32 the second names `layer1` to `layer4`, those of a ResNet's layers of the
 * same size, so that one choice of layers goes with every backbone.
 *
 * @param stages - feature maps in order, without the head
 * @returns the stages, some with an alias
 */
export function withLayerAliases(stages: readonly Stage[]): Stage[] {
  const strides = declare(stages).map(({ stride }) => stride!);
  return stages.map((stage, i) => {
    const layer = [4, 8, 16, 32].indexOf(strides[i]!) + 1;
    return layer > 0 && strides[i + 1] !== strides[i] ? { ...stage, alias: `layer${layer}` } : stage;
  });
}

/** The mean of every channel: `avgpool`. */
export const globalAverage: Stage = { name: 'avgpool', build: (net, x) => net.adaptiveAvgPool(x, 1) };

/**
 * A fully connected layer over one vector per picture: `logits`.
 *
 * @param name - its name in torchvision
 * @returns the stage
 */
export function classifier(name: string): Stage {
  return { name, alias: 'logits', build: (net, x) => net.conv(x, name, { filters: 1000, size: 1, dense: true }) };
}
