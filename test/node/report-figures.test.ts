import assert from 'node:assert/strict';
import { reliabilityTable } from '../../src/evaluate/calibration.ts';
import { figuresHtml } from '../../src/node/evaluation-sections.ts';
import { htmlReport } from '../../src/node/report.ts';
import { confusionHtml, noteHtml, picturesHtml, reliabilityHtml } from '../../src/node/report-figures.ts';

describe('figures of a report', () => {
  const evil = '</script><img src=x onerror="alert(1)">';

  it('show texts as texts, whatever is in them', () => {
    const parts = [
      confusionHtml({ classNames: [evil], counts: [[1]], others: [0] }),
      picturesHtml([{ picture: { source: 'data:,', label: evil }, lines: [evil, evil] }]),
      figuresHtml([{ name: evil, value: 1, note: evil }]),
      noteHtml(evil),
    ];
    for (const part of parts) assert.doesNotMatch(part, /<\/script>|<img src=x/);
  });

  it('shade a confusion matrix by the share of the row, others included', () => {
    const html = confusionHtml({
      classNames: ['cat', 'dog'],
      counts: [
        [3, 1],
        [0, 0],
      ],
      others: [4, 0],
    });
    assert.match(html, /class="right" style="--share:0\.375" title="cat, taken for cat: 3 of 8">3</);
    assert.match(html, /style="--share:0\.500" title="cat, taken for another class: 4 of 8">4<\/td><td>8</);
    assert.match(html, /class="right none" style="--share:0\.000"/);
    assert.doesNotMatch(html, /NaN/);
  });

  it('frame pictures by whether the answer is right, and describe them', () => {
    const picture = { source: 'data:,', label: 'a cat' };
    const html = picturesHtml([
      { picture, lines: ['cat', 'taken for dog'], isRight: false },
      { picture, lines: ['cat'], isRight: true },
      { picture, lines: ['cat'] },
    ]);
    assert.deepEqual(
      [...html.matchAll(/<figure class="(\w*)">/g)].map(([, frame]) => frame),
      ['wrong', 'right', ''],
    );
    assert.match(html, /alt="a cat"/);
    assert.match(html, /<b>cat<\/b>taken for dog</);
  });

  it('draw a bar as high as the answers are right, and say so in words', () => {
    const html = reliabilityHtml(reliabilityTable([0.1, 0.9, 0.9, 0.9, 0.9], [false, true, true, true, false], 2));
    const [, low, high] = [...html.matchAll(/<rect class="bars"[^>]* height="([\d.]+)"/g)]
      .map(([, height]) => height)
      .concat('');
    assert.deepEqual([low, high], ['225.0', '']);
    assert.match(
      html,
      /role="img" aria-label="Reliability diagram of 5 answers in 2 bins: 10 % sure, 0 % right \(1\); 90 % sure, 75 % right \(4\)"/,
    );
    assert.doesNotMatch(html, /NaN/);
  });

  it('leave out what is not known', () => {
    const html = figuresHtml([
      { name: 'a', value: null },
      { name: 'b', value: 0.5, interval: { low: 0.25, high: 0.75 } },
      { name: 'c', value: 0.5, interval: { low: Number.NaN, high: Number.NaN } },
    ]);
    assert.match(html, /<td>a<\/td><td>–<\/td><td><\/td>/);
    assert.match(html, /<td>50\.0 %<\/td><td>25\.0 to 75\.0 %<\/td>/);
    assert.doesNotMatch(html, /NaN/);
  });

  it('can be read on dark screens', async () => {
    const html = await htmlReport('t', 'l', []);
    assert.match(html, /prefers-color-scheme: dark/);
    assert.match(html, /color-scheme: light dark/);
  });
});
