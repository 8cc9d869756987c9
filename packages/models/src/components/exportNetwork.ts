import { assertFinite, assertKnownOptions, type PrepareOptions, type ToOnnxOptions } from '@adlib/core';
import { encodeOnnx, trace, type OnnxAttribute, type OnnxModel, type OnnxNode, type OnnxTensor } from '@adlib/runtime';
import type * as tf from '@tensorflow/tfjs';
import type { ScoringFunction } from './networkScorer.js';

/** What {@link exportNetwork} writes. */
export interface ExportNetworkOptions {
  /** The detector's kind. */
  kind: string;
  /** From prepared pictures to maps and scores. */
  score: (x: tf.Tensor4D) => ReturnType<ScoringFunction>;
  /** How pictures are prepared. */
  prepare: PrepareOptions & { channels: 1 | 3 };
  /** Units of the scores, for the file's metadata. */
  units: string;
  /** The caller's options. */
  options: ToOnnxOptions;
}

/**
 * A detector as one ONNX graph, from the picture to the decision.
 *
 * Inputs: `image`, uint8 `[1, height, width, channels]` of any height and width, RGB or grey as the detector's `channels`;
 * `threshold`, a float32 scalar whose default is the calibrated one (only where a threshold was given).
 * Outputs: `score`, float32 `[1]`; `map`, float32 `[1, rows, columns]` at the network's resolution; `defective`, bool `[1]`,
 * `score > threshold`. Metadata says units, sizes and versions.
 *
 * @param parts - the network and how pictures come to it
 * @returns the bytes of the file
 */
export function exportNetwork({ kind, score, prepare, units, options }: ExportNetworkOptions): Uint8Array {
  const { threshold, metadata = {} } = options;
  assertKnownOptions('toOnnx', options, ['threshold', 'metadata']);
  if (threshold !== undefined) assertFinite('toOnnx', 'threshold', threshold);
  const [height, width] = prepare.size;
  const { model } = trace((inputs) => score(inputs['x'] as tf.Tensor4D), {
    x: { shape: [1, height, width, prepare.channels], dtype: 'float32' },
  });
  const before = preparationGraph(prepare);
  const after = threshold === undefined ? [] : [node('Greater', ['score', 'threshold'], 'defective')];
  const { graph } = model;
  const full: OnnxModel = {
    ...model,
    metadata: {
      'adlib.kind': kind,
      'adlib.format': '1',
      'adlib.score.units': units,
      'adlib.input': `image: uint8 [1, height, width, ${prepare.channels}], ${prepare.channels === 3 ? 'RGB' : 'grey'}`,
      'adlib.network.size': `${height}x${width}`,
      'adlib.resize': prepare.mode ?? 'stretch',
      ...(prepare.shorterSide !== undefined && { 'adlib.resize.shorterSide': `${prepare.shorterSide}` }),
      'adlib.decision': threshold === undefined ? 'none' : 'defective = score > threshold',
      ...metadata,
    },
    graph: {
      ...graph,
      name: kind,
      nodes: [...before.nodes, ...graph.nodes, ...after],
      inputs: [
        { name: 'image', dtype: 'uint8', shape: [1, 'height', 'width', prepare.channels] },
        ...(threshold === undefined ? [] : [{ name: 'threshold', dtype: 'float32' as const, shape: [] }]),
      ],
      outputs: [
        ...graph.outputs,
        ...(threshold === undefined ? [] : [{ name: 'defective', dtype: 'bool' as const, shape: [1] }]),
      ],
      initializers: [
        ...before.constants,
        ...graph.initializers,
        ...(threshold === undefined
          ? []
          : [{ name: 'threshold', dtype: 'float32' as const, dims: [], data: Float32Array.of(threshold) }]),
      ],
    },
  };
  return encodeOnnx(full);
}

type Attributes = Readonly<Record<string, OnnxAttribute>>;

function node(opType: string, inputs: readonly string[], output: string, attributes: Attributes = {}): OnnxNode {
  return { opType, name: output, inputs: [...inputs], outputs: [output], attributes };
}

/** Collects the nodes that turn `image` into `x`, as `prepareImage` of `@adlib/core` does. */
class Preparation {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  #count = 0;

  add(opType: string, inputs: readonly string[], attributes: Attributes = {}, output?: string): string {
    const name = output ?? `prepare/${opType}_${this.#count++}`;
    this.nodes.push(node(opType, inputs, name, attributes));
    return name;
  }

  ints(...values: number[]): string {
    const name = `prepare/ints_${this.#count++}`;
    this.constants.push({ name, dtype: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) });
    return name;
  }

  floats(values: readonly number[], dims: readonly number[]): string {
    const name = `prepare/floats_${this.#count++}`;
    this.constants.push({ name, dtype: 'float32', dims, data: Float32Array.from(values) });
    return name;
  }
}

const FLOAT = { to: { int: 1 } };
const INT64 = { to: { int: 7 } };

function preparationGraph(prepare: ExportNetworkOptions['prepare']) {
  const { size, channels, mode = 'stretch', shorterSide, mean = 0, std = 1 } = prepare;
  const g = new Preparation();
  const planes = g.add('Transpose', [g.add('Cast', ['image'], FLOAT)], { perm: { ints: [0, 3, 1, 2] } });
  const target = g.ints(...size);
  const from = g.add('Slice', [g.add('Shape', ['image']), g.ints(1), g.ints(3)]);
  const resized = mode === 'stretch' ? target : scaledSize(g, from, size, mode, shorterSide);
  const sizes = g.add('Concat', [g.ints(1, channels), resized], { axis: { int: 0 } });
  const scaled = g.add('Resize', [planes, '', '', sizes], {
    mode: { string: 'linear' },
    coordinate_transformation_mode: { string: 'half_pixel' },
    antialias: { int: 1 },
    exclude_outside: { int: 1 },
  });
  const placed = mode === 'stretch' ? scaled : place(g, scaled, resized, target, mode);
  const perChannel = (value: number | readonly number[]) =>
    typeof value === 'number' ? new Array<number>(channels).fill(value) : [...value];
  const deviations = perChannel(std);
  const factor = g.floats(
    deviations.map((s) => 1 / (255 * s)),
    [1, channels, 1, 1],
  );
  const shift = g.floats(
    perChannel(mean).map((m, c) => m / deviations[c]!),
    [1, channels, 1, 1],
  );
  const normalised = g.add('Sub', [g.add('Mul', [placed, factor]), shift]);
  g.add('Transpose', [normalised], { perm: { ints: [0, 2, 3, 1] } }, 'x');
  return g;
}

/** Height and width of the scaled picture, computed in the graph as `placePicture` does. */
function scaledSize(
  g: Preparation,
  from: string,
  [height, width]: readonly [number, number],
  mode: 'crop' | 'letterbox',
  shorterSide?: number,
) {
  if (shorterSide !== undefined) {
    return g.add('Div', [g.add('Mul', [from, g.ints(shorterSide)]), g.add('ReduceMin', [from])]);
  }
  // Each side when the other is the one that fits: [h * W' / w, w * H' / h], with target H', W'.
  const swapped = g.add('Gather', [from, g.ints(1, 0)]);
  const product = g.add('Mul', [from, g.ints(width, height)]);
  if (mode === 'crop') return g.add('Max', [g.add('Div', [product, swapped]), g.ints(height, width)]);
  const ratio = g.add('Div', [g.add('Cast', [product], FLOAT), g.add('Cast', [swapped], FLOAT)]);
  const rounded = g.add('Cast', [g.add('Floor', [g.add('Add', [ratio, g.floats([0.5], [])])])], INT64);
  return g.add('Min', [g.add('Max', [rounded, g.ints(1)]), g.ints(height, width)]);
}

/** Cuts the middle out of the scaled picture, or pads it by its edge. */
function place(g: Preparation, scaled: string, resized: string, target: string, mode: 'crop' | 'letterbox'): string {
  if (mode === 'crop') {
    const spare = g.add('Cast', [g.add('Sub', [resized, target])], FLOAT);
    const half = g.add('Round', [g.add('Mul', [spare, g.floats([0.5], [])])]);
    const start = g.add('Cast', [half], INT64);
    return g.add('Slice', [scaled, start, g.add('Add', [start, target]), g.ints(2, 3)]);
  }
  const spare = g.add('Sub', [target, resized]);
  const start = g.add('Div', [spare, g.ints(2)]);
  const end = g.add('Sub', [spare, start]);
  const pads = g.add('Concat', [g.ints(0, 0), start, g.ints(0, 0), end], { axis: { int: 0 } });
  return g.add('Pad', [scaled, pads], { mode: { string: 'edge' } });
}
