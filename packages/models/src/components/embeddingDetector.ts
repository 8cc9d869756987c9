import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  assertLength,
  assertOneOf,
  type DetectorState,
  type ImageCollection,
  type PrepareOptions,
  type ResizeMode,
  type LongCallOptions,
} from '@adlib/core';
import { compile, type HostTensor } from '@adlib/runtime';
import type * as tf from '@tensorflow/tfjs';
import { findLayers, type BackboneLayer } from '../backbones/backbone.js';
import { GraphBackbone, type GraphBackboneDescription } from '../backbones/files/graphBackbone.js';
import { loadBackbone } from '../backbones/loadBackbone.js';
import { restoreBackbone, type LoadedBackbone } from '../backbones/loadedBackbone.js';
import { findBackbone } from '../backbones/registry.js';
import type { BackboneWeights } from '../backbones/weights/source.js';
import { imageBatches } from './imageBatches.js';
import { NetworkDetector, type LearnContext, type Learned } from './networkDetector.js';
import { withoutPrefix, withPrefix } from './prefix.js';
import { restoreTensors } from './restoreTensors.js';

/** Options that every detector on pretrained features takes. */
export interface EmbeddingOptions {
  /**
   * Network that makes the features: a key of `backbones`, or one from a file, which `onnxBackbone` and `tfjsBackbone` open.
   * @defaultValue 'resnet18'
   */
  backbone?: string | GraphBackbone;
  /** Layers whose maps are taken, the finest first; the others are brought to its grid. The default of a backbone from a file is all its maps. */
  layers?: readonly string[];
  /**
   * The backbone's weights: a path (Node) or address of a `.safetensors`, `.npz` or `.onnx` file, `hub:owner/name` (Node),
   * bytes, or tensors by name. They are read by `fit` and saved with the detector. `filter-bank` needs none, and a backbone
   * from a file has its own.
   */
  weights?: BackboneWeights;
  /** Height and width of the network's input, in pixels. @defaultValue [256, 256], or that for which a file was opened */
  size?: readonly [number, number];
  /** How pictures are brought to that size. @defaultValue 'stretch' */
  mode?: ResizeMode;
  /** With `crop`: length of the shorter side before the middle is cut out. @defaultValue the smallest that covers */
  shorterSide?: number | null;
}

/** {@link EmbeddingOptions} with every default filled in, as JSON. */
export interface FullEmbeddingOptions {
  /** Network: its name, or what is known of one from a file. */
  backbone: string | GraphBackboneDescription;
  /** Layers. */
  layers: readonly string[];
  /** Path or address of the weights; null where they were given otherwise, or not at all. */
  weights: string | null;
  /** Input size. */
  size: readonly [number, number];
  /** Resize mode. */
  mode: ResizeMode;
  /** Shorter side before cropping. */
  shorterSide: number | null;
}

/** Names of the options of {@link EmbeddingOptions}. */
export const EMBEDDING_KEYS: readonly string[] = ['backbone', 'layers', 'weights', 'size', 'mode', 'shorterSide'];

/**
 * Fills in defaults and checks.
 *
 * @param fn - the detector's class, for messages
 * @param options - the caller's; keys of others are left alone
 * @param layers - the detector's default layers
 * @returns complete options
 * @throws TypeError or RangeError naming the option
 */
export function completeEmbedding(
  fn: string,
  options: EmbeddingOptions,
  layers: readonly string[],
): FullEmbeddingOptions {
  const { backbone = 'resnet18', weights, mode = 'stretch', shorterSide = null } = options;
  const known = findBackbone(fn, backbone);
  const file = known instanceof GraphBackbone ? known : undefined;
  const { size = file?.size ?? [256, 256] } = options;
  const maps = file?.layers.filter(({ stride }) => stride !== undefined).map(({ name }) => name);
  const chosen = options.layers ?? maps ?? layers;
  const strides = findLayers(known, chosen).map((index) => known.layers[index]!.stride ?? Infinity);
  const unordered = strides.findIndex((stride, i) => i > 0 && stride < strides[i - 1]!);
  if (unordered > 0) {
    throw new RangeError(argumentMessage(fn, 'layers', 'in order, the finest first', chosen.join(', ')));
  }
  assertOneOf(fn, 'mode', mode, ['stretch', 'crop', 'letterbox']);
  assertLength(fn, 'size', size, 2, '[height, width]');
  size.forEach((n, axis) => assertInteger(fn, `size[${axis}]`, n, 32));
  if (file !== undefined && size.join() !== file.size.join()) {
    const expected = `[${file.size.join(', ')}], for which ${file.name} was opened`;
    throw new RangeError(argumentMessage(fn, 'size', expected, size, 'Open it with the size that is wanted.'));
  }
  if (shorterSide !== null) {
    assertInteger(fn, 'shorterSide', shorterSide, Math.max(...size));
    if (mode !== 'crop') {
      throw new RangeError(argumentMessage(fn, 'shorterSide', `left out with mode '${mode}'`, shorterSide));
    }
  }
  const named = typeof weights === 'string' ? weights : null;
  const told = file?.description ?? known.name;
  return { backbone: told, layers: [...chosen], weights: named, size: [size[0], size[1]], mode, shorterSide };
}

/** The embeddings of some pictures, as {@link EmbeddingDetector.eachEmbedding} gives them. */
export interface EmbeddedBatch {
  /** Index of the first picture. */
  readonly start: number;
  /** Pictures in the batch. */
  readonly count: number;
  /** What the embedding function returned, the pictures first. */
  readonly tensors: readonly HostTensor[];
}

/**
 * A detector on the features of a pretrained network that is not trained further: what PaDiM, PatchCore, SPADE and
 * SimpleNet share. The backbone's tensors are saved with the detector as `backbone.*`, so that a saved one needs nothing else.
 */
export abstract class EmbeddingDetector<Options extends FullEmbeddingOptions> extends NetworkDetector<Options> {
  readonly #weights: BackboneWeights | undefined;
  /** The backbone as it was given: one from a file with its graph, which options do not keep. */
  readonly #backbone: string | GraphBackbone;

  /**
   * Nothing is read here.
   *
   * @param name - the class's name, for messages
   * @param options - complete options
   * @param given - the backbone and its weights as the caller gave them
   */
  protected constructor(name: string, options: Options, given: Pick<EmbeddingOptions, 'backbone' | 'weights'>) {
    super(name, options);
    // Saved options say null where weights were given as bytes or tensors, or not at all.
    this.#weights = given.weights ?? undefined;
    const found = findBackbone(name, given.backbone ?? options.backbone);
    this.#backbone = found instanceof GraphBackbone ? found : found.name;
  }

  /** Size, mode and normalisation of the backbone's input. */
  protected preparation(): PrepareOptions & { channels: 1 | 3 } {
    const { size, mode, shorterSide } = this.options;
    const { mean, std } = findBackbone('preparation', this.#backbone);
    return { size, mode, ...(shorterSide === null ? {} : { shorterSide }), channels: 3, mean, std };
  }

  /** Reads the backbone's weights. */
  protected loadBackbone(long: LongCallOptions): Promise<LoadedBackbone> {
    return loadBackbone({
      ...long,
      backbone: this.#backbone,
      layers: this.backboneLayers,
      ...(this.#weights === undefined ? {} : { weights: this.#weights }),
    });
  }

  /**
   * Runs pictures through an embedding function in batches of 8 and hands each batch on; one batch is in memory at a time.
   *
   * @param images - pictures
   * @param embed - from prepared pictures to tensors whose first axis is the picture
   * @param context - device, progress, cancellation
   * @param use - called with each batch in order
   */
  protected async eachEmbedding(
    images: ImageCollection,
    embed: (x: tf.Tensor4D) => tf.Tensor[],
    { fn, device, long: { onProgress, signal } }: Pick<LearnContext, 'fn' | 'device' | 'long'>,
    use: (batch: EmbeddedBatch) => void | Promise<void>,
  ): Promise<void> {
    const run = compile(embed, { device });
    try {
      for await (const { start, images: batch, input } of imageBatches(fn, images, this.preparation(), signal)) {
        const count = batch.length;
        await use({ start, count, tensors: await run(input) });
        onProgress?.({ stage: 'embed', done: start + count, total: images.length });
      }
    } finally {
      await run.dispose();
    }
  }

  /** Shapes of a detector's own tensors beside the backbone's; -1 for any size. */
  protected abstract ownShapes(saved: DetectorState): Readonly<Record<string, readonly number[]>>;

  /**
   * Options, beside those of {@link EmbeddingOptions}, without which saved tensors mean something else: a state of another
   * value is refused.
   */
  protected abstract readonly ownFeatureOptions: readonly string[];

  /** Throws unless a state's tensors were made from the same features. */
  #assertFeatures(fn: string, { options }: DetectorState): void {
    const own: Readonly<Record<string, unknown>> = this.options;
    for (const name of ['backbone', 'layers', 'size', 'mode', 'shorterSide', ...this.ownFeatureOptions]) {
      const [expected, got] = [JSON.stringify(own[name]), JSON.stringify(options?.[name])];
      if (got !== expected) {
        throw new RangeError(
          `${fn}: state.options.${name} must be ${expected}, got ${got}. Make the detector with the saved options.`,
        );
      }
    }
  }

  protected restore(fn: string, saved: DetectorState): Record<string, HostTensor> {
    if (saved.kind === this.kind) this.#assertFeatures(fn, saved);
    const backbone = findBackbone(fn, this.#backbone);
    const parameters =
      backbone instanceof GraphBackbone
        ? backbone.savedShapes(fn, withoutPrefix(saved.tensors, PREFIX))
        : backbone.parameters(this.backboneLayers);
    const all = { ...withPrefix(parameters, PREFIX), ...this.ownShapes(saved) };
    const expected = Object.fromEntries(Object.entries(all).map(([name, shape]) => [name, { shape }]));
    return restoreTensors(fn, this.kind, saved, expected);
  }

  /** Names of the layers that the backbone computes: those of the options, unless a detector needs more. */
  protected get backboneLayers(): readonly string[] {
    return this.options.layers;
  }

  /** The layers that the backbone computes. */
  protected get layers(): BackboneLayer[] {
    const backbone = findBackbone(this.kind, this.#backbone);
    return findLayers(backbone, this.backboneLayers).map((index) => backbone.layers[index]!);
  }

  /** The backbone among learned tensors. */
  protected backboneOf({ tensors }: Pick<Learned, 'tensors'>): LoadedBackbone {
    return restoreBackbone(this.#backbone, this.backboneLayers, withoutPrefix(tensors, PREFIX));
  }
}

const PREFIX = 'backbone.';

/**
 * A backbone's tensors under the names they are saved by.
 *
 * @param backbone - a loaded backbone
 * @returns the same tensors as `backbone.*`
 */
export function savedBackbone(backbone: LoadedBackbone): Record<string, HostTensor> {
  return withPrefix(backbone.parameters, PREFIX);
}

/**
 * Throws for options that a detector does not have.
 *
 * @param fn - the detector's class
 * @param options - the caller's
 * @param own - names beside those of {@link EmbeddingOptions}
 */
export function assertEmbeddingKeys(fn: string, options: object, own: readonly string[]): void {
  assertKnownOptions(fn, options, [...EMBEDDING_KEYS, ...own]);
}
