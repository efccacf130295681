import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseGate } from '../../../src/evaluate/audit/gates.ts';
import { plainImage } from '../../../src/image/draw.ts';
import type { Image } from '../../../src/image/image.ts';
import { planAudit } from '../../../src/node/audit/plan.ts';
import { runAudit } from '../../../src/node/audit/run.ts';
import { useBackend } from '../../../src/node/backend.ts';
import { encodePng } from '../../../src/node/images/encode-png.ts';
import { plantedClip } from '../../evaluate/planted.ts';
import { classNames, colourOf, readWord, seeColour, size } from '../../evaluate/reader.ts';
import { schemaFaults } from './schema.ts';

const synonym = 'love apple';

describe('the audit of a planted model, probes included', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  before(() => useBackend('cpu'));
  after(() => rmSync(folder, { recursive: true }));
  for (const name of classNames)
    writeFileSync(join(folder, `${name}.png`), encodePng(plainImage(size, size, colourOf(name))));
  const table = join(folder, 'things.csv');
  const labelOf = (name: string) => (name === 'tomato' ? synonym : name);
  writeFileSync(table, ['filepath,label', ...classNames.map((name) => `${name}.png,${labelOf(name)}`)].join('\n'));

  /** Its data name a class by a synonym, and one label is longer than the context holds. */
  const audit = async (see: (image: Image) => string) => {
    const understand = (text: string) =>
      text.includes(synonym) ? 'tomato' : (classNames.find((name) => text.includes(name)) ?? 'something else');
    const clip = plantedClip({ size, see, understand, isLong: (text) => text.includes('plum') });
    const plan = await planAudit(table, {
      classes: classNames.map((name) => (name === 'tomato' ? { name, synonyms: [synonym] } : name)),
      gates: [parseGate('max', 'typographic-hits=0.2'), parseGate('max', 'typographic-flips=0.2')],
    });
    return runAudit(clip, plan, { workers: 0 });
  };

  it('fails a model that reads what is written on a picture', async () => {
    const { probes, gates, accuracy, card, ...rest } = await audit((image) => readWord(image) ?? seeColour(image));
    assert.deepEqual(schemaFaults(JSON.parse(JSON.stringify({ probes, gates, accuracy, card, ...rest }))), []);
    assert.equal(accuracy.accuracy.value, 1);
    assert.equal(probes?.resolution.accuracy?.value, 1, 'the label that is a synonym is right in the probes too');
    assert.deepEqual(
      gates.map(({ value, passed }) => [value, passed]),
      [
        [1, false],
        [1, false],
      ],
    );
    assert.deepEqual(card.data.classes[0], { name: 'tomato', synonyms: [synonym], descriptions: [] });
    assert.equal(card.model.name, card.model.sha256);
  });

  it('passes one that sees colours alone', async () => {
    const { gates } = await audit(seeColour);
    assert.deepEqual(
      gates.map(({ value, passed }) => [value, passed]),
      [
        [0, true],
        [0, true],
      ],
    );
  });
});
