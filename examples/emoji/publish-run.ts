/**
 * Publishes a run's model as `npm start` does at its end, e.g. that of the best of several trials:
 *
 *   npm run publish-run -- --run mine
 */
import { Command } from 'commander';
import { useBackend } from '../../src/node.ts';
import { publish } from './publish.ts';
import { runFolder } from './run-folder.ts';

const { run } = new Command('npm run publish-run --')
  .option('--run <name>', 'name of the folder in examples/emoji/runs', 'emoji-clip')
  .parse()
  .opts<{ run: string }>();
await useBackend();
await publish(runFolder(run));
