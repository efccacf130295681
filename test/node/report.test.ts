import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { chartHtml, htmlReport, matrixHtml, retrievalHtml, tableHtml } from '../../src/node/report.ts';
import { reportStyle, tickLabels } from '../../src/node/report-page.ts';

describe('an HTML report', () => {
  const evil = '</script><img src=x onerror="alert(1)">';

  it('needs nothing from elsewhere', async () => {
    const html = await htmlReport('Title', 'lead', [{ heading: 'One', html: '<p>text</p>' }]);
    assert.doesNotMatch(html, /(src|href)="?https?:/);
    assert.match(html, /uPlot/);
    assert.match(html, /<h2>One<\/h2>\n<p>text<\/p>/);
  });

  it('has no row of empty cells above a table without a head', () => {
    const bare = tableHtml([
      ['', ''],
      ['seed', '0'],
    ]);
    assert.match(bare, /<table><tr><td>seed<\/td><td>0<\/td><\/tr><\/table>/);
    assert.match(tableHtml([['', 'loss']]), /<th>loss<\/th>/);
  });

  it('breaks a row of pictures where the screen is too narrow for it', () => {
    assert.match(reportStyle, /\.row \{[^}]*flex-wrap: wrap/);
  });

  it('has no grid that is wider than a telephone', () => {
    const widths = [...reportStyle.matchAll(/minmax\(([^;]+)1fr\)/g)].map(([, width]) => width?.trim());
    assert.ok(widths.length > 2);
    for (const width of widths) assert.match(width ?? '', /^(min\(\d+rem, 100%\)|1\d(\.\d+)?rem),$/);
  });

  it('shows texts as texts, whatever is in them', async () => {
    const picture = { source: 'data:,', label: evil };
    const parts = [
      tableHtml([['head'], [evil]]),
      matrixHtml([evil], [picture], [[0.5]], () => true),
      retrievalHtml([{ text: evil, pictures: [{ picture, cosine: 0.5, isRight: false }] }]),
      chartHtml({ title: evil, axis: 'step', x: [1], lines: [{ label: evil, values: [null] }] }),
    ];
    for (const part of parts) assert.doesNotMatch(part, /<\/script><img/);
    const html = await htmlReport(evil, evil, []);
    assert.equal(html.split('</script>').length - 1, 2);
  });

  it('marks the right answers, and shades by cosine', () => {
    const picture = { source: 'data:,', label: 'x' };
    const html = matrixHtml(
      ['a', 'b'],
      [picture, picture],
      [
        [0.9, 0.1],
        [0.5, 0.1],
      ],
      (text, column) => text === column,
    );
    assert.equal(html.match(/right"/g)?.length, 2);
    assert.match(html, /class="near right" style="--share:1\.000">0\.90</);
    assert.match(html, /class="right" style="--share:0\.000">0\.10</);
  });

  it('tells ticks apart, in the page too', async () => {
    const ticks = [14.2841, 14.2842, 14.2843];
    const labels = ['14.2841', '14.2842', '14.2843'];
    assert.deepEqual(tickLabels(ticks), labels);
    assert.deepEqual(tickLabels([0, 0.1, 0.2 + 0.1]), ['0', '0.1', '0.3']);
    assert.deepEqual(tickLabels([0, 2.5e-5, 1e-4]), ['0', '2.5e-5', '1e-4']);
    const [, code = ''] = (await htmlReport('t', 'l', [])).match(/const tickLabels = ([\s\S]*?\n\});\n/) ?? [];
    assert.deepEqual(Array.from(runInNewContext(`(${code})`)(ticks)), labels);
  });

  it('thins long curves, and keeps gaps', () => {
    const x = Array.from({ length: 10_000 }, (_, index) => index);
    const html = chartHtml({
      title: 't',
      axis: 'step',
      x,
      lines: [{ label: 'l', values: x.map((at) => (at === 5 ? null : at)) }],
    });
    const { data } = JSON.parse(html.slice(html.indexOf('{'), html.lastIndexOf('}') + 1));
    assert.equal(data[0].length, 2000);
    assert.deepEqual(data[1].slice(0, 3), [0, null, 10]);
  });
});
