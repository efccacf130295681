import assert from 'node:assert/strict';
import { abstractWordsProbe } from '../../../src/evaluate/probes/abstract-words.ts';
import { countingProbe, judgeCounts } from '../../../src/evaluate/probes/counting.ts';
import { namingProbe } from '../../../src/evaluate/probes/naming.ts';
import type { Probe } from '../../../src/evaluate/probes/probe.ts';
import { abstractPairs, colourNames, colours, countWords, printedWords } from '../../../src/evaluate/probes/prompts.ts';
import { type Original, robustnessProbe } from '../../../src/evaluate/probes/robustness.ts';
import { drawWord, smallPrintProbe } from '../../../src/evaluate/probes/small-print.ts';
import { bindingProbe, leftRightProbe } from '../../../src/evaluate/probes/swaps.ts';
import { plainImage } from '../../../src/image/draw.ts';
import type { Image } from '../../../src/image/image.ts';
import { boxOf, codeOf, codesIn } from '../planted.ts';

const size = 200;

/** Measures as a model would whose vectors have an axis per meaning. */
async function measure<Result>(
  probe: Probe<Result>,
  see: (image: Image, index: number) => string,
  understand: (caption: string) => string,
): Promise<Result> {
  const axes: string[] = [];
  const vector = (meaning: string) => {
    if (!axes.includes(meaning)) axes.push(meaning);
    return Float32Array.from({ length: 600 }, (_, at) => (axes[at] === meaning ? 1 : 0));
  };
  const rows: Float32Array[] = [];
  for await (const image of probe.draw()) rows.push(vector(see(image, rows.length)));
  assert.equal(rows.length, probe.count);
  return probe.measure(rows, (caption) => {
    assert.ok(probe.captions.includes(caption), caption);
    return vector(understand(caption));
  });
}

/** The coloured things of a picture from left to right, each as `red square`. */
function thingsIn(image: Image): string[] {
  const codes = codesIn(image);
  return colourNames
    .flatMap((colour) => {
      const own = codeOf(colours[colour]);
      const box = boxOf(codes, image.width, (code) => code === own);
      return box ? [{ left: box.left, name: `${colour} ${shapeOf(box, image.width)}` }] : [];
    })
    .sort((one, other) => one.left - other.left)
    .map(({ name }) => name);
}

/** By the share of its box that a shape fills, and the share of it that is in the upper half. */
function shapeOf({ top, width, height, pixels }: NonNullable<ReturnType<typeof boxOf>>, columns: number): string {
  const upper = pixels.filter((pixel) => pixel / columns < top + height / 2).length;
  const [share, upperShare] = [pixels.length / (width * height), upper / pixels.length];
  const known: Record<string, readonly [number, number]> = {
    circle: [0.785, 0.5],
    square: [1, 0.5],
    triangle: [0.5, 0.25],
    star: [0.32, 0.5],
    cross: [0.551, 0.5],
    heart: [0.7, 0.65],
  };
  const distance = ([ownShare, ownUpper]: readonly [number, number]) =>
    Math.hypot(share - ownShare, upperShare - ownUpper);
  const nearest = Object.entries(known).sort((one, other) => distance(one[1]) - distance(other[1]))[0];
  return nearest?.[0] ?? 'nothing';
}

/** How many parts hang together, by edges or corners, that are not white. */
function partsIn(image: Image): number {
  const { width } = image;
  const isInk = Array.from(codesIn(image), (code) => code !== 0xffffff);
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]; // no shape touches the edge
  let parts = 0;
  for (const start of isInk.keys()) {
    if (!isInk[start]) continue;
    parts++;
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (!isInk[at]) continue;
      isInk[at] = false;
      for (const step of around) open.push(at + step);
    }
  }
  return parts;
}

describe('naming', () => {
  it('is right for who sees shapes and colours', async () => {
    const shape = await measure(
      namingProbe(size, 1),
      (image) => `a ${thingsIn(image)[0]?.split(' ')[1]}`,
      (caption) => caption,
    );
    assert.equal(shape.shape.rate, 1);
    assert.equal(shape.colour.rate, 1 / 6); // all cosines equal: the first colour
    const colour = await measure(
      namingProbe(size, 1),
      (image) => `a ${thingsIn(image)[0]?.split(' ')[0]} shape`,
      (caption) => caption,
    );
    assert.deepEqual([colour.shape.rate, colour.colour.rate], [1 / 6, 1]);
  });
});

describe('counting', () => {
  const numberOf = (caption: string) => caption.split(' ')[0] as string;

  it('is right for who counts', async () => {
    const counted = await measure(
      countingProbe(size, 1),
      (image) => countWords[partsIn(image) - 1] ?? 'many',
      numberOf,
    );
    assert.equal(counted.accuracy.rate, 1);
    assert.deepEqual(counted.meanAbsoluteError, { value: 0, low: 0, high: 0 });
  });

  it('is at chance for who always says three', async () => {
    const { accuracy, meanAbsoluteError, chance } = await measure(countingProbe(size, 1), () => 'three', numberOf);
    assert.equal(accuracy.rate, 1 / 6);
    assert.equal(meanAbsoluteError.value, 1.5); // (2 + 1 + 0 + 1 + 2 + 3) / 6
    assert.equal(chance.meanAbsoluteErrorOfOneAnswer, 1.5);
    assert.ok(Math.abs(chance.meanAbsoluteError - 35 / 18) < 1e-12);
  });

  it('adds up errors, answers and confusions', () => {
    const { accuracy, meanAbsoluteError, perCount, confusion } = judgeCounts(
      [1, 2, 3, 4, 5, 6, 1],
      [1, 2, 4, 4, 5, 2, 3],
      1,
    );
    assert.equal(accuracy.count, 4);
    assert.equal(meanAbsoluteError.value, (1 + 4 + 2) / 7);
    assert.deepEqual(perCount[0]?.meanAnswer, 2);
    assert.deepEqual(confusion[0], [1, 0, 1, 0, 0, 0]);
  });
});

for (const [name, probe, separator] of [
  ['left and right', leftRightProbe, ' left of '],
  ['attribute binding', bindingProbe, ' and '],
] as const) {
  describe(name, () => {
    const things = (caption: string) => caption.split(separator).map((thing) => thing.replace('a ', ''));
    const inOrder = (list: string[]) => (name === 'attribute binding' ? list.toSorted() : list).join();

    it('is right for who sees what is what and where', async () => {
      const { accuracy, bothRight } = await measure(
        probe(size, 1),
        (image) => inOrder(thingsIn(image)),
        (caption) => inOrder(things(caption)),
      );
      assert.deepEqual([accuracy.rate, bothRight.rate], [1, 1]);
    });

    it('is right half of the time for who sees a bag of words', async () => {
      const words = (list: string[]) =>
        list
          .flatMap((thing) => thing.split(' '))
          .sort()
          .join();
      const { accuracy, bothRight } = await measure(
        probe(size, 1),
        (image) => words(thingsIn(image)),
        (caption) => words(things(caption)),
      );
      assert.deepEqual([accuracy.rate, bothRight.rate], [0.5, 0]);
    });
  });
}

describe('abstract words', () => {
  const probe = abstractWordsProbe(64, 1);
  const perPair = probe.count / abstractPairs.length;
  const shown = (index: number) => ({ pair: abstractPairs[Math.floor(index / perPair)], side: index % 2 });

  it('tells who knows descriptions from who knows ideas', async () => {
    const see = (_: Image, index: number) => shown(index).pair?.concrete[shown(index).side] as string;
    const { concrete, abstract, gap, pairs } = await measure(probe, see, (caption) => caption);
    assert.deepEqual([concrete.rate, abstract.rate, gap.value], [1, 0.5, 0.5]);
    assert.ok(gap.low > 0.4 && gap.high < 0.6);
    assert.equal(pairs.length, abstractPairs.length);
  });

  it('draws two different pictures of each pair', () => {
    const images = [...(probe.draw() as Iterable<Image>)];
    for (let at = 0; at < images.length; at += 2) assert.notDeepEqual(images[at]?.data, images[at + 1]?.data);
  });

  it('turns the mouth alone', () => {
    const [happy, sad] = [...(probe.draw() as Iterable<Image>)];
    const changed = [...(happy?.data ?? [])].flatMap((value, at) =>
      value === sad?.data[at] ? [] : [Math.floor(at / 3 / 64)],
    );
    assert.ok(changed.length > 20 && Math.min(...changed) > 32, 'only below the middle');
  });
});

describe('small print', () => {
  it('finds the least height that is read', async () => {
    const pages = [6, 8, 10, 14, 20].flatMap((height) => Array(40).fill(height) as number[]);
    const see = (_: Image, index: number) =>
      (pages[index] ?? 0) >= 10 ? (printedWords[index % 20] as string) : 'apple';
    const result = await measure(smallPrintProbe(120, 1), see, (caption) => caption);
    assert.deepEqual(
      result.heights.map(({ pixels, read }) => [pixels, read.rate]),
      [
        [6, 0.05],
        [8, 0.05],
        [10, 1],
        [14, 1],
        [20, 1],
      ],
    );
    assert.equal(result.smallestRead, 10);
    assert.equal(result.heights[0]?.meanRank, (1 + 19 * 11) / 20); // 'apple' first, the others share places 2 to 20
  });

  it('writes the word within the page', () => {
    for (const seed of [1, 2, 3]) {
      const page = drawWord(64, { word: 'apple', height: 14, seed });
      const box = boxOf(codesIn(page), 64, (code) => code === codeOf(colours.black));
      assert.deepEqual([box?.width, box?.height], [58, 14]); // 29 cells of 2, 7 cells of 2
    }
  });
});

describe('robustness', () => {
  const [cat, dog] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  const originals: Original[] = [
    { image: plainImage(4, 4, [9, 9, 9]), row: cat, answer: 0, label: 0 },
    { image: plainImage(4, 4, [9, 9, 9]), row: dog, answer: 1, label: 0 },
    { image: plainImage(4, 4, [9, 9, 9]), row: dog, answer: 1 },
  ];

  it('compares answers with those before, and with labels where there are some', async () => {
    const asked: number[] = [];
    const degrade = (image: Image, level: number) => {
      asked.push(level);
      return image;
    };
    const probe = robustnessProbe(originals, [50, 10], degrade, [cat, dog]);
    for await (const image of probe.draw()) assert.equal(image.width, 4);
    assert.deepEqual(asked, [50, 50, 50, 10, 10, 10]);
    const { accuracy, levels } = probe.measure([cat, dog, dog, cat, cat, cat], () => cat);
    assert.deepEqual([accuracy?.count, accuracy?.n], [1, 2]);
    assert.deepEqual(
      levels.map(({ level, flipped, accuracy, meanCosine }) => [level, flipped.count, accuracy?.count, meanCosine]),
      [
        [50, 0, 1, 1],
        [10, 2, 2, 1 / 3],
      ],
    );
  });
});

describe('every drawing', () => {
  it('depends on the seed alone', () => {
    for (const make of [
      namingProbe,
      countingProbe,
      leftRightProbe,
      bindingProbe,
      abstractWordsProbe,
      smallPrintProbe,
    ]) {
      const [one, same, other] = [make(32, 1), make(32, 1), make(32, 2)].map((probe) => [
        ...(probe.draw() as Iterable<Image>),
      ]);
      assert.deepEqual(one, same);
      if (one && one.length > 0) assert.notDeepEqual(one, other, make.name);
    }
  });
});
