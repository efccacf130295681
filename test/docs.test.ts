import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const built = {
  'clip-tfjs/node': 'build/src/node.js',
  'clip-tfjs/safetensors': 'build/src/weights/safetensors.js',
};

/** Runs each ```js block that a ```text block with its output follows. */
describe('the documents', () => {
  const directory = mkdtempSync(join(tmpdir(), 'clip-tfjs-'));
  after(() => rmSync(directory, { recursive: true }));

  for (const path of ['README.md']) {
    const blocks = [...readFileSync(path, 'utf8').matchAll(/```js\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)];
    it(`${path} has an example with its output`, () => assert.ok(blocks.length > 0));
    for (const [index, [, code = '', output = '']] of blocks.entries()) {
      it(`${path}, example ${index + 1} prints what it says`, () => {
        const script = Object.entries(built).reduce(
          (text, [name, file]) => text.replaceAll(`'${name}'`, `'${pathToFileURL(file).href}'`),
          code,
        );
        const file = join(directory, 'example.mjs');
        writeFileSync(file, script);
        assert.equal(
          execFileSync(process.execPath, [file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
          output,
        );
      });
    }
  }

  it('name files that exist', () => {
    const listed = readdirSync('.', { recursive: true, encoding: 'utf8' }).filter(
      (path) => !path.startsWith('node_modules'),
    );
    for (const path of [
      'README.md',
      'CONTRIBUTING.md',
      'docs/audit.md',
      'docs/backends.md',
      'docs/evaluate.md',
      'docs/forgetting.md',
      'docs/hub.md',
      'docs/i-dont-know.md',
      'docs/index-store.md',
      'docs/operator-traps.md',
      'docs/pairs-check.md',
      'docs/parity.md',
      'docs/probe.md',
      'docs/probes.md',
      'docs/prompts.md',
      'docs/serve.md',
      'docs/shapes.md',
      'docs/safetensors.md',
      'docs/search.md',
      'docs/search-page.md',
      'docs/training.md',
      'docs/workers.md',
      'weights/README.md',
    ]) {
      for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(
        /\]\((?!http)([^)#]+)\)|`((?:src|docs|scripts|test)\/[\w./-]+\.\w+)`/g,
      )) {
        if (target) assert.ok(listed.includes(join(path, '..', target)), `${path} names ${target}`);
      }
    }
  });
});
