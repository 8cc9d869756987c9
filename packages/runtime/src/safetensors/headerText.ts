import { SafetensorsError } from './error.js';

/**
 * Reads the JSON of a header strictly and in one pass: only the few forms the format has, so that neither deep nesting
 * nor unexpected kinds can occur, and no key twice in one object (`JSON.parse` would keep the last).
 */
export class HeaderText {
  readonly #text: string;
  #at = 0;

  /** @param text - the whole header */
  constructor(text: string) {
    this.#text = text;
  }

  /** Reads an object; `read` is called at the value of each key. */
  object(read: (key: string) => void): void {
    const seen = new Set<string>();
    this.#list('{', '}', () => {
      const key = this.string();
      if (seen.has(key)) throw new SafetensorsError(`safetensors: '${short(key)}' is there twice.`);
      seen.add(key);
      this.#expect(':');
      read(key);
    });
  }

  /** Reads an array of integers >= 0. */
  integers(): number[] {
    const values: number[] = [];
    this.#list('[', ']', () => values.push(this.#integer()));
    return values;
  }

  /** Reads a string. */
  string(): string {
    if (this.#next() !== '"') this.#fail('a string');
    const start = this.#at++;
    let end = this.#text.indexOf('"', this.#at);
    while (end !== -1 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) this.#fail('the end of a string');
    this.#at = end + 1;
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      this.#at = start;
      return this.#fail('a valid string');
    }
    if (/\p{Surrogate}/u.test(value)) this.#fail('whole characters');
    return value;
  }

  /** Checks that only white space is left. */
  end(): void {
    if (this.#next() !== '') this.#fail('nothing more');
  }

  #list(open: string, close: string, item: () => void): void {
    this.#expect(open);
    if (this.#next() === close) {
      this.#at++;
      return;
    }
    do item();
    while (this.#next() === ',' && this.#at++ >= 0);
    this.#expect(close);
  }

  #integer(): number {
    this.#next();
    const start = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
    const digits = this.#text.slice(start, this.#at);
    const value = Number(digits);
    if (digits === '' || (digits.length > 1 && digits.startsWith('0')) || !Number.isSafeInteger(value)) {
      this.#at = start;
      this.#fail('an integer in [0, 2^53)');
    }
    return value;
  }

  #isEscaped(quote: number): boolean {
    let before = quote - 1;
    while (this.#text[before] === '\\') before--;
    return (quote - before) % 2 === 0;
  }

  /** Passes over white space; the character there, `''` at the end. */
  #next(): string {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text[this.#at] ?? '';
  }

  #expect(character: string): void {
    if (this.#next() !== character) this.#fail(`'${character}'`);
    this.#at++;
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20);
    throw new SafetensorsError(
      `safetensors: the header must have ${expected} at character ${this.#at}, it has ${found === '' ? 'its end' : `'${found}'`}.`,
    );
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/**
 * A name for a message, cut where it is long.
 *
 * @param name - any text
 * @returns at most 60 characters
 */
export function short(name: string): string {
  return name.length > 60 ? `${name.slice(0, 57)}...` : name;
}
