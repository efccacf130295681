import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { errorMessage } from '../../src/cli/error-message.ts';
import { ModelError } from '../../src/errors.ts';

describe('an error on the command line', () => {
  it('names options, not properties', () => {
    const error = new ModelError("pass activation: 'quick_gelu', or architecture: 'ViT-B/32'");
    assert.equal(errorMessage(error), 'pass --activation quick_gelu, or --architecture ViT-B/32');
  });

  it('says in words what the system says', async () => {
    const messages = await Promise.all(['nowhere', 'package.json/x'].map((path) => readFile(path).catch(errorMessage)));
    assert.deepEqual(messages[0], 'Cannot open nowhere: there is no such file or folder');
    assert.match(String(messages[1]), /^Cannot open package\.json\/x: a part of its path is a file$/);
  });

  it('is left as it is otherwise', () => {
    assert.equal(errorMessage(new RangeError('expected more')), 'expected more');
  });
});
