import type { Detector, Device } from '@adlib/core';
import { assignRoles, samplesByRole, type Role, type Sample } from '@adlib/datasets';
import { readRoles } from '@adlib/datasets/node';
import { createDetector, detectors } from '@adlib/models';
import { calibrate, train, type ScoreSummary, type TrainRecord } from '@adlib/pipeline';
import { saveBundle } from '@adlib/pipeline/node';
import { fitThreshold, thresholdRules, type Threshold } from '@adlib/thresholds';
import { Option, type Command } from 'commander';
import { DEVICES, type CommandContext } from '../context.js';
import { UsageError } from '../failure.js';
import { addDataOptions, DATA_HELP, openData, type DataOptions } from '../openData.js';
import { collectPair, grouping, regularExpression, wholeNumber } from '../optionValues.js';
import { texts } from '../facts.js';
import { commaNames, withBackbone } from '../openBackbone.js';
import { writingInto } from '../output.js';
import { figureText, table } from '../table.js';

interface TrainArguments extends DataOptions {
  model: string;
  out: string;
  seed: number;
  group?: RegExp;
  roles?: string;
  device: Device;
  epochs?: number;
  option: Record<string, unknown>;
  backbone?: string;
  layers?: readonly string[];
  backboneOption: Record<string, unknown>;
  thresholdRule: string;
  thresholdOption: Record<string, unknown>;
  json?: boolean;
}

/**
 * Adds `adlib train`.
 *
 * @param program - the command line
 * @param context - cancellation, progress, where results go
 */
export function addTrain(program: Command, context: CommandContext): void {
  const command = program
    .command('train')
    .description('learn from images of good parts, fit a threshold, and save both as a bundle')
    .argument('<data>', DATA_HELP)
    .addOption(
      new Option('--model <kind>', 'detector, see adlib models')
        .choices(Object.keys(detectors))
        .default('conv-autoencoder'),
    )
    .requiredOption(
      '--out <dir>',
      'folder for the bundle; an older bundle in it is replaced when the new one is complete',
    )
    .option('--seed <number>', 'seed of everything random', wholeNumber(0, 0xffffffff), 0)
    .option(
      '--group <pattern>',
      'regular expression on the path of an image; what it finds, or its first group, names the part: all images of a part get one role',
      regularExpression,
    )
    .option('--roles <file>', 'the roles that adlib split wrote (default: drawn with the seed)')
    .addOption(new Option('--device <device>', 'where to train').choices(DEVICES).default('auto'))
    .option(
      '--epochs <number>',
      'passes over the training images, for detectors that have the option epochs',
      wholeNumber(1, 1_000_000),
    )
    .option('--option <key=value>', 'an option of the detector, see adlib models; may be repeated', collectPair, {})
    .option('--backbone <name>', 'network of the features: a name, an .onnx file, or the model.json of TensorFlow.js')
    .option('--layers <names>', 'its layers, the finest first, between commas', commaNames)
    .option(
      '--backbone-option <key=value>',
      'how its file is opened: mean, std, size, layout; may be repeated',
      collectPair,
      {},
    )
    .addOption(
      new Option(
        '--threshold-rule <rule>',
        'how the threshold follows from the scores of calibration images; some rules need defective ones among them',
      )
        .choices(thresholdRules.filter(({ needs }) => needs !== 'any').map(({ name }) => name))
        .default('meanPlusSigma'),
    )
    .option('--threshold-option <key=value>', 'an option of the rule; may be repeated', collectPair, {})
    .option('--json', 'print the record of the training as JSON');
  addDataOptions(command).action((data: string, options: TrainArguments) => runTrain(data, options, context));
}

async function runTrain(data: string, options: TrainArguments, context: CommandContext): Promise<void> {
  const { model, out, seed, group, roles: rolesFile, epochs, option, thresholdRule, thresholdOption } = options;
  if (rolesFile !== undefined && group !== undefined) {
    throw new UsageError(
      '--group is for drawing roles, and --roles names those that are drawn. Give it to adlib split.',
    );
  }
  if (epochs !== undefined && 'epochs' in option) {
    throw new UsageError('epochs is given twice, as --epochs and as --option epochs.');
  }
  const complete = await withBackbone(options);
  const detector = createDetector(model, { ...complete, ...(epochs === undefined ? {} : { epochs }) });
  try {
    const dataset = await openData(data, options);
    dataset.warnings.forEach((warning) => context.tell(`warning: ${warning}`));
    const manifest =
      rolesFile === undefined ? assignRoles(dataset, { seed, ...grouping(group) }) : readRoles(rolesFile);
    const roles = await samplesByRole(dataset, await manifest);
    tryRule(thresholdRule, thresholdOption, roles.calibration);
    const trained = await writingInto(out, () => trainAndSave(detector, dataset.name, roles, options, context));
    context.view.stop();
    texts(detector.facts?.['warnings']).forEach((warning) => context.tell(`warning: ${warning}`));
    trained.threshold.warnings.forEach((warning) => context.tell(`warning: threshold: ${warning}`));
    const record = { bundle: out, kind: model, options: detector.options, ...trained };
    context.print(
      options.json === true ? JSON.stringify(record, null, 2) : summary(out, model, trained, roles.test.length),
    );
  } finally {
    detector.dispose();
  }
}

/** A misspelt option of the rule, or too few calibration images for it, is told before the training and not after it. */
function tryRule(rule: string, options: Readonly<Record<string, unknown>>, calibration: readonly Sample[]): void {
  const ofLabel = (label: Sample['label']): number[] => {
    const { length } = calibration.filter((sample) => sample.label === label);
    return Array.from({ length }, (_, i) => 1 - Math.log(1 - (i + 0.5) / length));
  };
  const [good, defective] = [ofLabel('good'), ofLabel('defective').map((score) => score + 1)];
  fitThreshold(rule, { good, ...(defective.length === 0 ? {} : { defective }) }, options);
}

interface Trained {
  training: TrainRecord;
  threshold: Threshold;
  calibration: ScoreSummary;
}

async function trainAndSave(
  detector: Detector,
  name: string,
  roles: Readonly<Record<Role, readonly Sample[]>>,
  { out, seed, device, thresholdRule, thresholdOption: ruleOptions }: TrainArguments,
  { signal, view: { onProgress } }: CommandContext,
): Promise<Trained> {
  const training = await train(detector, roles, { name, seed, device, signal, onProgress });
  const calibration = await calibrate(detector, roles.calibration, thresholdRule, {
    ruleOptions,
    device,
    signal,
    onProgress,
  });
  signal.throwIfAborted();
  const { threshold, summary: scores, mapRange } = calibration;
  await saveBundle(out, { detector, threshold, provenance: { training, calibration: { scores, mapRange } } });
  return { training, threshold, calibration: scores };
}

function summary(out: string, model: string, { training, threshold, calibration }: Trained, tests: number): string {
  const { train: learned, validation } = training.images;
  const { n, min, max } = calibration;
  return table([
    ['bundle', out],
    ['detector', model],
    ['images', `${learned} to learn from, ${validation} held out, ${n} to calibrate, ${tests} left for testing`],
    [
      'threshold',
      `${figureText(threshold.value)} (${threshold.rule}); good calibration images score ${figureText(min)} to ${figureText(max)}`,
    ],
    ['time', `${figureText(training.seconds, 3)} s`],
  ]);
}
