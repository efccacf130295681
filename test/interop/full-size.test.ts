import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  compareApart,
  dtypes,
  fullSizeModels,
  leastCosine,
  probeBackend,
  tolerance,
  withFullSizeModel,
} from './full-size.ts';

/** The two that every backend holds; `npm run parity` takes all ten. */
const selection = fullSizeModels.filter(({ name }) => name === 'ViT-B/32' || name === 'RN50');

describe('full-size models with random weights from Python', () => {
  const backends = (['wasm', 'tensorflow'] as const).filter((backend) => probeBackend(backend));
  for (const model of selection) {
    for (const layout of model.layouts) {
      it(`gives the embeddings of ${model.name} in the layout ${layout}, in all dtypes, on ${backends.join(' and ')}`, () =>
        withFullSizeModel(model, layout, async (directory) => {
          for (const dtype of dtypes) {
            for (const backend of backends) {
              const result = compareApart(model, layout, join(directory, dtype), backend);
              for (const [tower, { error, typical, cosine }] of Object.entries(result)) {
                const what = `${tower}, ${dtype} on ${backend}`;
                assert.ok(error <= tolerance, `${what}: off by ${error}`);
                assert.ok(cosine >= leastCosine, `${what}: cosine ${cosine}`);
                assert.ok(typical > 0.1 && typical < 10, `${what}: values about ${typical} are not sensible`);
              }
            }
          }
        }));
    }
  }
});
