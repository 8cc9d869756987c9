import { argumentMessage, assertInteger, assertKnownOptions } from '@adlib/core';

/** A row of a table: any flat object; numbers, strings, booleans, null. */
export type TableRow = object;

/** Options of {@link toMarkdown}. */
export interface MarkdownOptions {
  /** Columns and their order. @defaultValue every key, in order of first appearance */
  columns?: readonly string[];
  /** Digits after the point of numbers that are not whole. @defaultValue 4 */
  digits?: number;
}

/** Options of {@link toCsv}. */
export interface CsvOptions {
  /** Columns and their order. @defaultValue every key, in order of first appearance */
  columns?: readonly string[];
}

/**
 * A table in Markdown: one line per row, numbers to the right, undefined figures as a dash.
 *
 * @param rows - results or other flat objects, for example of {@link perDefectTable}; a nested object is an error
 * @param options - columns, digits
 * @returns the table, ending in a line feed
 * @throws TypeError if rows is no list of flat objects, RangeError if there is no column or an option is out of range
 * @example
 * ```ts
 * import { toMarkdown } from '@adlib/metrics';
 * console.log(toMarkdown([{ defect: 'dent', count: 3, auroc: 0.98765 }], { digits: 3 }));
 * // | defect | count | auroc |
 * // | :--- | ---: | ---: |
 * // | dent | 3 | 0.988 |
 * ```
 */
export function toMarkdown(rows: readonly TableRow[], options: MarkdownOptions = {}): string {
  const { columns, digits = 4 } = options;
  assertKnownOptions('toMarkdown', options, ['columns', 'digits']);
  assertInteger('toMarkdown', 'digits', digits, 0, 20);
  const { names, cells } = tableOf('toMarkdown', rows, columns);
  const isNumeric = names.map((_, c) => cells.some((row) => typeof row[c] === 'number'));
  const text = (cell: Cell): string => {
    if (cell === null || Number.isNaN(cell)) return '–';
    if (typeof cell === 'number') return Number.isInteger(cell) ? String(cell) : cell.toFixed(digits);
    return String(cell).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\r?\n/g, ' ');
  };
  const lines = [names.map(text), isNumeric.map((n) => (n ? '---:' : ':---')), ...cells.map((row) => row.map(text))];
  return lines.map((line) => `| ${line.join(' | ')} |\n`).join('');
}

/**
 * A table as comma-separated values (RFC 4180): numbers in full precision, undefined figures as empty fields, a header line.
 * Text that a spreadsheet would run as a formula is kept as it is: it is data.
 *
 * @param rows - results or other flat objects, for example of {@link perDefectTable}; a nested object is an error
 * @param options - columns
 * @returns the table, lines ending in CR LF
 * @throws TypeError if rows is no list of flat objects, RangeError if there is no column
 * @example
 * ```ts
 * import { toCsv } from '@adlib/metrics';
 * console.log(toCsv([{ defect: 'dent, small', count: 3 }])); // defect,count / "dent, small",3
 * ```
 * @see RFC 4180
 */
export function toCsv(rows: readonly TableRow[], options: CsvOptions = {}): string {
  assertKnownOptions('toCsv', options, ['columns']);
  const { names, cells } = tableOf('toCsv', rows, options.columns);
  const text = (cell: Cell): string => {
    if (cell === null || Number.isNaN(cell)) return '';
    const plain = String(cell);
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  return [names, ...cells].map((row) => `${row.map(text).join(',')}\r\n`).join('');
}

type Cell = string | number | boolean | null;

function tableOf(
  fn: string,
  rows: readonly TableRow[],
  columns?: readonly string[],
): { names: string[]; cells: Cell[][] } {
  if (!Array.isArray(rows)) throw new TypeError(argumentMessage(fn, 'rows', 'an array of flat objects', rows));
  const names = [...(columns ?? new Set(rows.flatMap((row: TableRow) => Object.keys(row))))];
  if (names.length === 0) throw new RangeError(argumentMessage(fn, 'columns', 'at least one column', 'none'));
  const cells = rows.map((row: Record<string, unknown>, i) =>
    names.map((name) => {
      const cell = row[name] ?? null;
      if (cell !== null && !['string', 'number', 'boolean'].includes(typeof cell)) {
        throw new TypeError(
          argumentMessage(fn, `rows[${i}].${name}`, 'a string, number, boolean or null', cell, 'Choose columns.'),
        );
      }
      return cell as Cell;
    }),
  );
  return { names, cells };
}
