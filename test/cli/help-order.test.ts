import assert from 'node:assert/strict';
import { Command } from 'commander';
import { addFinetune } from '../../src/cli/finetune.ts';
import { addPairs } from '../../src/cli/pairs.ts';
import { addProbe } from '../../src/cli/probe.ts';
import { addTrain } from '../../src/cli/train.ts';

function optionsOf(add: (program: Command) => void): string[] {
  const program = new Command();
  add(program);
  return program.commands[0]?.options.map(({ long }) => long ?? '') ?? [];
}

describe("the order of a command's help", () => {
  it('has data first, then what is trained, and the machine last', () => {
    const wanted: [(program: Command) => void, string[]][] = [
      [addFinetune, ['--data', '--epochs', '--mode', '--guard', '--config', '--activation', '--backend', '--json']],
      [addTrain, ['--config', '--data', '--epochs', '--backend', '--json']],
      [addProbe, ['--data', '--method', '--template', '--activation', '--backend', '--json']],
    ];
    for (const [add, order] of wanted) {
      const names = optionsOf(add);
      assert.deepEqual(
        names.filter((name) => order.includes(name)),
        order,
      );
      assert.equal(names.at(-1), '--json');
    }
  });

  it('names every kind of data that pairs check reads', () => {
    const program = new Command();
    addPairs(program);
    const help = program.commands[0]?.commands[0]?.helpInformation() ?? '';
    assert.match(help.replace(/\s+/g, ' '), /a table, lines of JSON, WebDataset shards, or a folder/);
  });
});
