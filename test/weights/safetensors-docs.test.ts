import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';

describe('docs/safetensors.md', () => {
  it('has an example that prints what it says', async () => {
    const code = readFileSync('docs/safetensors.md', 'utf8').match(/```ts\n(.*?)```/s)![1]!;
    const url = new URL('../../src/weights/safetensors.js', import.meta.url);
    const { log } = console;
    const printed: string[] = [];
    console.log = (value: unknown) => printed.push(inspect(value));
    try {
      await import(`data:text/javascript,${encodeURIComponent(code.replace("'clip-tfjs/safetensors'", `'${url}'`))}`);
    } finally {
      console.log = log;
    }
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, comment]) => comment);
    assert.deepEqual(printed, promised);
    assert.equal(printed.length, 2);
  });
});
