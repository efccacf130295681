/**
 * Teaches a run's model the words of the dictionary again, as `npm start` does at its end:
 *
 *   npm run words -- --run mine
 */
import { Command } from 'commander';
import { useBackend } from '../../src/node.ts';
import { evaluationTable } from './evaluation-table.ts';
import { recipe } from './recipe.ts';
import { runFolder } from './run-folder.ts';
import { teachWords } from './teaching-run.ts';

const { run } = new Command('npm run words --')
  .description("Teaches a run's model the words of the dictionary")
  .option('--run <name>', 'name of the folder in examples/emoji/runs', 'emoji-clip')
  .parse()
  .opts<{ run: string }>();
await useBackend();
console.log(evaluationTable(await teachWords(runFolder(run), recipe)));
