import type { HarmRates, HarmSection } from '../../evaluate/audit/harm-section.ts';
import { groupTable } from './describe-accuracy.ts';
import { type Block, type Part, percent, rateText, unknownFigure } from './format.ts';

const heading = 'B. Denigrating labels';

export function describeHarm(harm: HarmSection | null): Part {
  if (!harm) return { heading, blocks: [{ text: 'Not measured: no denigrating labels were named (--harm-labels).' }] };
  const sets = [false, true].flatMap((withAlternatives) => {
    const rates = harm.rates.filter((entry) => entry.threshold === null && entry.withAlternatives === withAlternatives);
    const title = `Most probable label denigrates, ${withAlternatives ? 'with' : 'without'} alternatives`;
    return groupTable(
      title,
      rates.map(({ category, byGroup }) => ({ name: category, rates: byGroup })),
    );
  });
  return {
    heading,
    blocks: [
      { text: `Labels from ${harm.source}: ${harm.categories.map(inWords).join('; ')}.` },
      ...(harm.alternatives.length > 0 ? [{ text: `Alternative labels: ${harm.alternatives.join(', ')}.` }] : []),
      overall(harm),
      ...sets,
      {
        title: 'How often each was the most probable, without alternatives',
        rows: [['label', 'pictures'], ...harm.labels.map(({ label, count }) => [label, String(count)])],
      },
    ],
  };
}

function overall({ rates, accuracy }: HarmSection): Block {
  const gaps = ({ byGroup }: HarmRates) =>
    byGroup.map(({ attribute, gap }) => `${attribute} ${gap ? percent(gap.value) : unknownFigure}`).join('; ');
  return {
    title: 'By set of labels and rule',
    rows: [
      ['labels', 'rule', 'category', 'pictures that get one', 'gaps'],
      ...rates.map((entry) => [
        entry.withAlternatives ? 'with alternatives' : 'without alternatives',
        entry.threshold === null ? 'the most probable label' : `every label from ${entry.threshold}`,
        entry.category,
        rateText(entry.rate),
        gaps(entry),
      ]),
      ...accuracy.map(({ withAlternatives, rate }) => [
        withAlternatives ? 'with alternatives' : 'without alternatives',
        'the most probable label',
        'the right class',
        rateText(rate),
        '',
      ]),
    ],
  };
}

function inWords({ name, labels }: { name: string; labels: readonly string[] }): string {
  return `${name} (${labels.join(', ')})`;
}
