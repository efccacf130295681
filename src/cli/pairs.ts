import type { Command } from 'commander';
import { addPairsCheck } from './pairs-check.ts';

export function addPairs(program: Command): void {
  addPairsCheck(program.command('pairs').summary('look over the pictures and captions that a model is trained on'));
}
