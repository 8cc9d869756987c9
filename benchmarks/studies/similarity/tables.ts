/** The tables of the similarity study, in Markdown. */
import { digits, tableText } from '../report.js';
import type { CategoryResult, ClassifierRow, ScoreRow, SimilarityResults } from './results.js';

/** AUROC and accuracy with the supervised limit in paper 004's table 3, on its own pictures of seals. */
const PUBLISHED: Readonly<Record<string, readonly [number, number]>> = {
  mse: [0.881, 0.708],
  mae: [0.915, 0.781],
  psnr: [0.866, 0.744],
  ssim: [0.93, 0.825],
  msSsim: [0.922, 0.808],
  fourSsim: [0.969, 0.867],
  fourMsSsim: [0.977, 0.931],
  fourGSsim: [0.53, 0.5],
  fourMsGSsim: [0.843, 0.7],
};

function scoreCells(row: ScoreRow, four: ScoreRow | undefined): string[] {
  const published = PUBLISHED[row.score];
  return [
    `\`${row.score}\`${row.form === '' ? '' : `, ${row.form}`}`,
    `${digits(row.auroc)} (${digits(row.lower)}–${digits(row.upper)})`,
    `${digits(row.unsupervised.accuracy)} / ${digits(row.unsupervised.balancedAccuracy)}`,
    `${digits(row.percentile95.accuracy)} / ${digits(row.percentile95.balancedAccuracy)}`,
    `${digits(row.supervised.accuracy)} / ${digits(row.supervised.balancedAccuracy)}`,
    `${digits(row.oracle.accuracy)} / ${digits(row.oracle.balancedAccuracy)}`,
    four === undefined ? '-' : digits(four.auroc),
    published === undefined ? '-' : published.map(digits).join(', '),
  ];
}

function classifierCells({ classifier, inputs, auroc, figures }: ClassifierRow): string[] {
  const { accuracy, balancedAccuracy, precision, recall, f1 } = figures;
  return [classifier, inputs, ...[auroc, accuracy, balancedAccuracy, precision, recall, f1].map(digits)];
}

function lightText(brightness: CategoryResult['brightness']): string {
  const { calibration, testGood, testDefective, auroc } = brightness;
  return (
    ` Mean grey level (of 16): ${calibration.toFixed(2)} in calibration, ${testGood.toFixed(2)} in good and ${testDefective.toFixed(2)} in ` +
    `defective test pictures; alone it has AUROC ${digits(auroc)}.`
  );
}

function categoryText(
  { category, counts, training, brightness, scores, classifiers }: CategoryResult,
  four: CategoryResult | undefined,
): string {
  const { train = 0, validation = 0, calibration = 0, test = 0, defective = 0 } = counts;
  const { epochs, bestEpoch, validationLoss } = training;
  const head = [
    'score',
    'AUROC (95 % interval)',
    'mean + 2σ',
    '95th percentile',
    'supervised',
    'oracle',
    'AUROC, four layers',
    '004: AUROC, supervised accuracy',
  ];
  return [
    `**${category}**: ${train} pictures to learn from, ${validation} for early stopping, ${calibration} for limits; ${test} tested, ${defective} of them ` +
      `defective (calling all defective has accuracy ${digits(defective / test)}). ${epochs} epochs, the ${bestEpoch}th the best, validation loss ` +
      `${validationLoss.toPrecision(3)}${four === undefined ? '' : ` (four layers: ${four.training.validationLoss.toPrecision(3)})`}.${lightText(brightness)}`,
    '',
    tableText(
      head,
      scores.map((row) =>
        scoreCells(
          row,
          four?.scores.find((other) => other.score === row.score && other.form === row.form),
        ),
      ),
    ),
    '',
    tableText(
      ['classifier', 'inputs', 'AUROC', 'accuracy', 'balanced accuracy', 'precision', 'recall', 'F1'],
      classifiers.map(classifierCells),
    ),
  ].join('\n');
}

/**
 * The tables.
 *
 * @param results - what the study measured
 * @returns Markdown
 */
export function similarityTables({ machine, seed, categories }: SimilarityResults): string {
  return [
    `Seed ${seed}; ${machine['cores']} cores, Node ${machine['node']}. Cells hold accuracy / balanced accuracy.`,
    ...categories
      .filter(({ network }) => network === 'five')
      .map((five) =>
        categoryText(
          five,
          categories.find((other) => other.category === five.category && other.network === 'four'),
        ),
      ),
  ].join('\n\n');
}
