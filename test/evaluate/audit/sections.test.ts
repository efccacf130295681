import assert from 'node:assert/strict';
import type { GroupRates } from '../../../src/evaluate/audit/rates.ts';
import { auditSections } from '../../../src/evaluate/audit/sections.ts';
import { assertClose } from '../../assert-close.ts';
import { along, fairData, isWoman, movedWomen } from './synthetic.ts';

const gapOf = (rates: readonly GroupRates[]) => rates[0]?.gap?.value ?? Number.NaN;

describe('parts of an audit', () => {
  const data = fairData();
  const fair = auditSections(data);
  const harmOf = (
    sections: typeof fair,
    withAlternatives = false,
    category = 'all',
    threshold: number | null = null,
  ) => {
    const found = sections.harm?.rates.find(
      (rates) =>
        rates.category === category && rates.withAlternatives === withAlternatives && rates.threshold === threshold,
    );
    assert.ok(found);
    return found;
  };

  it('A: are what a loop over the pictures counts', () => {
    const answers = data.pictures.map((picture) => {
      const cosines = data.classifier.map((direction) =>
        direction.reduce((sum, x, i) => sum + x * (picture[i] as number), 0),
      );
      return cosines.indexOf(Math.max(...cosines));
    });
    const right = answers.filter((answer, row) => answer === data.labels[row]).length;
    assert.ok(right > 150 && right < 200, `${right} right of 200`);
    assert.equal(fair.accuracy.accuracy.successes, right);
    assert.equal(fair.accuracy.top5.value, 1);
    const women = data.pictures.flatMap((_, row) => (isWoman(data, row) ? [row] : []));
    const group = fair.accuracy.byGroup[0]?.groups.find((entry) => entry.group === 'woman');
    assert.equal(group?.rate.successes, women.filter((row) => answers[row] === data.labels[row]).length);
    assert.equal(group?.rate.count, 100);
    const nurses = fair.accuracy.byClass.find(({ label }) => label === 'nurse');
    assert.equal(
      nurses?.selectionRate.groups.reduce((sum, { rate }) => sum + rate.successes, 0),
      answers.filter((answer) => answer === 1).length,
    );
    assert.equal(nurses?.truePositiveRate.groups[0]?.insufficient, true, '25 nurses a group are too few');
    assert.equal(fair.accuracy.worst[0]?.equalizedOddsDifference, null);
  });

  it('A: a classifier that is shifted against one group shows in its accuracy and its selection rates', () => {
    const biased = auditSections(fairData({ pictures: movedWomen(data, 1, 0.6) }));
    assert.ok(gapOf(fair.accuracy.byGroup) < 0.1, `fair: ${gapOf(fair.accuracy.byGroup)}`);
    assert.ok(gapOf(biased.accuracy.byGroup) > 0.2, `biased: ${gapOf(biased.accuracy.byGroup)}`);
    const { demographicParityDifference: worst } = biased.accuracy.worst[0] ?? {};
    assert.equal(worst?.label, 'nurse');
    assert.ok((worst?.value ?? 0) > 0.2);
  });

  it('A: less probable answers are left out from a threshold on', () => {
    const [low, high] = fair.accuracy.thresholds;
    assert.equal(low?.answered.value, 1);
    assert.ok((high?.answered.value ?? 1) < 1);
    assert.ok((high?.accuracy.value ?? 0) >= fair.accuracy.accuracy.value);
  });

  it('B: denigrating labels that a tower puts on one group, and what an alternative label changes', () => {
    const directions = data.harm?.directions.map((direction, at) => (at === 0 ? along({ 14: 1 }) : direction)) ?? [];
    const harm = { ...(data.harm as NonNullable<typeof data.harm>), directions };
    const pictures = movedWomen(data, 14, 1.2);
    const biased = auditSections(fairData({ pictures, harm }));
    assert.ok(harmOf(fair).rate.value < 0.02);
    assert.ok(gapOf(harmOf(biased).byGroup) > 0.8);
    assert.equal(harmOf(biased).byGroup[0]?.gap?.highest, 'woman');
    assert.equal(harmOf(biased, false, 'crime-related').rate.successes, 0);
    assert.equal(biased.harm?.labels[0]?.count, harmOf(biased).rate.successes);
    assert.ok(harmOf(biased, false, 'all', 0.04).rate.value >= harmOf(biased).rate.value);
    const alternatives = { texts: ['child'], directions: [along({ 14: 1, 0: 0.2, 1: 0.2, 2: 0.2, 3: 0.2 })] };
    const helped = auditSections(fairData({ pictures, harm: { ...harm, alternatives } }));
    assert.ok(harmOf(helped, true).rate.value < 0.5 * harmOf(helped).rate.value);
    assert.equal(harmOf(helped).rate.value, harmOf(biased).rate.value);
  });

  it('C: skew of a search that shows one group first, by hand', () => {
    const skewed = auditSections(fairData({ pictures: movedWomen(data, 15, 3) })).retrieval.skew;
    assert.deepEqual(
      skewed.map(({ at }) => at),
      [10, 100],
    );
    for (const { maxSkew, minSkew } of skewed) {
      assertClose('MaxSkew', [maxSkew], [Math.log(1 / 0.5)], 1e-12); // only women among the first 100 of 200
      assert.equal(minSkew, null);
    }
    const even = fair.retrieval.meanSkew.find(({ at }) => at === 100);
    assert.ok((even?.maxSkew ?? 1) < 0.2);
  });

  it('C: recall of a group counts its pictures, and its classes', () => {
    const [first] = fair.retrieval.recall;
    assert.equal(gapOf(first?.imageToText ?? []), gapOf(fair.accuracy.byGroup));
    assert.deepEqual(
      first?.textToImage[0]?.groups.map(({ rate }) => rate.count),
      [4, 4],
    );
    assert.equal(
      first?.textToImage[0]?.groups.reduce((sum, { rate }) => sum + rate.successes, 0),
      4,
      'the first picture of each class is of one group',
    );
  });

  it('D: an overconfident temperature shows in the calibration error, and a fitted one takes it away', () => {
    const sure = auditSections(fairData({ logitScale: 200 })).calibration;
    const { asIs } = fair.calibration;
    assert.ok(asIs.ece < 0.1, `calibrated: ${asIs.ece}`);
    assert.ok(sure.asIs.ece > asIs.ece + 0.05 && sure.asIs.nll > 2 * asIs.nll, `sure: ${sure.asIs.ece}`);
    assert.ok((sure.fitted?.after.ece ?? 1) < (sure.fitted?.before.ece ?? 0));
    assertClose('scale', [sure.fitted?.logitScale ?? 0], [fair.calibration.fitted?.logitScale ?? 1], 1e-6);
    assert.equal((sure.fitted?.fittedOn ?? 0) + (sure.fitted?.after.pictures ?? 0), 200);
    const few = fairData({ labels: data.labels.slice(0, 50), pictures: data.pictures.slice(0, 50), groupings: [] });
    assert.equal(auditSections(few).calibration.fitted, null);
  });

  it('E: scores tell unknown pictures apart, and the flag keeps the wanted share of false accepts', () => {
    const { scores, flags, curve } = fair.rejection;
    for (const { score, unknown, forCoverage } of scores) {
      assert.ok((unknown?.auroc ?? 0) > 0.85, `${score}: ${unknown?.auroc}`);
      assert.ok((unknown?.forFalseAccepts.falseAccepts.value ?? 1) <= 0.05);
      assert.ok(forCoverage.coverage.value >= 0.9);
    }
    const cosine = scores.find(({ score }) => score === 'maxCosine');
    assert.deepEqual(flags, {
      falseAccepts: `--threshold ${cosine?.unknown?.forFalseAccepts.threshold}`,
      coverage: `--threshold ${cosine?.forCoverage.threshold}`,
    });
    assert.equal(curve.at(-1)?.coverage, 1);
    assertClose('risk', [curve.at(-1)?.risk ?? 1], [1 - fair.accuracy.accuracy.value], 1e-12);
    const { unknown, ...without } = data;
    const blind = auditSections(without).rejection;
    assert.equal(blind.flags.falseAccepts, null);
    assert.equal(blind.flags.coverage, flags.coverage);
    assert.equal(blind.scores[0]?.unknown, null);
  });

  it('F: a template that confuses two classes shows in range and flips, by hand', () => {
    const [first, second, ...rest] = data.classifier as [Float32Array, Float32Array, ...Float32Array[]];
    const byTemplate = [
      { template: 'a {}', directions: data.classifier },
      { template: 'not a {}', directions: [second, first, ...rest] },
    ];
    const { prompts, accuracy } = auditSections(fairData({ byTemplate }));
    const [right, swapped] = prompts.templates.map(({ accuracy: { value } }) => value) as [number, number];
    assert.equal(right, accuracy.accuracy.value);
    assert.ok(swapped < right - 0.3);
    assertClose('mean, range', [prompts.mean, prompts.range], [(right + swapped) / 2, right - swapped], 1e-12);
    assertClose('std', [prompts.std], [(right - swapped) / Math.SQRT2], 1e-12);
    assertClose('gain', [prompts.ensembleGain], [prompts.ensemble.value - prompts.mean], 1e-12);
    assert.ok(prompts.flipRate.value > 0.4 && prompts.flipRate.value < 0.6);
  });

  it('are the same each time', () => assert.deepEqual(auditSections(fairData()), fair));
});
