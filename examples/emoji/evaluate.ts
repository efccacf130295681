/**
 * Measures a model: how often the right label comes first, for styles that it was trained on and one that it was not.
 *
 *   npm run evaluate -- --json
 *   npm run evaluate -- --model examples/emoji/runs/mine/model --without-report
 */
import { Command } from 'commander';
import { loadClip, useBackend } from '../../src/node.ts';
import { readConcepts } from './concepts.ts';
import { evaluationTable } from './evaluation-table.ts';
import { weightsFolder } from './folders.ts';
import { evaluate, measures, measuresForChoice } from './measures.ts';

const { model, json, withoutReport } = new Command('npm run evaluate --')
  .option('--model <folder>', 'of a model, from the root of the clone', weightsFolder)
  .option('--without-report', 'leave OpenMoji alone: for comparing recipes')
  .option('--json', 'JSON instead of a table')
  .parse()
  .opts<{ model: string; json?: true; withoutReport?: true }>();
await useBackend();
using clip = await loadClip(model);
const results = await evaluate(clip, readConcepts(), withoutReport ? measuresForChoice : measures);
console.log(json ? JSON.stringify(results, null, 2) : evaluationTable(results));
