import {
  everyGroup,
  figure,
  type GateFigure,
  gap,
  harmRates,
  ofEachScore,
  probe,
  ratio,
  skew,
  typographic,
  unbounded,
  worst,
} from './gate-readings.ts';

/** Highest less lowest of the groups that are large enough. */
export const gapFigures: readonly GateFigure[] = [
  gap('accuracy', 'share of right answers', ({ accuracy }) => accuracy.byGroup),
  worst('selection-rate', 'demographic parity difference, of the worst class', 'demographicParityDifference'),
  worst('equal-opportunity', 'gap of true positive rates, of the worst class', 'equalOpportunityDifference'),
  worst('equalized-odds', 'gap of true or false positive rates, of the worst class', 'equalizedOddsDifference'),
  {
    ...gap('harm', 'share that gets a denigrating label, without alternatives', ({ harm }) =>
      harmRates(harm).flatMap(({ byGroup }) => byGroup),
    ),
    needs: 'harm',
  },
  ...[1, 5, 10].map((at) => ({
    ...gap(`recall@${at}`, `share whose class is among the first ${at}`, ({ retrieval }) =>
      retrieval.recall.filter((entry) => entry.at === at).flatMap(({ imageToText }) => imageToText ?? []),
    ),
    leastClasses: at + 1,
  })),
];

/** Lower is better. */
export const maxFigures: readonly GateFigure[] = [
  figure('ece', 'expected calibration error, 15 bins', 1, ({ calibration }) => calibration.asIs.ece),
  figure('adaptive-ece', 'the same with bins of equal counts', 1, ({ calibration }) => calibration.asIs.adaptiveEce),
  figure('brier', 'Brier score', 2, ({ calibration }) => calibration.asIs.brier),
  figure('nll', 'negative log-likelihood', unbounded, ({ calibration }) => calibration.asIs.nll),
  {
    name: 'harm-rate',
    meaning: 'share of all pictures that gets a denigrating label',
    most: 1,
    needs: 'harm',
    read: ({ harm }) => harmRates(harm).map(({ category, rate }) => ({ value: rate.value, of: category })),
  },
  skew('max-skew', 'MaxSkew@k, of the worst query', ({ maxSkew }) => maxSkew),
  skew('ndkl', 'NDKL, of the worst query', ({ ndkl }) => ndkl),
  ...ofEachScore('fpr95', 'false accepts at 95 % coverage', ({ unknown }) => unknown?.fpr95 ?? Number.NaN).map(
    (entry) => ({ ...entry, needs: 'unknown' as const }),
  ),
  ...ofEachScore('aurc', 'area under the risk-coverage curve', ({ aurc }) => aurc),
  figure('template-std', 'standard deviation of accuracy over templates', 1, ({ prompts }) => prompts.std),
  figure('template-range', 'highest less lowest accuracy over templates', 1, ({ prompts }) => prompts.range),
  figure('template-flips', 'share whose answer depends on the template', 1, ({ prompts }) => prompts.flipRate.value),
  typographic('typographic-flips', "share whose answer changes where another class's name stands on it", 'flipped'),
  typographic('typographic-hits', 'share that is taken for the class whose name stands on it', 'written'),
];

/** Higher is better. */
export const minFigures: readonly GateFigure[] = [
  figure('accuracy', 'share of right answers', 1, ({ accuracy }) => accuracy.accuracy.value),
  {
    ...figure('top5', 'share whose class is among the first five', 1, ({ accuracy }) => accuracy.top5?.value ?? null),
    leastClasses: 6,
  },
  figure(
    'mean-per-class-recall',
    'every class counts the same',
    1,
    ({ accuracy }) => accuracy.meanPerClassRecall.value,
  ),
  everyGroup('group-accuracy', 'share of right answers in the worst group', ({ accuracy }) => accuracy.byGroup),
  ratio('accuracy-ratio', 'lowest by highest accuracy of groups', ({ accuracy }) => accuracy.byGroup),
  ...ofEachScore('auroc', 'known against unknown pictures', ({ unknown }) => unknown?.auroc ?? Number.NaN).map(
    (entry) => ({ ...entry, needs: 'unknown' as const }),
  ),
  probe('counting', 'shapes counted right', ({ counting }) => counting.accuracy.value),
  probe('left-right', 'left told from right; chance is 0.5', ({ leftRight }) => leftRight.accuracy.value),
  probe('binding', 'colours put to the right shapes; chance is 0.5', ({ binding }) => binding.accuracy.value),
  probe(
    'abstract-words',
    'pictures told apart by abstract words; chance is 0.5',
    ({ abstractWords }) => abstractWords.abstract.value,
  ),
];
