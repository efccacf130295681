/**
 * Trains emoji-clip from nothing, or goes on where it was stopped:
 *
 *   npm start                                       the whole recipe, then the model and its card into weights/emoji-clip
 *   npm start -- --trial --run mine --minutes 45    to compare recipes: publishes nothing, and does not look at OpenMoji
 */
import { cpus } from 'node:os';
import { Command } from 'commander';
import type { BackendName } from '../../src/backend.ts';
import { useBackend } from '../../src/node.ts';
import { evaluationTable } from './evaluation-table.ts';
import { prepareIngredients } from './ingredients.ts';
import { publish } from './publish.ts';
import { type Recipe, recipe as wholeRecipe } from './recipe.ts';
import { type RunFolder, runFolder, type Settings } from './run-folder.ts';
import { teachWords } from './teaching-run.ts';
import { millisecondsPerStep, train } from './training-run.ts';

type Options = {
  run: string;
  trial?: true;
  smoke?: true;
  steps?: number;
  minutes?: number;
  backend?: BackendName;
  threads?: number;
  saveEvery: number;
  evaluateEvery: number;
};

const options = new Command('npm start --')
  .description('Trains emoji-clip, or goes on where it was stopped')
  .option('--run <name>', 'name of the folder in examples/emoji/runs', 'emoji-clip')
  .option('--trial', 'publish nothing and leave OpenMoji alone: for comparing recipes')
  .option('--steps <number>', 'steps in all, other than the recipe says', Number)
  .option('--minutes <number>', 'as many steps as fit, by a measurement of ten', Number)
  .option('--backend <name>', 'tensorflow, wasm or cpu; the best one by default')
  .option('--threads <number>', 'processors that tensorflow uses', Number)
  .option('--save-every <minutes>', 'how often the run is saved', Number, 3)
  .option('--evaluate-every <minutes>', 'how often it is evaluated on the way', Number, 15)
  .option('--smoke', 'a few steps on a few drawings, to see that all parts work')
  .parse()
  .opts<Options>();

const recipe: Recipe = structuredClone(wholeRecipe);
if (options.smoke) {
  Object.assign(recipe.training, { steps: 8, batch: 32, warmup: 2 });
  recipe.sampling.later.from = 4;
  Object.assign(recipe.words, { steps: 4, batch: 32, warmup: 1 });
}
const every = options.smoke ? 24 : 1; // which concepts have drawings
const folder = runFolder(options.smoke ? 'smoke' : options.run);
if (options.smoke) await folder.remove();

const backend = await useBackend(options.backend, options.threads ? { threads: options.threads } : {});
const ingredients = await prepareIngredients(recipe, every);
const settings = (await settingsOfBefore(folder)) ?? (await begin(folder));
console.error(`Training on ${backend}: ${settings.recipe.training.steps} steps, in ${folder.folder}`);
const { results, isStopped } = await train(folder, settings, ingredients, options);
if (isStopped) {
  console.error('Stopped; the same command goes on');
  process.exitCode = 130;
} else {
  console.error(evaluationTable(results));
  console.log(evaluationTable(await teachWords(folder, settings.recipe, every)));
  if (!options.trial && !options.smoke) await publish(folder);
}

/** @throws Error where the recipe is another one now */
async function settingsOfBefore({ folder, settings }: RunFolder): Promise<Settings | undefined> {
  const before = await settings();
  if (!before) return undefined;
  recipe.training.steps = before.recipe.training.steps;
  if (JSON.stringify(before.recipe) === JSON.stringify(recipe)) return before;
  throw new Error(`Cannot go on with ${folder}: the recipe has changed since; name another --run`);
}

async function begin(folder: RunFolder): Promise<Settings> {
  if (options.steps) recipe.training.steps = options.steps;
  else if (options.minutes)
    recipe.training.steps = Math.round((options.minutes * 60_000) / (await millisecondsPerStep(ingredients)));
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  const settings = { recipe, every, backend, machine, began: new Date().toISOString() };
  await folder.begin(settings);
  return settings;
}
