import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFilesAtomically } from '../../src/node/files.ts';
import { loadClip } from '../../src/node.ts';
import { parameterCount } from '../../src/parameters.ts';
import { heldOutSeed, readConcepts } from './concepts.ts';
import { curves } from './curve.ts';
import { readDrawings } from './drawings.ts';
import { evaluationTable } from './evaluation-table.ts';
import { weightsFolder } from './folders.ts';
import type { Result } from './measures.ts';
import { templates } from './recipe.ts';
import type { RunFolder, Settings } from './run-folder.ts';
import { type Style, styles } from './styles.ts';

/** Writes the model card, README.md and curves.svg, beside the weights: every figure is from the run or the evaluation. */
export async function writeCard(folder: RunFolder, results: readonly Result[]): Promise<void> {
  const settings = await folder.settings();
  const log = await folder.readLog();
  if (!settings || log.length === 0)
    throw new Error(`Cannot write the card: expected a run in ${folder.folder} but found none`);
  const text = [
    await head(results),
    results.length > 0 ? `## How good it is\n\n${evaluationTable(results)}\n\n${aboutEvaluation}` : '',
    await training(settings, log),
    await data(settings.every),
    limits,
    await licences(),
  ].join('\n\n');
  const picture = curves(log, await folder.readEvaluations());
  await writeFilesAtomically(weightsFolder, [
    ['README.md', `${text}\n`],
    ['curves.svg', picture],
  ]);
}

async function head(results: readonly Result[]): Promise<string> {
  using clip = await loadClip(weightsFolder);
  const { vision, text, embedDim } = clip.config;
  if (vision?.kind !== 'vit' || !text) throw new Error('Cannot write the card: expected a model of two Transformers');
  const { size } = await stat(join(weightsFolder, 'model.safetensors'));
  const best = results.find(({ style }) => style === 'openmoji');
  const unseen = best
    ? ` Of drawings in a style that it never saw, it names ${percent(best.top1)} right at first and ${percent(best.top5)} among its first five of ${best.labels} names.`
    : '';
  return `# emoji-clip

A small CLIP for drawings, trained from nothing by [examples/emoji](../../examples/emoji/README.md) in this repository: ${(parameterCount(clip.config) / 1e6).toFixed(2)} million
parameters, ${(size / 1e6).toFixed(2)} MB. It knows the things that have an emoji, and English words for them. It knows nothing of photographs.${unseen}

| tower | input | patch or vocabulary | width | layers | heads | embedding |
| --- | --- | --- | --- | --- | --- | --- |
| pictures | ${vision.imageSize} x ${vision.imageSize} pixels, on white | ${vision.patchSize} x ${vision.patchSize} | ${vision.width} | ${vision.layers} | ${vision.heads} | ${embedDim} |
| words | ${text.contextLength} tokens | ${text.vocabSize} tokens, learned from the captions | ${text.width} | ${text.layers} | ${text.heads} | ${embedDim} |

Hugging Face's layout, F16; a transparent background is taken as white.`;
}

const aboutEvaluation = `Zero-shot: each label is the mean of ${templates.length} prompts (${templates.map((template) => `\`${template}\``).join(', ')}), each drawing is ranked
by its cosine with the labels. "Trained" are the concepts that training showed (in these drawings too: it is a test of recall, not of
generalisation); the held-out ones it saw in no style, and what a word means that no caption had ("phoenix", "stethoscope") it cannot know. OpenMoji took no part in training, nor in choosing among recipes, which was done
by the other rows. The middle column is a reference of the same size in PyTorch, trained on five of these styles in 2,000 steps.`;

async function training(
  { recipe, backend, machine, began }: Settings,
  log: Awaited<ReturnType<RunFolder['readLog']>>,
): Promise<string> {
  const last = log.at(-1)!;
  const tail = log.slice(-100);
  const loss = tail.reduce((sum, line) => sum + line.loss, 0) / tail.length;
  const pairs = last.step * recipe.training.batch;
  const sections = Object.entries(recipe).map(([name, choices]) => `${name}: ${JSON.stringify(choices)}`);
  return `## How it was trained

Begun ${began.slice(0, 10)} on \`${backend}\`, ${machine}: ${last.step} steps of ${recipe.training.batch} pairs in ${(last.seconds / 3600).toFixed(1)} hours
(${(pairs / last.seconds).toFixed(0)} pairs/s). Loss of the first step ${log[0]!.loss.toFixed(2)}, mean of the last ${tail.length} steps ${loss.toFixed(2)}; at the end cosines are multiplied by
${last.logitScale.toFixed(1)}. ${last.skipped} steps were skipped for gradients that were not finite. The weights are the moving average.

![Loss and accuracy over the steps](curves.svg)

AdamW, cosine after a warm-up, gradients clipped to norm 1, symmetric InfoNCE with soft targets for pairs of one concept. Each drawing is
turned, scaled, sheared, shifted, recoloured, sometimes outlined or reduced to lines, and laid on a background; never mirrored. From step ${recipe.sampling.later.from}
on, ${percent(recipe.sampling.later.captions.kind)} of the captions name a kind of things ("something to drink"), and ${recipe.sampling.later.nothingPerBatch} pictures of a batch show nothing (noise, stripes, plain colours). All choices
(\`examples/emoji/recipe.ts\`), seed ${recipe.seed}:

\`\`\`text
${sections.join('\n')}
\`\`\``;
}

async function data(every: number): Promise<string> {
  const concepts = readConcepts();
  const heldOut = concepts.filter(({ isHeldOut }) => isHeldOut).length;
  const flags = concepts.filter(({ isFlag }) => isFlag).length;
  const rows: string[] = [];
  for (const style of styles) {
    const set = await readDrawings(style, concepts, every);
    const trained = [...set.concepts].filter((concept) => !concepts[concept]?.isHeldOut).length;
    const used = { training: `${trained} trained on`, choice: 'for choosing', report: 'for this report' }[style.use];
    rows.push(`| ${style.name} | ${set.concepts.length} | ${used} |`);
  }
  return `## What it was trained on

Words: labels and tags of ${concepts.length} concepts (emojibase, English), ${flags} of them flags. Skin tones are no concepts of their own: of each drawing
the default tone is taken. ${heldOut} concepts, drawn by seed ${heldOutSeed} before the first training, are held out in every style
(\`examples/emoji/held-out.json\`), from the vocabulary too.

| style | drawings | use |
| --- | --- | --- |
${rows.join('\n')}`;
}

const limits = `## Limits

- It always answers, and it knows about two thousand things. Put \`nothing\`, \`noise\`, \`a blank picture\`, \`a texture\` beside your labels, and
  use a threshold on the cosine, chosen on your own pictures. It takes stripes for forks and circles for things that are round.
- A kind of things ("something to drink") finds some of them first, and others far down.
- Drawings of one thing on a plain ground only: no photographs, no scenes, no text in pictures.
- What differs by a detail (who of two people is the woman, which way someone walks, the hour on a clock) is often confused.
- Words that no caption had are pieces of letters to it. Its English is that of emoji labels; it knows no other language.
- Emoji carry their makers' choices of who does what and what is normal; the model learned them.`;

async function licences(): Promise<string> {
  const line = ({ name, author, licence, link, package: source, use }: Style) =>
    `| ${name} | ${author} | ${licence} | [${source}](https://www.npmjs.com/package/${source}), [origin](${link}) | ${use} |`;
  return `## Licences

The weights are published under this repository's licence (MIT). No drawing is part of them. They were computed from these works, which
were rasterised and altered (see above); CC-BY asks whoever passes drawings on to name their authors.

| style | author | licence | source | use |
| --- | --- | --- | --- | --- |
${styles.map(line).join('\n')}
| words | Miles Johnson and contributors; Unicode CLDR | MIT | [emojibase-data](https://www.npmjs.com/package/emojibase-data) | training |`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
