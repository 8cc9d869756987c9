import { argumentMessage, assertOneOf } from '@adlib/core';
import { StagedBackbone, type Backbone } from './backbone.js';
import { densenet } from './densenet.js';
import { efficientnet, type EfficientNetShape } from './efficientnet.js';
import { GraphBackbone, type GraphBackboneDescription } from './files/graphBackbone.js';
import { FilterBank } from './filterBank.js';
import { mobilenetV2, mobilenetV3 } from './mobilenet.js';
import { counted, namesOf, replaced } from './names.js';
import { alexnet, squeezenet, vgg } from './plain.js';
import { resnet, type ResNetShape } from './resnet.js';

type Library = 'torchvision' | 'timm';
type Stages = ReturnType<typeof mobilenetV2>;

const residual = (name: string, shape: ResNetShape) => new StagedBackbone({ name, stages: () => resnet(shape) });

/** A network that torchvision and timm name differently; `epsilon` is torchvision's, timm's is PyTorch's default. */
function both(name: string, stages: (library: Library) => Stages, epsilon: number): Backbone {
  const own = () => stages('torchvision');
  return new StagedBackbone({ name, stages: own, epsilon, names: [namesOf(own, () => stages('timm'), 1e-5)] });
}

/** A network that only timm has. */
function timmOnly(prefix: string, shape: Omit<EfficientNetShape, 'library'>): Backbone {
  const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
  return new StagedBackbone({
    name: `${prefix}${shape.scale}`,
    stages: () => efficientnet({ ...shape, library: 'timm' }),
    epsilon: shape.same ? 1e-3 : 1e-5,
    ...(shape.lite && shape.same && half),
  });
}

const vggNames = replaced({
  'classifier.0': 'pre_logits.fc1',
  'classifier.3': 'pre_logits.fc2',
  'classifier.6': 'head.fc',
});
const plain = (name: string, groups: readonly number[]) =>
  new StagedBackbone({ name, stages: () => vgg(groups), names: [vggNames] });
const dense = (name: string, blocks: readonly number[]) => new StagedBackbone({ name, stages: () => densenet(blocks) });
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

const all: readonly Backbone[] = [
  new FilterBank(),
  residual('resnet18', { blocks: [2, 2, 2, 2], block: 'basic' }),
  residual('resnet34', { blocks: [3, 4, 6, 3], block: 'basic' }),
  residual('resnet50', { blocks: [3, 4, 6, 3], block: 'bottleneck' }),
  residual('resnet101', { blocks: [3, 4, 23, 3], block: 'bottleneck' }),
  residual('wide_resnet50_2', { blocks: [3, 4, 6, 3], block: 'bottleneck', width: 2 }),
  new StagedBackbone({ name: 'squeezenet1_1', stages: squeezenet, names: [counted(squeezenet, 'squeezenet0_conv')] }),
  new StagedBackbone({ name: 'alexnet', stages: alexnet }),
  plain('vgg16', [2, 2, 3, 3, 3]),
  plain('vgg19', [2, 2, 4, 4, 4]),
  dense('densenet121', [6, 12, 24, 16]),
  dense('densenet201', [6, 12, 48, 32]),
  both('mobilenet_v2', (library) => mobilenetV2(library), 1e-5),
  both('mobilenet_v3_small', (library) => mobilenetV3('small', library), 1e-3),
  both('mobilenet_v3_large', (library) => mobilenetV3('large', library), 1e-3),
  ...range(6).map((scale) =>
    both(
      `efficientnet_b${scale}`,
      (library) => efficientnet({ scale, lite: false, same: false, library }),
      scale === 5 ? 1e-3 : 1e-5,
    ),
  ),
  ...range(6).map((scale) => timmOnly('tf_efficientnet_b', { scale, lite: false, same: true })),
  ...range(5).map((scale) => timmOnly('efficientnet_lite', { scale, lite: true, same: false })),
  ...range(5).map((scale) => timmOnly('tf_efficientnet_lite', { scale, lite: true, same: true })),
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

/** A backbone as options have it: its name, one from a file, or what saved options say of one from a file. */
export type BackboneChoice = string | GraphBackbone | GraphBackboneDescription;

/**
 * The backbone that options mean.
 *
 * @param fn - caller, for the message
 * @param choice - a key of {@link backbones}, or a backbone from a file
 * @returns the backbone
 * @throws RangeError for an unknown name, listing the known ones; TypeError for anything else
 */
export function findBackbone(fn: string, choice: BackboneChoice): Backbone | GraphBackbone {
  if (choice instanceof GraphBackbone) return choice;
  if (isDescription(choice)) return new GraphBackbone(choice);
  if (typeof choice !== 'string') {
    const expected = 'a name, or what onnxBackbone or tfjsBackbone gave';
    throw new TypeError(argumentMessage(fn, 'backbone', expected, choice));
  }
  if (/\.(onnx|json)$/i.test(choice)) {
    const hint = 'Open a file with onnxBackbone or tfjsBackbone, and give what that returns.';
    throw new RangeError(argumentMessage(fn, 'backbone', 'a key of backbones', choice, hint));
  }
  assertOneOf(fn, 'backbone', choice, Object.keys(backbones));
  return backbones[choice]!;
}

function isDescription(choice: BackboneChoice): choice is GraphBackboneDescription {
  return typeof choice === 'object' && choice !== null && Array.isArray(choice.layers) && Array.isArray(choice.size);
}
