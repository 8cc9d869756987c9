import { escapeUTF8 } from 'entities';

/** Markup that is already safe to write into the page. Made only by {@link html}, {@link raw} and {@link join}. */
export class Html {
  readonly #text: string;

  /**
   * Takes the text over as it is.
   *
   * @param text - markup that is already safe
   */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The markup as text, to be written into a file.
   *
   * @returns the text, as it was given
   */
  toString(): string {
    return this.#text;
  }
}

/** What may stand in a `${}` of an {@link html} template. Everything but {@link Html} is escaped. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

// Control characters, surrogates without their other half, and the characters that turn the direction of what follows.
const UNSAFE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text as it may stand between tags and in quoted attributes; characters that no page should hold become U+FFFD.
 *
 * @param text - any text
 * @returns the text, safe between tags and in quoted attributes
 */
export function escapeText(text: string): string {
  return escapeUTF8(text.replace(UNSAFE, '\ufffd'));
}

/**
 * Template tag for markup: what is put in is escaped, unless it is {@link Html}; null, undefined and false vanish.
 *
 * @param strings - the markup
 * @param parts - what is put in
 * @returns the markup
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0]!;
  parts.forEach((part, i) => {
    text += render(part) + strings[i + 1]!;
  });
  return new Html(text);
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  return typeof part === 'object' ? part.map(render).join('') : escapeText(String(part));
}

/**
 * Declares a constant of this package to be markup. Never for anything that came from a caller.
 *
 * @param text - markup of this package
 * @returns the same, not to be escaped
 */
export function raw(text: string): Html {
  return new Html(text);
}

/**
 * Several pieces of text or markup with one between each two.
 *
 * @param parts - the pieces
 * @param between - text that separates them
 * @returns the markup
 */
export function join(parts: readonly Part[], between: string): Html {
  return new Html(parts.map(render).join(escapeText(between)));
}
