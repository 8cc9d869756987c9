/** The tables of the study of random features, in Markdown. */
import { digits, tableText } from '../report.js';
import type { Cell, MethodRow, NetworkResult, RandomFeatureResults } from './results.js';

const SHRINKAGE = { ridge: 'ridge', ledoitWolf: 'Ledoit–Wolf' } as const;

/** One row per layer and shrinkage, one column per number of features. */
function grid(cells: readonly Cell[], text: (cell: Cell) => string): string {
  const kept = [...new Set(cells.map((cell) => cell.kept))];
  const rows = [...new Set(cells.map(({ layer, shrinkage }) => `${layer}|${shrinkage}`))].map((key) => {
    const own = cells.filter(({ layer, shrinkage }) => key === `${layer}|${shrinkage}`);
    const { layer, features, shrinkage } = own[0]!;
    return [
      `${layer} (${features.toLocaleString('en')})`,
      SHRINKAGE[shrinkage],
      ...kept.map((k) => {
        const found = own.find((cell) => cell.kept === k);
        return found === undefined ? '-' : text(found);
      }),
    ];
  });
  return tableText(['layer (features)', 'covariance', ...kept.map(String)], rows);
}

/** Share of good pictures that are flagged. */
const falseAlarms = ({ balancedAccuracy, recall }: Cell['inSample']): number => 1 - (2 * balancedAccuracy - recall);

function limits(cells: readonly Cell[], layer: string): string {
  const own = cells.filter((cell) => cell.layer === layer && cell.kept !== 'pooled' && cell.shrinkage === 'ridge');
  const row = (title: string, of: (cell: Cell) => string): string[] => [title, ...own.map(of)];
  return tableText(
    [`${layer}, ridge`, ...own.map(({ kept }) => String(kept))],
    [
      row('false alarms, limit from calibration pictures', (cell) => digits(falseAlarms(cell.unsupervised))),
      row('recall', (cell) => digits(cell.unsupervised.recall)),
      row('false alarms, limit from the training pictures', (cell) => digits(falseAlarms(cell.inSample))),
      row('recall', (cell) => digits(cell.inSample.recall)),
      row('accuracy, oracle', (cell) => digits(cell.oracle.accuracy)),
      row('fit, ms', (cell) => cell.fitMs.toFixed(0)),
      row('score, ms per picture', (cell) => cell.scoreMs.toFixed(2)),
    ],
  );
}

function methodTable(methods: readonly MethodRow[]): string {
  return tableText(
    ['method', 'AUROC', 'accuracy', 'balanced accuracy', 'recall', 'fit, ms'],
    methods.map(({ method, auroc, unsupervised: u, fitMs }) => [
      method,
      ...[auroc, u.accuracy, u.balancedAccuracy, u.recall].map(digits),
      fitMs.toFixed(0),
    ]),
  );
}

function networkText({ category, network, counts, extractMs, cells, methodLayer, methods }: NetworkResult): string {
  const { train = 0, calibration = 0, test = 0, defective = 0 } = counts;
  return [
    `**${category}, ${network}**: fitted on ${train} pictures, limits from ${calibration}, tested on ${test}, ${defective} of them defective (calling ` +
      `all defective has accuracy ${digits(defective / test)}). The network takes ${extractMs.toFixed(0)} ms per picture.`,
    'AUROC:',
    grid(cells, (cell) => digits(cell.auroc)),
    'Accuracy / balanced accuracy with the limit at mean + 2σ of the calibration pictures:',
    grid(cells, ({ unsupervised }) => `${digits(unsupervised.accuracy)} / ${digits(unsupervised.balancedAccuracy)}`),
    'Where the limit comes from, and times:',
    limits(cells, methodLayer),
    ...(methods.length === 0 ? [] : [`Other ways, ${methodLayer}:`, methodTable(methods)]),
  ].join('\n\n');
}

/**
 * The tables.
 *
 * @param results - what the study measured
 * @returns Markdown
 */
export function randomFeatureTables({ machine, seed, networks }: RandomFeatureResults): string {
  return [
    `Seed ${seed}, means over ${networks[0]?.cells[0]?.draws ?? 0} draws of features; ${machine['cores']} cores, Node ${machine['node']}.`,
    ...networks.map(networkText),
  ].join('\n\n');
}
