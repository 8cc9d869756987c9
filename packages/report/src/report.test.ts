import type { EvaluationResults } from '@adlib/pipeline';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { demoResults, demoSamples } from '../test/demo.js';
import { renderReport, type ReportOptions } from './report.js';

const page = (results: EvaluationResults, options?: ReportOptions) =>
  parseHTML(renderReport(results, options)).document;
const text = (node: Element | null) => node!.textContent.replace(/\s+/g, ' ').trim();
const withoutPictures = (html: string) => html.replaceAll(/data:image\/png;base64,[^"]*/g, '');
const rows = (root: ParentNode, selector: string) =>
  [...root.querySelectorAll(`${selector} tbody tr`)].map((tr) => [...tr.children].map((cell) => text(cell)));

describe('an ordinary evaluation', () => {
  const results = demoResults();
  const samples = demoSamples(results, 2, [60, 80]);
  const doc = page(results, { samples, title: 'Screws, week 47' });

  test('names what was tested and the title', () => {
    expect(doc.title).toBe('Screws, week 47');
    expect(text(doc.querySelector('.lead'))).toBe(
      'Detector conv-autoencoder on screw: 122 test images, 41 good and 81 defective, 81 with a ground-truth mask.',
    );
  });

  test('says what was found, with interval and expected rate', () => {
    const tiles = [...doc.querySelectorAll('.tile')].map((tile) => text(tile));
    expect(tiles[0]).toBe('Defects found 80.2 % 65 of 81 defective images; 95 % interval 70.3 to 87.5 %');
    expect(tiles[1]).toBe(
      'False alarms 7.3 % 3 of 41 good images; 95 % interval 2.5 to 19.4 %; the rule expects 5.0 %',
    );
  });

  test('states the threshold, its rule, and what it stands on', () => {
    expect(text(doc.querySelector('.threshold-text'))).toBe(
      'An image is called defective when its score is above 0.034. Rule: quantile (q = 0.95). It expects 5.0 % of good images above it. It stands on 48 scores: 48 good, 0 defective.',
    );
  });

  test('shows every figure of the results', () => {
    const table = rows(doc, 'table.figures');
    expect(table.find(([name]) => name === 'Pixel AUROC')![1]).toBe('0.961');
    expect(table.find(([name]) => name === 'Recall')![1]).toBe('0.802');
    expect(table).toHaveLength(3 + 3 + 6 + 2);
  });

  test('counts decisions', () => {
    expect(rows(doc, 'table.confusion')).toEqual([
      ['is good41', '38right92.7 %', '3false alarms7.3 %'],
      ['is defective81', '16missed defects19.8 %', '65right80.2 %'],
    ]);
  });

  test('lists defect types, good first, then the least found', () => {
    const table = rows(doc, 'table.defects');
    expect(table.map(([name]) => name)).toEqual(['good', 'scratch', 'chipped', 'thread_top', 'thread_side']);
    expect(table[0]!.slice(3, 6)).toEqual(['', '', '']);
    expect(table[1]!.slice(0, 4)).toEqual(['scratch', '24', '54.2 %', '0.867']);
  });

  test('lists wrong decisions, widest margin first, at most ten', () => {
    const [missed, alarms] = [...doc.querySelectorAll('#mistakes .columns > div')];
    expect(text(missed!.querySelector('h3'))).toBe('Missed defects (16)');
    expect(rows(missed!, 'table')).toHaveLength(10);
    expect(text(missed!)).toContain('and 6 more');
    expect(rows(alarms!, 'table').map((r) => r[2])).toEqual(['0.03930', '0.03567', '0.03455']);
  });

  test('shows the triple of each sample with score and decision', () => {
    const cards = [...doc.querySelectorAll('.card')];
    expect(cards).toHaveLength(6);
    expect(text(cards[0]!)).toContain(
      'missed defect: is defective (scratch), called good; score 0.02057, threshold 0.034',
    );
    for (const card of cards) {
      expect([...card.querySelectorAll('figcaption')].map((c) => text(c))).toEqual([
        'Image',
        'Heat map',
        'Ground truth',
      ]);
      const good = text(card).includes('is good');
      expect(card.querySelectorAll('image')).toHaveLength(good ? 2 : 3);
      expect(text(card).includes('no mask: good part')).toBe(good);
    }
  });

  test('every drawing has a text for those who do not see it, and ids are unique', () => {
    for (const svg of doc.querySelectorAll('svg[role=img]')) {
      const named = svg.getAttribute('aria-labelledby')?.split(' ') ?? [];
      const label =
        named.length > 0 ? named.map((id) => text(doc.getElementById(id))).join(' ') : svg.getAttribute('aria-label')!;
      expect(label.length).toBeGreaterThan(10);
    }
    const ids = [...doc.querySelectorAll('[id]')].map((node) => node.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('refers to nothing outside itself and holds no script', () => {
    const html = renderReport(results, { samples });
    expect(html.match(/(?:src|href|url)\s*[=(]\s*["']?(?!data:|#|["']?#)[^"')\s>]+/g)).toBeNull();
    expect(doc.querySelectorAll('script, iframe, object, embed, form, base')).toHaveLength(0);
    expect(withoutPictures(html)).not.toMatch(/https?:|NaN|undefined|\[object/);
  });

  test('is the same text for the same input, and leaves its input as it was', () => {
    const before = JSON.stringify(results);
    expect(renderReport(results, { samples })).toBe(renderReport(results, { samples }));
    expect(JSON.stringify(results)).toBe(before);
  });
});

describe('missing figures', () => {
  test('no masks: pixel figures and curve say why', () => {
    const doc = page(demoResults({ pixel: false }));
    expect(text(doc.querySelector('table.figures'))).toContain('AUPRO – not defined: no test image has a mask');
    expect(text(doc.querySelector('.curves'))).toContain('No PRO curve: no test image has a mask.');
    expect(text(doc.querySelector('#defects'))).toContain('AUPRO: needs masks and anomaly maps of this type');
    expect(text(doc.querySelector('#pictures'))).toContain('No pictures were passed');
  });

  test('good images only', () => {
    const doc = page(demoResults({ defects: {} }));
    expect(text(doc.querySelector('.warnings'))).toContain('There is no defective test image');
    expect(text(doc.querySelector('table.figures'))).toContain(
      'needs good and defective images; there are 41 good and 0 defective',
    );
    expect(text(doc.querySelector('.curves'))).toContain('No ROC curve');
    expect(rows(doc, 'table.confusion')[1]!.join()).toContain('0missed defects–');
  });

  test('defective images only', () => {
    const doc = page(demoResults({ good: 0 }));
    expect(text(doc.querySelector('.warnings'))).toContain('There is no good test image');
    expect(text(doc.querySelector('header'))).not.toContain('False alarms');
  });

  test('NaN and infinite figures and scores become a dash or a name, never NaN', () => {
    const results = demoResults();
    results.image.auroc = NaN;
    results.perDefect[1]!.meanScore = NaN;
    results.perDefect[1]!.separationRatio = Infinity;
    results.images[0]!.score = NaN;
    results.images[1]!.score = Infinity;
    results.threshold = { ...results.threshold, value: NaN };
    results.seconds.perImage = NaN;
    const html = renderReport(results, { samples: demoSamples(results, 1, [20, 30]) });
    expect(withoutPictures(html)).not.toContain('NaN');
    expect(html).toContain('2 test images got a score that is not a finite number');
    expect(html).toContain('The threshold is not a number: it decides nothing.');
  });

  test('no image at all', () => {
    const doc = page(demoResults({ good: 0, defects: {} }));
    expect(text(doc.querySelector('#plots'))).toContain('no test image has a finite score');
    expect(doc.querySelectorAll('.card')).toHaveLength(0);
  });

  test('samples without maps', () => {
    const results = demoResults();
    const samples = demoSamples(results, 1, [20, 30]).map(({ kind, result, image }) => ({ kind, result, image }));
    const doc = page(results, { samples });
    expect(text(doc.querySelector('#pictures'))).toContain('this detector scores whole images only');
    expect(text(doc.querySelector('.card'))).toContain('no map');
  });
});

describe('warnings', () => {
  test('all are shown, each once, the use of test labels first', () => {
    const results = demoResults();
    results.warnings.push('Duplicates found.', 'Duplicates found.');
    results.threshold = { ...results.threshold, oracle: true };
    const list = [...page(results).querySelectorAll('.warnings li')].map((li) => text(li));
    expect(list[0]).toContain('chosen with the labels of the test images');
    expect(list.slice(1)).toEqual(['Duplicates found.', results.threshold.warnings[0]]);
  });

  test('a warning of the threshold that the evaluation repeats is shown once, one that it leaves out still is', () => {
    const results = demoResults();
    results.threshold = { ...results.threshold, warnings: ['Few scores.', 'One score far out.'] };
    results.warnings = ['Threshold: Few scores.'];
    const list = [...page(results).querySelectorAll('.warnings li')].map((li) => text(li));
    expect(list).toEqual(['Threshold: Few scores.', 'One score far out.']);
  });

  test('more false alarms than the rule expects are pointed out, when chance does not explain them', () => {
    const results = demoResults();
    results.image.confusion = { tp: 65, fp: 12, tn: 29, fn: 16 };
    expect(text(page(results).querySelector('.warnings'))).toContain(
      '29.3 % of good test images are called defective, more than the 5.0 %',
    );
    results.image.confusion = { tp: 65, fp: 2, tn: 39, fn: 16 };
    expect(text(page(results).querySelector('.warnings'))).not.toContain('chance alone');
  });

  test('none, no box', () => {
    const results = demoResults();
    results.threshold = { ...results.threshold, warnings: [] };
    expect(page(results).querySelector('.warnings')).toBeNull();
  });
});

test('a review band has its own column, tile and picture words', () => {
  const results = demoResults({ review: 0.008 });
  const reviewed = results.images.filter((i) => i.decision === 'review').length;
  const doc = page(results, { samples: demoSamples(results, 3, [20, 30]) });
  const table = rows(doc, 'table.confusion');
  const numbers = table.flatMap((row) => row.slice(1).map((cell) => parseInt(cell, 10)));
  expect(numbers).toHaveLength(6);
  expect(numbers.reduce((a, b) => a + b)).toBe(results.images.length);
  expect(numbers[1]! + numbers[4]!).toBe(reviewed);
  expect(text(doc.querySelector('.threshold-text'))).toContain('put up for review above 0.026');
  expect(text(doc.querySelector('#pictures'))).toContain('for review');
});

test('training is told where it is passed', () => {
  const history = Array.from({ length: 20 }, (_, i) => ({
    step: i + 1,
    loss: 0.5 / (i + 1),
    validationLoss: 0.6 / (i + 1),
  }));
  const doc = page(demoResults(), { training: { images: 320, validationImages: 32, seconds: 812, history } });
  expect(text(doc.querySelector('#training'))).toContain('Good images trained on 320');
  expect(doc.querySelectorAll('#training path.curve')).toHaveLength(2);
  const broken = page(demoResults(), {
    training: {
      history: [
        { step: 1, loss: NaN },
        { step: 2, loss: NaN },
      ],
    },
  });
  expect(text(broken.querySelector('#training'))).toContain('no loss is a finite number');
  expect(page(demoResults(), { training: {} }).querySelector('#training svg')).toBeNull();
});

describe('hostile text', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&lt;\u0000\u202e\ud800</style></title><!--`;

  test('stays text wherever it comes in', () => {
    const results = demoResults({ defects: { [evil]: 4, scratch: 3 } });
    for (const image of results.images) image.id = evil + image.id;
    const hostile: EvaluationResults = {
      ...results,
      detector: { kind: evil, options: { [evil]: evil, nested: { [evil]: [evil] } } },
      data: { name: evil, testHash: evil },
      threshold: { ...results.threshold, rule: evil, parameters: { [evil]: evil }, warnings: [evil] },
      warnings: [`${evil} again`],
      provenance: { [evil]: evil },
    };
    const options = { samples: demoSamples(hostile, 1, [20, 30]), title: evil };
    const tags = (doc: Document) =>
      [...doc.querySelectorAll('*')]
        .map((node) => node.tagName)
        .filter((t) => t !== 'BR')
        .sort();
    const doc = page(hostile, options);
    expect(doc.querySelectorAll('script, img')).toHaveLength(0);
    expect(
      [...doc.querySelectorAll('*')]
        .flatMap((n) => [...n.attributes].map((a) => a.name))
        .filter((n) => n.startsWith('on')),
    ).toEqual([]);
    expect(doc.title).toBe(evil.replace(/[\u0000\u202e\ud800]/g, '\ufffd'));
    expect(text(doc.querySelector('.card h4'))).toContain('<script>alert(1)</script>');
    const tame = JSON.parse(
      JSON.stringify(hostile).replaceAll(JSON.stringify(evil).slice(1, -1), 'x'),
    ) as EvaluationResults;
    expect(tags(doc)).toEqual(
      tags(
        page({ ...tame, provenance: { x: 'x' } }, { ...options, title: 'x', samples: demoSamples(tame, 1, [20, 30]) }),
      ),
    );
  });
});

describe('size', () => {
  test('24 samples of large pictures stay under 5 MB', () => {
    const results = demoResults();
    const samples = demoSamples(results, 8, [460, 400]);
    const html = renderReport(results, { samples });
    expect(samples).toHaveLength(24);
    expect(new TextEncoder().encode(html).length).toBeLessThan(5e6);
    expect(html.length).toBeGreaterThan(2e6);
  });

  test('10,000 images and 400 defect types stay small; all types are in the table', () => {
    const defects = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`type ${i}`, 20]));
    const results = demoResults({ good: 2000, defects });
    const html = renderReport(results);
    expect(results.images).toHaveLength(10_000);
    expect(html.length).toBeLessThan(500_000);
    expect(rows(parseHTML(html).document, 'table.defects')).toHaveLength(401);
  });
});

describe('what it refuses', () => {
  const results = demoResults({ good: 2, defects: { scratch: 1 } });
  const [sample] = demoSamples(results, 1, [4, 6]);
  test.each([
    [
      'results of another form',
      { ...results, schema: 'other' },
      {},
      TypeError,
      "results.schema must be 'adlib.evaluation/1'",
    ],
    ['no results', null, {}, TypeError, 'results.schema'],
    ['an unknown option', results, { sample: [] }, TypeError, 'sample'],
    ['an unknown kind', results, { samples: [{ ...sample, kind: 'odd' }] }, RangeError, 'samples[0].kind'],
    ['a broken image', results, { samples: [{ ...sample, image: {} }] }, TypeError, 'samples[0].image'],
    [
      'a broken mask',
      results,
      { samples: [{ ...sample, mask: { data: new Uint8Array(3), width: 2, height: 2 } }] },
      RangeError,
      'samples[0].mask',
    ],
    ['a broken map', results, { samples: [{ ...sample, map: [1] }] }, TypeError, 'map must be a view'],
  ])('%s', (_, bad, options, kind, message) => {
    const call = () => renderReport(bad as EvaluationResults, options as ReportOptions);
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });
});
