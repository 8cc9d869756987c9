import type { Device } from '@adlib/core';
import { writeFileAtomic } from '@adlib/core/node';
import { samplesByRole, type Dataset, type Sample } from '@adlib/datasets';
import { readRoles } from '@adlib/datasets/node';
import { evaluate, type Evaluation, type EvaluationResults } from '@adlib/pipeline';
import type { BundleDescription } from '@adlib/pipeline/node';
import { renderReport, type TrackedOutputs } from '@adlib/report';
import { numbers, texts } from '../facts.js';
import { Option, type Command } from 'commander';
import { DEVICES, openBundle, type CommandContext } from '../context.js';
import { UsageError } from '../failure.js';
import { addDataOptions, DATA_HELP, openData, type DataOptions } from '../openData.js';
import { writingFile } from '../output.js';
import { figureText, table } from '../table.js';

interface EvaluateArguments extends DataOptions {
  json?: boolean;
  report?: string;
  roles?: string;
  device: Device;
}

/**
 * Adds `adlib evaluate`.
 *
 * @param program - the command line
 * @param context - cancellation, progress, where results go
 */
export function addEvaluate(program: Command, context: CommandContext): void {
  const command = program
    .command('evaluate')
    .description('score the test images of a data set and measure how well good and defective ones are told apart')
    .argument('<bundle>', 'folder that adlib train wrote')
    .argument('<data>', DATA_HELP)
    .option('--json', 'print every figure, curve and decision as JSON')
    .option('--report <file>', 'write a report with pictures, one HTML file')
    .option('--roles <file>', 'the roles that adlib split wrote: score its test images')
    .addOption(new Option('--device <device>', 'where to run').choices(DEVICES).default('auto'));
  addDataOptions(command).action((dir: string, data: string, options: EvaluateArguments) =>
    runEvaluate(dir, data, options, context),
  );
}

async function runEvaluate(
  dir: string,
  data: string,
  { json, report, roles, device, ...opening }: EvaluateArguments,
  context: CommandContext,
): Promise<void> {
  const { signal, view } = context;
  const { detector, threshold, description } = await openBundle(dir);
  try {
    const dataset = await openData(data, opening);
    dataset.warnings.forEach((warning) => context.tell(`warning: ${warning}`));
    const { training } = description.provenance;
    const seen = new Set(training?.seen);
    const tested = await (roles === undefined ? testSamples(dataset, seen, signal) : testPart(dataset, roles));
    const results = await writingFile(report, async () => {
      const evaluation = await evaluate(detector, threshold, tested, {
        name: dataset.name,
        seen,
        device,
        signal,
        onProgress: view.onProgress,
        provenance: { weights: description.weights.sha256, ...(training === undefined ? {} : { seed: training.seed }) },
      });
      view.stop();
      if (report !== undefined) await writeReport(report, evaluation, description);
      return evaluation.results;
    });
    if (report !== undefined) context.tell(`report: ${report}`);
    results.warnings.forEach((warning) => context.tell(`warning: ${warning}`));
    context.print(json === true ? JSON.stringify(results, null, 2) : summary(results));
  } finally {
    detector.dispose();
  }
}

async function writeReport(
  path: string,
  { results, samples }: Evaluation,
  description: BundleDescription,
): Promise<void> {
  const { training } = description.provenance;
  const { trainLoss, validationLoss, tracker, warnings } = description.facts;
  const losses = numbers(trainLoss);
  const held = numbers(validationLoss);
  const history = losses.map((loss, i) => ({
    step: i + 1,
    loss,
    ...(held[i] === undefined ? {} : { validationLoss: held[i] }),
  }));
  const summary = training && {
    training: {
      images: training.images.train,
      validationImages: training.images.validation,
      seconds: training.seconds,
      history,
      ...(Array.isArray(tracker) && { tracker: tracker as TrackedOutputs[] }),
      warnings: texts(warnings),
    },
  };
  await writeFileAtomic(path, renderReport(results, { samples, ...summary }));
}

/**
 * What may be tested on: the layout's test part, or, where the layout does not say, whatever the bundle has not seen.
 */
async function testSamples(dataset: Dataset, seen: ReadonlySet<string>, signal: AbortSignal): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const sample of dataset.samples) {
    signal.throwIfAborted();
    if (sample.split === 'train' || sample.split === 'validation') continue;
    if (sample.split === 'test' || !seen.has(await sample.hash())) samples.push(sample);
  }
  if (samples.length > 0) return samples;
  throw new UsageError(
    `${dataset.name} has no test images: all ${dataset.samples.length} are for training, or were used for it.`,
  );
}

/** The test images of a manifest, and the disputed ones, which have no role and are told of apart. */
async function testPart(dataset: Dataset, file: string): Promise<Sample[]> {
  const { test } = await samplesByRole(dataset, await readRoles(file));
  if (test.length === 0) throw new UsageError(`${file} gives no image of ${dataset.name} the role test.`);
  const apart = dataset.samples.filter(({ disputed, split }) => disputed !== undefined && split !== 'train');
  return [...test, ...apart.filter(({ split }) => split !== 'validation')];
}

function summary(results: EvaluationResults): string {
  const { data, detector, image, pixel, threshold, perDefect, counts, seconds, disputed = [] } = results;
  const { tp, fp, tn, fn } = image.confusion;
  const facts = table([
    [
      'data',
      `${data.name}: ${counts.images} images, ${counts.good} good, ${counts.defective} defective, ${counts.withMask} with mask`,
    ],
    ['detector', detector.kind],
    ['image', `AUROC ${figureText(image.auroc)}, average precision ${figureText(image.ap)}`],
    [
      'pixel',
      pixel === null
        ? 'no figures'
        : `AUROC ${figureText(pixel.auroc)}, AUPRO ${figureText(pixel.aupro)} up to FPR ${pixel.fprLimit}`,
    ],
    ['threshold', `${figureText(threshold.value)} (${threshold.rule})`],
    [
      'decisions',
      `recall ${figureText(image.recall)}, specificity ${figureText(image.specificity)}, F1 ${figureText(image.f1)}; ${tp} found, ${fn} missed, ${fp} false alarms, ${tn} passed`,
    ],
    ['time', `${figureText(seconds.scoring, 3)} s scoring, ${figureText(seconds.perImage, 3)} s an image`],
  ]);
  const apart = disputed
    .map(
      ({ id, score, decision, reason }) =>
        `\ndisputed: ${id}, ${reason}: score ${figureText(score)}, called ${decision}`,
    )
    .join('');
  const rows = perDefect.map((row) => [
    row.defect,
    String(row.count),
    ...[row.meanScore, row.separationRatio, row.auroc, row.detectionRate, row.pixelAuroc, row.aupro].map((v) =>
      figureText(v),
    ),
  ]);
  const head = ['defect', 'images', 'mean score', 'ratio', 'AUROC', 'called defective', 'pixel AUROC', 'AUPRO'];
  return `${facts}\n\n${table(rows, head)}${apart === '' ? '' : `\n${apart}`}`;
}
