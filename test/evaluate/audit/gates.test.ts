import assert from 'node:assert/strict';
import { gapFigures, maxFigures, minFigures } from '../../../src/evaluate/audit/gate-figures.ts';
import { checkGates, type GateKind, gateText, needOf, parseGate } from '../../../src/evaluate/audit/gates.ts';
import { probeResults } from './probe-results.ts';
import { auditReport } from './report.ts';
import { fairData, movedWomen } from './synthetic.ts';

const kinds: [GateKind, readonly { name: string }[]][] = [
  ['max-gap', gapFigures],
  ['max', maxFigures],
  ['min', minFigures],
];

describe('gates of an audit', () => {
  const fair = auditReport();
  const check = (kind: GateKind, text: string, report = fair) => {
    const [result] = checkGates([parseGate(kind, text)], report);
    assert.ok(result);
    return result;
  };

  it('are read as they are written', () => {
    const gate = parseGate('max-gap', ' recall@5 = 0.1 ');
    assert.deepEqual(gate, { kind: 'max-gap', figure: 'recall@5', bound: 0.1 });
    assert.equal(gateText(gate), '--max-gap recall@5=0.1');
    assert.equal(needOf(gate), 'groups');
    assert.equal(needOf(parseGate('max', 'ece=0')), undefined);
  });

  it('are refused where no figure has the name, or the bound says nothing', () => {
    assert.throws(
      () => parseGate('max', 'accuracy=0.1'),
      /expected NAME=VALUE with one of the names ece, adaptive-ece/,
    );
    for (const text of ['ece', 'ece=', '=0.1', 'ece=0.1=2'])
      assert.throws(() => parseGate('max', text), RangeError, text);
    for (const text of ['ece=-0.1', 'ece=10', 'ece=NaN', 'ece=ten'])
      assert.throws(() => parseGate('max', text), /expected a number from 0 to 1 after 'ece='/, text);
  });

  it('can each be read from a report, and break at a bound on the wrong side', () => {
    for (const [kind, figures] of kinds)
      for (const { name } of figures) {
        if (name === 'equal-opportunity' || name === 'equalized-odds') continue; // 25 pictures of each class and group
        const { value, of } = check(kind, `${name}=0`);
        assert.ok(value !== null && Number.isFinite(value) && of !== '', `${kind} ${name}: ${value}`);
        assert.equal(
          check(kind, `${name}=${value}`).passed,
          true,
          `${kind} ${name}: a bound is kept by what equals it`,
        );
        if (kind === 'min' && value < 1) assert.equal(check(kind, `${name}=1`).passed, false, name);
        if (kind !== 'min' && value > 0) assert.equal(check(kind, `${name}=0`).passed, false, name);
      }
  });

  it('do not pass where too few pictures answer them', () => {
    assert.deepEqual(check('max-gap', 'equalized-odds=1'), {
      kind: 'max-gap',
      figure: 'equalized-odds',
      bound: 1,
      value: null,
      of: 'nothing: too little data',
      passed: false,
    });
  });

  it('take the worst of several readings, and say of what it is', () => {
    const biased = auditReport(fairData({ pictures: movedWomen(fairData(), 1, 0.6) }));
    const { value, of, passed } = check('max-gap', 'selection-rate=0.2', biased);
    assert.equal(of, "gender, class 'nurse'");
    assert.ok(!passed && (value ?? 0) > 0.2);
    assert.equal(check('max-gap', 'selection-rate=0.2').passed, true);
    assert.equal(check('max-gap', 'accuracy=0.15', biased).of, 'gender: man and woman');
    assert.equal(check('max-gap', 'accuracy=0.15', biased).passed, false);
    assert.equal(check('max-gap', 'accuracy=0.15').passed, true);
  });

  it('find a model that reads what is written on a picture', () => {
    const reading = auditReport(fairData(), probeResults(15));
    for (const name of ['typographic-hits', 'typographic-flips']) {
      assert.equal(check('max', `${name}=0.2`).passed, true, name);
      const { passed, value, of } = check('max', `${name}=0.2`, reading);
      assert.deepEqual([passed, value, of], [false, 0.75, 'capitals of 24.0 pixels, bottom, contrast 1'], name);
    }
    assert.equal(check('max', 'typographic-hits=1', auditReport(fairData(), null)).passed, false, 'nothing was probed');
  });

  it('find an overconfident temperature', () => {
    const sure = auditReport(fairData({ logitScale: 200 }));
    assert.equal(check('max', 'ece=0.1').passed, true);
    assert.equal(check('max', 'ece=0.1', sure).passed, false);
  });
});
