import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { demoResults } from '../test/demo.js';
import { renderReport } from './report.js';

const results = demoResults();
const text = (node: Element | null) => node!.textContent.replace(/\s+/g, ' ').trim();

test('disputed images stand apart in a table of their own', () => {
  expect(renderReport(results)).not.toContain('Disputed');
  const disputed = [
    {
      id: 'train/good/<b>.png',
      label: 'good',
      defect: 'good',
      score: 0.03,
      decision: 'good',
      reason: 'mark & scratch',
    },
    { id: 'test/dent/1.png', label: 'defective', defect: 'dent', score: 0.2, decision: 'defective', reason: 'faint' },
    { id: 'test/dent/2.png', label: 'defective', defect: 'dent', score: 0.033, decision: 'review', reason: 'faint' },
  ] as const;
  const page = renderReport({ ...results, disputed: [...disputed] });
  const section = parseHTML(page).document.querySelector('#disputed')!;
  expect(text(section.querySelector('p'))).toBe(
    'People do not agree on 3 test images. They are in no figure of this report; nothing was learned from them. At the threshold of 0.03400, 1 of them are called defective.',
  );
  expect([...section.querySelectorAll('tbody tr')].map((tr) => [...tr.children].map((cell) => text(cell)))).toEqual([
    ['train/good/<b>.png', 'good', 'mark & scratch', '0.03000', 'good'],
    ['test/dent/1.png', 'dent', 'faint', '0.2000', 'defective'],
    ['test/dent/2.png', 'dent', 'faint', '0.03300', 'for review'],
  ]);
  // Everything else is as without them.
  const without = page.replace(/<section id="disputed">[\s\S]*?<\/section>/, '');
  expect(without.replace(/\s+/g, ' ')).toBe(renderReport(results).replace(/\s+/g, ' '));
});
