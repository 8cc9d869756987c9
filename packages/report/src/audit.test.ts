import { audit, auditPictures, synthetic } from '@adlib/datasets';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { demoAudit, demoPictures } from '../test/demo-audit.js';
import { auditReport } from './audit.js';

const report = demoAudit();
const page = auditReport(report, { pictures: demoPictures(report) });
const { document } = parseHTML(page);
const text = (node: Element | null) => node!.textContent.replace(/\s+/g, ' ').trim();
const rows = (selector: string) =>
  [...document.querySelectorAll(`${selector} tbody tr`)].map((tr) => [...tr.children].map((cell) => text(cell)));

describe('the page of an audit', () => {
  test('says how bad it is, and lists kinds with links to their sections', () => {
    expect(document.title).toBe('Data audit: screw');
    expect(text(document.querySelector('.lead'))).toBe(
      '40 pictures of screw looked at. Figures on this data would be wrong until the errors are put right.',
    );
    expect([...document.querySelectorAll('.tile')].map((tile) => text(tile).slice(0, 10))).toEqual(
      ['Errors 2 f', 'Warnings 9', 'Notes 1 go', 'Leaks 1 on'],
    ); // prettier-ignore
    expect(rows('.kinds')).toEqual([
      ['Error', 'One file in two roles', '1', '2'],
      ['Error', 'Empty masks of defective pictures', '1', '1'],
      ['Warning', 'Pictures brighter or darker than the others', '9', '9'],
      ['Note', 'Test groups of few pictures', '1', '9'],
    ]);
    for (const link of document.querySelectorAll('.kinds a'))
      expect(document.querySelector(link.getAttribute('href')!)).not.toBeNull();
  });

  test('tells of each kind what, why and what to do, with pictures side by side', () => {
    const leak = document.querySelector('#leak')!;
    expect(text(leak.querySelector('.advice'))).toBe(
      'Why it matters The test would reward remembering it: figures come out too good. What to do Remove it from all roles but one.',
    );
    expect([...leak.querySelectorAll('figcaption')].map(text)).toEqual(report.findings[0]!.files);
    expect(leak.querySelectorAll('image')).toHaveLength(2);
    const mask = document.querySelector('#mask-empty')!;
    expect(mask.querySelectorAll('image')).toHaveLength(2);
    expect(mask.querySelectorAll('svg')[1]!.getAttribute('aria-label')).toBe(
      'Mask of test/screw/001.png, defect in white',
    );
    const dark = document.querySelector('#brightness')!;
    expect(dark.querySelectorAll('.finding')).toHaveLength(6);
    expect(text(dark.querySelector('.compare'))).toBe('To compare, a usual one: train/good/usual.png');
    expect(text(dark.querySelector('summary'))).toBe('3 more findings of this kind');
    expect([...dark.querySelectorAll('details li')].map(text)[0]).toBe(
      'train/good/dark 6.png: Mean brightness of train/good/dark 6.png is 0.3.',
    );
    expect(text(document.querySelector('#class-small .finding'))).toContain('test/good/008.png');
  });

  test('counts roles and types, sizes of defects, and states the rate of false matches', () => {
    const tables = [...document.querySelectorAll('#data table')];
    expect(text(tables[0]!)).toContain('none screw 2 2');
    expect(text(tables[1]!)).toContain('screw 3 5 0.15 %0.012 % to 31 % 409 to 1,200');
    const limits = text(document.querySelector('#limits'));
    expect(limits).toContain(
      '42,486 pairs of pictures were compared. The prints of 33,188 pairs agree; a check of their pixels found 1 of these to be one picture.',
    );
    expect(limits).toContain('the print alone would be wrong for 78.1 % of all pairs');
    expect(limits).toContain('an input of 256×320');
    expect(limits).toContain('Some pictures have no role');
  });

  test('escapes text from outside, and is the same each time', () => {
    const hostile = '"><script>alert(1)</script>\u202e';
    const bad = demoAudit(hostile);
    const markup = auditReport(bad, { pictures: demoPictures(bad), title: hostile });
    expect(markup).not.toContain('<script');
    expect(markup).not.toContain('\u202e');
    expect(parseHTML(markup).document.title).toBe('"><script>alert(1)</script>\ufffd');
    expect(auditReport(report, { pictures: demoPictures(report) })).toBe(page);
  });

  test('works without findings, without pictures, and on a real audit', async () => {
    const none = auditReport({
      ...report,
      findings: [],
      counts: { error: 0, warning: 0, note: 0 },
      defects: [],
      inputSize: null,
    });
    expect(text(parseHTML(none).document.querySelector('main'))).toContain('No error was found.');
    expect(none).toContain('Nothing: no finding of any kind.');
    expect(none).toContain('no size of the network’s input was given');
    const bare = parseHTML(auditReport(report)).document;
    expect(bare.querySelectorAll('image')).toHaveLength(0);
    expect([...bare.querySelectorAll('#leak li')].map(text)).toEqual(report.findings[0]!.files);
    const drawn = synthetic('weave', { good: 9, testGood: 2, defective: 2, size: 64 });
    const samples = [...drawn.samples, { ...drawn.samples.at(-1)!, id: 'test/good/x.png', split: 'test' as const }];
    const real = await audit({ ...drawn, samples });
    const { document: made } = parseHTML(auditReport(real, { pictures: await auditPictures({ ...drawn, samples }, real) })); // prettier-ignore
    expect([...made.querySelectorAll('#leak figcaption')].map(text)).toEqual(['train/good/008.png', 'test/good/x.png']);
  });

  test('refuses other forms', () => {
    expect(() => auditReport({ schema: 'adlib.evaluation/1' } as never)).toThrow(
      "report.schema must be 'adlib.audit/1'",
    );
    expect(() => auditReport(report, { sample: [] } as object)).toThrow('got sample');
    const image = { data: new Uint8Array(3), width: 2, height: 2, channels: 1 } as const;
    expect(() => auditReport(report, { pictures: [{ id: 'x', image }] })).toThrow('pictures[0].image');
  });
});
