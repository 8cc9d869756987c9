import { assertOneOf } from '@adlib/core';
import { StagedBackbone, type Backbone } from './backbone.js';
import { FilterBank } from './filterBank.js';
import { resnet, type ResNetShape } from './resnet.js';

const residual = (name: string, shape: ResNetShape) => new StagedBackbone({ name, stages: () => resnet(shape) });

const all: readonly Backbone[] = [
  new FilterBank(),
  residual('resnet18', { blocks: [2, 2, 2, 2], block: 'basic' }),
  residual('resnet34', { blocks: [3, 4, 6, 3], block: 'basic' }),
  residual('resnet50', { blocks: [3, 4, 6, 3], block: 'bottleneck' }),
  residual('resnet101', { blocks: [3, 4, 23, 3], block: 'bottleneck' }),
  residual('wide_resnet50_2', { blocks: [3, 4, 6, 3], block: 'bottleneck', width: 2 }),
];

/**
 * Every backbone by name; torchvision's names, and timm's for those that only timm has.
 *
 * @example
 * ```ts
 * import { backbones } from '@adlib/models';
 * const { channels, stride } = backbones['resnet18']!.layers.find(({ name }) => name === 'layer2')!;
 * console.log(channels, stride); // 128 8
 * ```
 */
export const backbones: Readonly<Record<string, Backbone>> = Object.fromEntries(
  all.map((backbone) => [backbone.name, backbone]),
);

/**
 * A backbone by name.
 *
 * @param fn - caller, for the message
 * @param name - a key of {@link backbones}
 * @returns the backbone
 * @throws RangeError for an unknown name, listing the known ones
 */
export function findBackbone(fn: string, name: string): Backbone {
  assertOneOf(fn, 'backbone', name, Object.keys(backbones));
  return backbones[name]!;
}
