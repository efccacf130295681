import type { Command } from 'commander';
import { promptsOf, toClasses } from '../classify/class-prompts.ts';
import { cachedClassifier } from '../node/cached-classifier.ts';
import { dataHash } from '../node/data-hash.ts';
import { embedLabelled, type LabelledPicture } from '../node/labelled-pictures.ts';
import { announceLongTexts } from '../node/long-texts.ts';
import { modelHash } from '../node/model-hash.ts';
import { saveProbe } from '../node/probe-file.ts';
import { assertFileWritable } from '../node/writable.ts';
import { describeProbe, jsonOfProbe } from './describe-probe.ts';
import { tellBad } from './evaluate-options.ts';
import { runFacts } from './evaluation-report.ts';
import { skippedLine, statusHelp, tellLeftOut } from './left-out.ts';
import { openClip } from './options.ts';
import { printJson } from './output.ts';
import { type ProbeData, readProbeData } from './probe-data.ts';
import { type FeatureSets, fitProbe } from './probe-fit.ts';
import { addProbeOptions, type ProbeCommand, refuseUnusedC } from './probe-options.ts';
import { withProgress } from './progress.ts';
import { readTemplateOptions, refuseUnfitPrompts } from './prompt-options.ts';

export function addProbe(program: Command): void {
  const command = program
    .command('probe')
    .summary('make a classifier from labelled pictures; the model stays as it is')
    .description(
      'Fit a linear probe to the features of labelled pictures, or keep a handful of them beside the words (Tip-Adapter), and measure it beside zero-shot classification.',
    );
  addProbeOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs probe ViT-B/32 --data photos/ --val-share 0.2 --test others/ --out probe.safetensors' +
        '\n  $ clip-tfjs probe ViT-B/32 --data photos/ --shots 4 --method tip-adapter --val some/ --out probe.safetensors' +
        '\n  $ clip-tfjs classify photo.jpg --model ViT-B/32 --probe probe.safetensors' +
        `\n\nThe classes are the labels of the data.\n${statusHelp}`,
    )
    .action(run);
}

async function run(model: string, options: ProbeCommand): Promise<void> {
  refuseUnusedC(options);
  const { json = false, out, exifRotate = false } = options;
  const templates = await readTemplateOptions({ ...options, model }, 'Cannot make a probe');
  await assertFileWritable(out);
  const data = await readProbeData(options);
  const { classes, bad } = data;
  await refuseUnfitPrompts(classes, templates, 'Cannot make a probe');
  tellBad(bad);

  const clip = await openClip({ ...options, model });
  await announceLongTexts(
    toClasses(classes, templates).flatMap((entry) => promptsOf(entry, templates)),
    clip.tokenizer,
    'prompts',
  );
  const zeroShot = await withProgress('prompts', json, (onProgress) =>
    cachedClassifier(clip, classes, { templates, truncate: true, onProgress }),
  );
  const all = Object.values(data.sets).flat();
  const placeOf = new Map(all.map(({ path, place }) => [path, place]));
  const skip = (path: string, { message: reason }: Error) => {
    bad.push({ place: placeOf.get(path) ?? path, reason: reason.includes(path) ? reason : `${path}: ${reason}` });
    console.error(skippedLine(path, reason));
  };
  const embedding = { workers: options.workers, exifRotate, skip, unit: false };
  const embedded = await withProgress('pictures', json, (onProgress) =>
    embedLabelled(clip, all, { ...embedding, onProgress }),
  );
  const fitted = await fitProbe(featureSets(data, embedded), zeroShot, clip.logitScale, options);
  await saveProbe(out, fitted.probe, clip, { exifRotate });
  const used = embedded.pictures.map(({ path, label }) => ({ path, texts: [label] }));
  const facts = runFacts({ modelHash: await modelHash(clip), dataHash: await dataHash(used) });
  clip.dispose();

  if (fitted.isConverged === false)
    console.error(
      'warning: the fit stopped at 1,000 iterations, before its end; a smaller --c, or a choice by --val-share, converges sooner',
    );
  const counts = countsOf(data, embedded.pictures);
  if (json) printJson({ ...jsonOfProbe(model, options, fitted, counts), templates, ...facts, bad });
  else console.log(describeProbe(fitted, counts));
  console.error(`wrote ${out}`);
  tellLeftOut(bad.length, json);
}

type Embedded = { pictures: LabelledPicture[]; embeddings: Float32Array[] };

/** Those that could be read, set by set. */
function featureSets({ classes, sets }: ProbeData, { pictures, embeddings }: Embedded): FeatureSets {
  const rows = new Map(pictures.map(({ path }, index) => [path, embeddings[index] as Float32Array]));
  const featuresOf = (named: readonly LabelledPicture[]) => {
    const readable = named.filter(({ path }) => rows.has(path));
    if (readable.length === 0)
      throw new Error(`Cannot make a probe: none of ${named.length} pictures could be read, see above`);
    return {
      features: readable.map(({ path }) => rows.get(path) as Float32Array),
      labels: readable.map(({ label }) => classes.indexOf(label)),
    };
  };
  const { training, validation, test } = sets;
  return {
    training: featuresOf(training),
    ...(validation && { validation: featuresOf(validation) }),
    ...(test && { test: featuresOf(test) }),
  };
}

/** How many pictures of each set were used. */
function countsOf({ sets }: ProbeData, pictures: readonly LabelledPicture[]): Record<string, number> {
  const read = new Set(pictures.map(({ path }) => path));
  return Object.fromEntries(
    Object.entries(sets).map(([name, named]) => [name, named.filter(({ path }) => read.has(path)).length]),
  );
}
