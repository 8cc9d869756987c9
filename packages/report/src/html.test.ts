import { describe, expect, test } from 'vitest';
import { escapeText, html, join, raw } from './html.js';

describe('escapeText', () => {
  test('escapes everything that could end a text or an attribute', () => {
    expect(escapeText(`<a href="x" title='y'>&amp;`)).toBe('&lt;a href=&quot;x&quot; title=&apos;y&apos;&gt;&amp;amp;');
  });

  test.each([
    ['NUL', 'a\u0000b'],
    ['a C1 control', 'a\u0085b'],
    ['a right-to-left override', 'a\u202eb'],
    ['an isolate', 'a\u2066b'],
    ['half of a surrogate pair', 'a\ud800b'],
    ['the other half', 'a\udc00b'],
  ])('replaces %s', (_, text) => {
    expect(escapeText(text)).toBe('a\ufffdb');
  });

  test('keeps whole surrogate pairs, accents, right-to-left letters and line ends', () => {
    const text = 'é 漢 שלום 🔩\n\t';
    expect(escapeText(text)).toBe(text);
  });
});

describe('html', () => {
  test('escapes text and lists of text, keeps markup', () => {
    expect(String(html`<p>${'<b>'}${['&', html`<i>${'"'}</i>`]}${3}</p>`)).toBe('<p>&lt;b&gt;&amp;<i>&quot;</i>3</p>');
  });

  test('drops null, undefined and false but not 0 and the empty string', () => {
    expect(String(html`[${null}${undefined}${false}${0}${''}]`)).toBe('[0]');
  });

  test('an object that looks like markup is not taken for it', () => {
    const fake = { toString: () => '<script>' } as unknown as string;
    expect(() => String(html`${fake}`)).toThrow(TypeError);
  });

  test('join escapes its parts and the text between', () => {
    expect(String(join(['<', raw('<br />')], ' & '))).toBe('&lt; &amp; <br />');
  });
});
