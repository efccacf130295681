import {
  figure,
  type GateFigure,
  gap,
  harmRates,
  probe,
  ratio,
  scoreOf,
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
  ...[1, 5, 10].map((at) =>
    gap(`recall@${at}`, `share whose class is among the first ${at}`, ({ retrieval }) =>
      retrieval.recall.filter((entry) => entry.at === at).flatMap(({ imageToText }) => imageToText),
    ),
  ),
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
  {
    ...figure('fpr95', 'false accepts at 95 % coverage, by the best score', 1, ({ rejection }) =>
      Math.min(...rejection.scores.map(({ unknown }) => unknown?.fpr95 ?? Number.NaN)),
    ),
    needs: 'unknown',
  },
  figure('aurc', 'area under the risk-coverage curve of the highest probability', 1, ({ rejection }) =>
    scoreOf(rejection, 'mcm', ({ aurc }) => aurc),
  ),
  figure('template-std', 'standard deviation of accuracy over templates', 1, ({ prompts }) => prompts.std),
  figure('template-range', 'highest less lowest accuracy over templates', 1, ({ prompts }) => prompts.range),
  figure('template-flips', 'share whose answer depends on the template', 1, ({ prompts }) => prompts.flipRate.value),
  typographic('typographic-flips', "share whose answer changes where another class's name stands on it", 'flipped'),
  typographic('typographic-hits', 'share that is taken for the class whose name stands on it', 'written'),
];

/** Higher is better. */
export const minFigures: readonly GateFigure[] = [
  figure('accuracy', 'share of right answers', 1, ({ accuracy }) => accuracy.accuracy.value),
  figure('top5', 'share whose class is among the first five', 1, ({ accuracy }) => accuracy.top5.value),
  figure(
    'mean-per-class-recall',
    'every class counts the same',
    1,
    ({ accuracy }) => accuracy.meanPerClassRecall.value,
  ),
  {
    name: 'group-accuracy',
    meaning: 'share of right answers in the worst group',
    most: 1,
    needs: 'groups',
    read: ({ accuracy }) =>
      accuracy.byGroup.flatMap(({ attribute, groups }) =>
        groups
          .filter(({ insufficient }) => !insufficient)
          .map(({ group, rate }) => ({ value: rate.value, of: `${attribute} ${group}` })),
      ),
  },
  ratio('accuracy-ratio', 'lowest by highest accuracy of groups', ({ accuracy }) => accuracy.byGroup),
  {
    ...figure('auroc', 'known against unknown pictures, by the best score', 1, ({ rejection }) =>
      Math.max(...rejection.scores.map(({ unknown }) => unknown?.auroc ?? Number.NaN)),
    ),
    needs: 'unknown',
  },
  probe('counting', 'shapes counted right', ({ counting }) => counting.accuracy.rate),
  probe('left-right', 'left told from right; chance is 0.5', ({ leftRight }) => leftRight.accuracy.rate),
  probe('binding', 'colours put to the right shapes; chance is 0.5', ({ binding }) => binding.accuracy.rate),
  probe(
    'abstract-words',
    'pictures told apart by abstract words; chance is 0.5',
    ({ abstractWords }) => abstractWords.abstract.rate,
  ),
];
