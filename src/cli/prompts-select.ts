import { classPlaces } from '../classify/class-prompts.ts';
import { buildPromptEnsemble, classifierOf, type PromptEnsemble } from '../classify/prompt-ensemble.ts';
import { rank } from '../classify/rank.ts';
import { selectTemplates } from '../classify/select-templates.ts';
import { findTemplateSet } from '../classify/template-sets.ts';
import type { Clip } from '../clip.ts';
import { type Interval, wilsonInterval } from '../evaluate/intervals.ts';
import { percent } from '../evaluate/percent.ts';
import { availableMemory } from '../node/available-memory.ts';
import { intervalText } from '../node/evaluation-sections.ts';
import { writeFileAtomically } from '../node/files.ts';
import { embedLabelled, type LabelledPicture, readLabelledPictures } from '../node/labelled-pictures.ts';
import { assertFileWritable } from '../node/writable.ts';
import { permutation } from '../random.ts';
import { labelsOf, refuseUnfitLabels } from './evaluate-labels.ts';
import { type ModelOptions, openClip } from './options.ts';
import { printJson, table } from './output.ts';
import { withProgress } from './progress.ts';
import {
  type ClassOptions,
  readClassesFile,
  readTemplateOptions,
  refuseUnfitPrompts,
  type TemplateOptions,
} from './prompt-options.ts';
import { asUsage, UsageError } from './usage.ts';

type SelectCommand = ModelOptions &
  TemplateOptions &
  Pick<ClassOptions, 'classesFile'> & {
    imageColumn: string;
    labelColumn: string;
    out?: string;
    workers: number | 'auto';
    exifRotate?: boolean;
  };

type Picture = { embedding: Float32Array; label: number };

/** An ensemble's accuracy on pictures that did not choose it. */
type Measured = {
  name: string;
  templates: number;
  right: number;
  pictures: number;
  accuracy: number;
  interval: Interval;
};

const action = 'Cannot select templates';

export async function selectOnPictures(data: string, options: SelectCommand): Promise<void> {
  const templates = await readTemplateOptions(options, action, findTemplateSet('openai-80').templates);
  if (templates.length < 2) throw new UsageError(`${action}: expected at least two to choose from but got one`);
  const { pictures, bad } = await asUsage(() => readLabelledPictures(data, options));
  for (const { place, reason } of bad) console.error(`skipped ${place}: ${reason}`);
  const classes = options.classesFile === undefined ? labelsOf(pictures) : await readClassesFile(options.classesFile);
  await refuseUnfitPrompts(classes, templates, action);
  await refuseUnfitLabels(pictures, classes, action);
  refuseUnfitSize(pictures.length, classes.length, templates.length);
  if (options.out !== undefined) await assertFileWritable(options.out);
  const clip = await openClip(options);
  const ensemble = await withProgress('prompts', options.json, (onProgress) =>
    buildPromptEnsemble(clip, classes, { templates, onProgress }),
  );
  const samples = await embed(clip, pictures, classPlaces(classes), options);
  clip.dispose();
  const [choosing, measuring] = drawn(samples);
  const selection = selectTemplates(
    ensemble,
    choosing.map(({ embedding }) => embedding),
    choosing.map(({ label }) => label),
  );
  if (options.out !== undefined) await writeFileAtomically(options.out, `${selection.templates.join('\n')}\n`);
  const chosen = selection.templates.map((template) => templates.indexOf(template));
  const measured = [
    measure('the chosen', ensemble, chosen, measuring),
    measure('all', ensemble, [...templates.keys()], measuring),
  ];
  if (options.json) return printJson({ model: options.model, data, pictures: choosing.length, ...selection, measured });
  const steps = selection.templates.map((template, step) => [
    `  ${percent(selection.accuracies[step] as number, 1)}`,
    template,
  ]);
  console.log(`chosen on ${choosing.length} pictures from ${templates.length} templates, with the accuracy so far:`);
  console.log(table(steps));
  console.log(`\non ${measuring.length} other pictures, with the 95 % interval:`);
  const rows = measured.map(({ name, templates: count, accuracy, interval }) => [
    `  ${name}`,
    `${count}`,
    percent(accuracy, 1),
    intervalText(interval),
  ]);
  console.log(table(rows));
}

async function embed(
  clip: Clip,
  pictures: readonly LabelledPicture[],
  places: ReadonlyMap<string, number>,
  { workers, exifRotate = false, json }: SelectCommand,
): Promise<Picture[]> {
  const skip = (path: string, { message }: Error) => console.error(`skipped ${path}: ${message}`);
  const embedded = await withProgress('pictures', json, (onProgress) =>
    embedLabelled(clip, pictures, { workers, exifRotate, skip, onProgress }),
  );
  const samples = embedded.pictures.map(({ label }, index) => ({
    embedding: embedded.embeddings[index] as Float32Array,
    label: places.get(label) as number,
  }));
  if (samples.length < 3)
    throw new Error(`${action}: expected at least 3 pictures that can be read but got ${samples.length}`);
  return samples;
}

/** Two thirds to choose, one third to measure, in an order that is the same each time. */
function drawn(samples: readonly Picture[]): [choosing: Picture[], measuring: Picture[]] {
  const shuffled = [...permutation(samples.length, 0)].map((index) => samples[index] as Picture);
  const split = Math.ceil((2 * samples.length) / 3);
  return [shuffled.slice(0, split), shuffled.slice(split)];
}

function measure(
  name: string,
  ensemble: PromptEnsemble,
  chosen: readonly number[],
  pictures: readonly Picture[],
): Measured {
  const classifier = classifierOf(ensemble, chosen);
  const isRight = ({ embedding, label }: Picture) =>
    rank(embedding, classifier, 1, -1).best?.label === classifier.classNames[label];
  const right = pictures.filter(isRight).length;
  const count = pictures.length;
  return {
    ...{ name, templates: chosen.length, right, pictures: count },
    accuracy: right / count,
    interval: wilsonInterval(right, count),
  };
}

/** What could not be chosen on, before a model is loaded. */
function refuseUnfitSize(pictures: number, classes: number, templates: number): void {
  if (pictures < 3) throw new UsageError(`${action}: expected at least 3 pictures but got ${pictures}`);
  const bytes = 4 * templates * pictures * classes;
  if (bytes > availableMemory())
    throw new UsageError(
      `${action}: ${templates} templates, ${pictures} pictures and ${classes} labels take ${(bytes / 2 ** 30).toFixed(1)} GiB of memory, more than there is; use fewer pictures`,
    );
}
