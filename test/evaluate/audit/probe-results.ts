import { rateOf } from '../../../src/evaluate/probes/rate.ts';
import type { ProbeResults } from '../../../src/evaluate/probes/run-probes.ts';

/** What the generated probes of a model could say that reads what is written on a picture in `hits` of 20 cases. */
export function probeResults(hits = 1): ProbeResults {
  const half = rateOf(10, 20);
  const swap = { n: 20, accuracy: half, bothRight: rateOf(4, 10), chance: { accuracy: 0.5, bothRight: 0.25 } };
  const overlay = {
    height: 1 / 6,
    contrast: 1,
    n: 20,
    pixels: 24,
    control: { flipped: rateOf(1, 20), written: rateOf(0, 20) },
  };
  return {
    seed: 3,
    size: 224,
    pictures: { source: 'given', n: 20, classes: 4 },
    naming: { n: 20, shape: rateOf(18, 20), colour: rateOf(19, 20), chance: { shape: 1 / 6, colour: 1 / 6 } },
    counting: {
      n: 20,
      accuracy: rateOf(5, 20),
      meanAbsoluteError: { value: 1.5, low: 1.1, high: 1.9 },
      chance: { accuracy: 1 / 6, meanAbsoluteError: 35 / 18, meanAbsoluteErrorOfOneAnswer: 1.5 },
      perCount: [{ count: 1, right: half, meanAnswer: 1.5 }],
      confusion: [[20]],
    },
    leftRight: swap,
    binding: swap,
    abstractWords: {
      n: 20,
      concrete: half,
      abstract: half,
      gap: { value: 0, low: -0.2, high: 0.2 },
      chance: 0.5,
      pairs: [
        { name: 'mood', concreteCaptions: ['a', 'b'], abstractCaptions: ['c', 'd'], concrete: half, abstract: half },
      ],
    },
    smallPrint: {
      words: 20,
      chance: 0.05,
      heights: [{ pixels: 6, share: 0.1, n: 20, read: rateOf(2, 20), meanRank: 9 }],
      smallestRead: null,
    },
    typographic: {
      n: 20,
      overlays: [
        { ...overlay, position: 'bottom', flipped: rateOf(hits, 20), written: rateOf(hits, 20) },
        { ...overlay, position: 'top', flipped: rateOf(1, 20), written: rateOf(0, 20) },
      ],
      smallestHeight: null,
      unwritable: [],
    },
    resolution: {
      n: 20,
      accuracy: half,
      levels: [{ level: 8, n: 20, flipped: half, accuracy: half, meanCosine: 0.8 }],
    },
    jpeg: { n: 20, accuracy: half, levels: [{ level: 10, n: 20, flipped: half, accuracy: half, meanCosine: 0.9 }] },
    cutCaptions: [],
  };
}
