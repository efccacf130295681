import assert from 'node:assert/strict';
import { openaiPreprocess } from '../../src/config.ts';
import { ModelError } from '../../src/errors.ts';
import { assertSameModel } from '../../src/search/same-model.ts';
import type { IndexHeader } from '../../src/search/search-index.ts';

describe('assertSameModel()', () => {
  const preprocess = openaiPreprocess(224);
  const model = { name: 'ViT-B/32', hash: 'abcdef0123456789'.repeat(4) };
  const header: IndexHeader = { format: 1, model, embedDim: 512, preprocess, exifRotate: true, roots: [] };

  it('accepts the same hash and preprocessing, in any order of keys', () => {
    assertSameModel(header, { hash: model.hash, preprocess });
    const reversed = Object.fromEntries(Object.entries(preprocess).reverse()) as typeof preprocess;
    assertSameModel(header, { hash: model.hash, preprocess: reversed });
  });

  it('refuses another model, and names the one to take', () => {
    const check = (error: unknown) => {
      assert.ok(error instanceof ModelError);
      assert.match(error.message, /made by ViT-B\/32 \(abcdef012345\) but the model is 0123456789ab; load that model/);
      return true;
    };
    assert.throws(() => assertSameModel(header, { hash: '0123456789ab'.padEnd(64, '0'), preprocess }), check);
  });

  it('refuses another preprocessing', () => {
    for (const change of [{ size: 336 }, { order: 'huggingface' }, { background: [255, 255, 255] }] as const)
      assert.throws(
        () => assertSameModel(header, { hash: model.hash, preprocess: { ...preprocess, ...change } }),
        /its pictures were prepared as .* but the model has .*; use the same preprocessing/,
      );
  });
});
