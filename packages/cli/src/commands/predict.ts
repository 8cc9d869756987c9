import { join } from 'node:path';
import type { AnomalyMap, Device, Image } from '@adlib/core';
import { writeFileAtomic } from '@adlib/core/node';
import { readImage } from '@adlib/datasets/node';
import type { LoadedBundle } from '@adlib/pipeline/node';
import { encodePng, overlayHeatmap } from '@adlib/report';
import { decide, type Decision, type Threshold } from '@adlib/thresholds';
import { Option, type Command } from 'commander';
import { DEVICES, openBundle, type CommandContext } from '../context.js';
import { UsageError } from '../failure.js';
import { imagePaths, type ImagePath } from '../imagePaths.js';
import { writingInto } from '../output.js';

interface PredictArguments {
  json?: boolean;
  heatmaps?: string;
  device: Device;
}

interface Prediction {
  image: string;
  score: number;
  decision: Decision;
  heatmap?: string;
}

/**
 * Adds `adlib predict`.
 *
 * @param program - the command line
 * @param context - cancellation, progress, where results go
 */
export function addPredict(program: Command, context: CommandContext): void {
  program
    .command('predict')
    .description('score images and decide on each; prints path, score and decision, separated by tabs')
    .argument('<bundle>', 'folder that adlib train wrote')
    .argument('<images...>', 'image files, and folders of images')
    .option('--json', 'print a JSON list')
    .option('--heatmaps <dir>', 'write each image with its heat map laid over as a PNG file')
    .addOption(new Option('--device <device>', 'where to run').choices(DEVICES).default('auto'))
    .action((dir: string, images: string[], options: PredictArguments) => runPredict(dir, images, options, context));
}

async function runPredict(
  dir: string,
  paths: readonly string[],
  { json, heatmaps, device }: PredictArguments,
  context: CommandContext,
): Promise<void> {
  const bundle = await openBundle(dir);
  try {
    const images = await imagePaths(paths);
    const told = json === true ? () => undefined : tellPrediction(context);
    const predictions = await writingInto(heatmaps, () =>
      predictAll(bundle, images, { heatmaps, device }, told, context),
    );
    context.view.stop();
    if (json === true) context.print(JSON.stringify(predictions, null, 2));
  } finally {
    bundle.detector.dispose();
  }
}

function tellPrediction(context: CommandContext): (prediction: Prediction) => void {
  return ({ image, score, decision }) => context.print([image, score, decision].join('\t'));
}

async function predictAll(
  bundle: LoadedBundle & { threshold: Threshold },
  images: readonly ImagePath[],
  { heatmaps, device }: Omit<PredictArguments, 'heatmaps'> & { heatmaps: string | undefined },
  told: (prediction: Prediction) => void,
  { signal, view }: CommandContext,
): Promise<Prediction[]> {
  const names = heatmaps === undefined ? [] : heatmapNames(images);
  const range = heatmapRange(bundle);
  const held = new Map<number, Image>();
  const get = async (index: number) => {
    const image = await readImage(images[index]!.path);
    if (heatmaps !== undefined) held.set(index, image);
    return image;
  };
  const predictions: Prediction[] = [];
  const options = { device, signal, maps: heatmaps !== undefined, onProgress: view.onProgress };
  for await (const { score, map } of bundle.detector.scoreEach({ length: images.length, get }, options)) {
    const index = predictions.length;
    const prediction: Prediction = { image: images[index]!.path, score, decision: decide(bundle.threshold, score) };
    if (heatmaps !== undefined && map !== undefined) {
      prediction.heatmap = join(heatmaps, names[index]!);
      await writeHeatmap(prediction.heatmap, held.get(index)!, map, range);
    }
    held.delete(index);
    predictions.push(prediction);
    told(prediction);
  }
  return predictions;
}

async function writeHeatmap(
  path: string,
  image: Image,
  map: AnomalyMap,
  range?: readonly [number, number],
): Promise<void> {
  await writeFileAtomic(path, encodePng(overlayHeatmap(image, map, range === undefined ? {} : { range })));
}

/**
 * One colour scale for all pictures and all calls: the largest map value that good calibration images reached lies in the
 * middle of it.
 */
function heatmapRange({ description }: LoadedBundle): readonly [number, number] | undefined {
  const range = description.provenance.calibration?.mapRange ?? undefined;
  if (range === undefined) return undefined;
  const [low, high] = range;
  return [low, low + 2 * (high - low)];
}

function heatmapNames(images: readonly ImagePath[]): string[] {
  const owners = new Map<string, string>();
  return images.map(({ path, name }) => {
    const file = `${name}.heatmap.png`;
    const other = owners.get(file);
    if (other !== undefined)
      throw new UsageError(
        `${other} and ${path} would both write the heat map ${file}. Predict them one after the other.`,
      );
    owners.set(file, path);
    return file;
  });
}
