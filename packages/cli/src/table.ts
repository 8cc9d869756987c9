/**
 * Lays rows out in columns, two spaces apart.
 *
 * @param rows - cells; rows may be shorter than others
 * @param head - names of the columns; with them, columns of numbers are flushed right
 * @returns lines without a final line break
 */
export function table(rows: readonly (readonly string[])[], head?: readonly string[]): string {
  const all = head === undefined ? rows : [head, ...rows];
  const columns = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...all.map((row) => (row[c] ?? '').length)));
  const isNumber = (cell = '') => /^$|^-$|^-?[\d.]+(e[+-]?\d+)?$/.test(cell);
  const right = widths.map((_, c) => head !== undefined && rows.every((row) => isNumber(row[c])));
  return all
    .map((row) =>
      row
        .map((cell, c) => (right[c] === true ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * A figure with a fixed number of significant digits.
 *
 * @param value - the figure; `null` where it is undefined
 * @param digits - significant digits
 * @returns the text, `-` for `null`
 */
export function figureText(value: number | null, digits = 4): string {
  return value === null ? '-' : Number(value.toPrecision(digits)).toString();
}
