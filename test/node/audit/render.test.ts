import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkGates, parseGate } from '../../../src/evaluate/audit/gates.ts';
import { auditHtml } from '../../../src/node/audit/html.ts';
import { auditMarkdown } from '../../../src/node/audit/markdown.ts';
import { writeAudit } from '../../../src/node/audit/write.ts';
import { auditReport } from '../../evaluate/audit/report.ts';
import { fairData } from '../../evaluate/audit/synthetic.ts';
import { schemaFaults } from './schema.ts';

const { harm, queries, unknown, ...bare } = fairData({ groupings: [] });

describe('reports of an audit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(folder, { recursive: true }));
  const plain = auditReport();
  const gates = checkGates([parseGate('max', 'ece=0'), parseGate('min', 'accuracy=0.5')], plain);
  const report = { ...plain, gates };

  it('are written as JSON that the schema describes, Markdown and HTML', async () => {
    const names = await writeAudit(join(folder, 'new', 'audit'), report);
    assert.deepEqual(names, ['audit.json', 'audit.md', 'audit.html']);
    const written = JSON.parse(readFileSync(join(folder, 'new', 'audit', 'audit.json'), 'utf8'));
    assert.deepEqual(schemaFaults(written), []);
    assert.equal(written.accuracy.accuracy.value, report.accuracy.accuracy.value);
    assert.deepEqual(
      schemaFaults(JSON.parse(JSON.stringify(auditReport(bare, null)))),
      [],
      'the least that is measured',
    );
  });

  it('have a schema that misses no field and knows no other', () => {
    const shorten = (_key: string, value: unknown) => (Array.isArray(value) ? value.slice(0, 1) : value);
    const whole = JSON.parse(JSON.stringify(report, shorten));
    const seen = new Set<string>();
    const visit = (value: unknown, path: string) => {
      if (typeof value !== 'object' || value === null || path.endsWith('.preprocess')) return;
      if (Array.isArray(value)) {
        if (value.length > 0) visit(value[0], `${path}[]`);
        return;
      }
      const record = value as Record<string, unknown>;
      if (!seen.has(path)) {
        seen.add(path);
        record.surprise = 1;
        assert.notEqual(schemaFaults(whole).length, 0, `${path} may have any field`);
        delete record.surprise;
        for (const [key, entry] of Object.entries(record)) {
          delete record[key];
          assert.notEqual(schemaFaults(whole).length, 0, `${path}.${key} may be missing`);
          record[key] = entry;
        }
      }
      for (const [key, entry] of Object.entries(record)) visit(entry, `${path}.${key}`);
    };
    visit(whole, '');
    assert.ok(seen.size > 60, `${seen.size} objects`);
  });

  it('show every part, the gates and the limits', async () => {
    const html = await auditHtml(report);
    for (const text of [auditMarkdown(report), html]) {
      for (const heading of [
        'Gates',
        'A. Accuracy',
        'B. Denigrating',
        'C. Retrieval',
        'D. Calibration',
        'E. I don',
        'F. Choice',
        'G. Generated',
        'H. Card',
      ])
        assert.ok(text.includes(heading), heading);
      assert.match(text, /FAILED/);
      assert.match(text, /face recognition/);
      assert.match(text, /must not be used to infer them/);
      assert.ok(text.includes('a'.repeat(64)) && text.includes('b'.repeat(64)));
    }
    assert.match(html, /Reliability diagram of 200 answers/);
    assert.ok(!html.includes('<people>'), 'what the user named is text, not markup');
  });

  it('are Markdown whose tables keep their columns whatever names have in them', () => {
    const tables = auditMarkdown(report)
      .split('\n\n')
      .filter((block) => block.startsWith('| '));
    assert.ok(tables.length > 10);
    for (const rows of tables) {
      const columns = rows.split('\n').map((row) => row.split(/(?<!\\)\|/).length);
      assert.equal(new Set(columns).size, 1, rows);
    }
    assert.match(auditMarkdown(report), /a \\\| model/);
  });

  it('say what was not measured', () => {
    const text = auditMarkdown(auditReport(bare, null));
    assert.match(text, /no denigrating labels were named/);
    assert.match(text, /Skew is not measured/);
    assert.match(text, /Not run/);
    assert.match(text, /Name pictures that are none of the classes/);
  });
});
