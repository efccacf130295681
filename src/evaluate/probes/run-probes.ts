import type { Clip } from '../../clip.ts';
import { type EmbedOptions, embedImages } from '../../embed.ts';
import type { Image } from '../../image/image.ts';
import { resize } from '../../image/resize.ts';
import { sampleSeed } from '../../random.ts';
import { type AbstractWordsResult, abstractWordsProbe } from './abstract-words.ts';
import { choose } from './choose.ts';
import { type CountingResult, countingProbe } from './counting.ts';
import { generatedPictures, givenPictures, type ProbePicture } from './given-pictures.ts';
import { type NamingResult, namingProbe } from './naming.ts';
import type { Probe } from './probe.ts';
import { type RobustnessResult, robustnessProbe } from './robustness.ts';
import { cutCaptions, runProbe } from './run-probe.ts';
import { type SmallPrintResult, smallPrintProbe } from './small-print.ts';
import { bindingProbe, leftRightProbe, type SwapResult } from './swaps.ts';
import { type TypographicResult, typographicProbe } from './typographic.ts';

export type ProbeOptions = EmbedOptions & {
  /** What is altered in the probes that alter pictures; without them shapes are drawn. All are used: give a hundred or so. */
  pictures?: Iterable<ProbePicture> | AsyncIterable<ProbePicture>;
  /** Among these the model answers on the given pictures; required with them, refused without. */
  classNames?: readonly string[];
  templates?: readonly string[];
  /** The same seed gives the same drawings, words and intervals. */
  seed: number;
  /** Compresses a picture of mode RGB at a quality of 1 to 100 and reads it again; without it there is no JPEG probe. */
  recompress?: (image: Image, quality: number) => Promise<Image>;
};

/** Plain JSON. A probe that could not be run is null. */
export type ProbeResults = {
  seed: number;
  /** Side of the model's input, in pixels. */
  size: number;
  pictures: { source: 'given' | 'generated'; n: number; classes: number };
  naming: NamingResult;
  counting: CountingResult;
  leftRight: SwapResult;
  binding: SwapResult;
  abstractWords: AbstractWordsResult;
  smallPrint: SmallPrintResult;
  /** null where no class name can be written. */
  typographic: TypographicResult | null;
  /** Shrunk to `level` pixels a side, and enlarged again by preprocessing. */
  resolution: RobustnessResult;
  /** Compressed at quality `level`, at the size of the model's input; null without `recompress`. */
  jpeg: RobustnessResult | null;
  /** Captions that were longer than the model's context and were cut: their probes ask less than they should. */
  cutCaptions: string[];
};

/** As in the pixelate and JPEG parts of ImageNet-C (Hendrycks and Dietterich 2019), what the model sees is made worse. */
const sides = [224, 112, 64, 32, 16, 8];
const qualities = [90, 75, 50, 30, 20, 10];

/**
 * Shows a model pictures that the probes draw or alter, and measures how often it answers wrong: typographic attack, small
 * print, counting, left and right, attribute binding, abstract words, resolution and JPEG quality. It leaves no tensor behind.
 * @throws RangeError on pictures without class names or the reverse, on a label that is no class
 */
export async function runProbes(
  clip: Clip,
  { pictures, classNames, templates, seed, recompress, onProgress, ...options }: ProbeOptions,
): Promise<ProbeResults> {
  assertOptions(seed, !!pictures, classNames);
  const { size, interpolation } = clip.config.preprocess;
  const set =
    pictures && classNames
      ? await givenPictures(clip, pictures, classNames, templates)
      : await generatedPictures(clip, sampleSeed(seed, 0));
  const { directions } = set;
  const rows = await embedImages(
    clip,
    set.pictures.map(({ image }) => image),
    options,
  );
  const originals = set.pictures.map((picture, index) => {
    const row = rows[index] as Float32Array;
    return { ...picture, row, answer: choose(row, directions) };
  });

  const shrink = (image: Image, side: number) => resize(image, side, side, interpolation);
  const smaller = sides.filter((side) => side < size);
  const captioned = {
    naming: namingProbe(size, sampleSeed(seed, 1)),
    counting: countingProbe(size, sampleSeed(seed, 2)),
    leftRight: leftRightProbe(size, sampleSeed(seed, 3)),
    binding: bindingProbe(size, sampleSeed(seed, 4)),
    abstractWords: abstractWordsProbe(size, sampleSeed(seed, 5)),
    smallPrint: smallPrintProbe(size, sampleSeed(seed, 6)),
  };
  const altering = {
    typographic: typographicProbe(originals, set.classNames, directions, sampleSeed(seed, 7)),
    resolution: robustnessProbe(originals, smaller, shrink, directions),
    jpeg: recompress && robustnessProbe(originals, qualities, recompress, directions),
  };
  const probes = [...Object.values(captioned), ...Object.values(altering)];
  const total = probes.reduce((sum, probe) => sum + (probe?.count ?? 0), 0);
  let finished = 0;
  const run = async <Result>(probe: Probe<Result>) => {
    const before = finished;
    const progress = (done: number) => onProgress?.(before + done, total);
    const result = await runProbe(clip, probe, { ...options, onProgress: progress });
    finished += probe.count;
    return result;
  };
  const runOrNull = <Result>(probe: Probe<Result> | undefined) => (probe ? run(probe) : null);
  return {
    seed,
    size,
    pictures: {
      source: pictures ? 'given' : 'generated',
      n: originals.length,
      classes: set.classNames.length,
    },
    naming: await run(captioned.naming),
    counting: await run(captioned.counting),
    leftRight: await run(captioned.leftRight),
    binding: await run(captioned.binding),
    abstractWords: await run(captioned.abstractWords),
    smallPrint: await run(captioned.smallPrint),
    typographic: await runOrNull(altering.typographic),
    resolution: await run(altering.resolution),
    jpeg: await runOrNull(altering.jpeg),
    cutCaptions: Object.values(captioned).flatMap((probe) => cutCaptions(clip, probe)),
  };
}

/** Before any model work. */
function assertOptions(seed: number, hasPictures: boolean, classNames: readonly string[] | undefined): void {
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`Cannot probe: expected seed to be a whole number but got ${seed}`);
  if (hasPictures && !classNames) {
    throw new RangeError(
      'Cannot probe: pictures were given but no class names; give those among which the model chooses',
    );
  }
  if (hasPictures && classNames && classNames.length < 2) {
    throw new RangeError(`Cannot probe: expected two class names or more but got ${classNames.length}`);
  }
  if (!hasPictures && classNames) {
    throw new RangeError('Cannot probe: class names were given but no pictures; give both or neither');
  }
}
