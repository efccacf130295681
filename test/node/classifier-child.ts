import { findTemplateSet } from '../../src/classify/template-sets.ts';
import { cachedClassifier } from '../../src/node/cached-classifier.ts';
import { embedTexts, useBackend } from '../../src/node.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { vocabularyOf } from '../../src/tokenizer/vocabulary.ts';
import { initClip } from '../../src/weights/init.ts';
import { tinyConfig } from '../tiny.ts';

/**
 * Builds the classifier of eighty templates and a thousand classes, for the test that kills it. The towers are tiny, the vectors are not:
 * all of them together would take 328 MB. Says a line of JSON for each batch, at the end what it took.
 */
await useBackend('wasm');
const vocabulary = vocabularyOf([], '<|startoftext|>', '<|endoftext|>');
const config = tinyConfig({ embedDim: 1024 });
const text = { ...config.text!, width: 16, layers: 1, mlpWidth: 16, contextLength: 77, vocabSize: vocabulary.ids.size };
const clip = initClip({ ...config, text }, 5, () => createTokenizer(vocabulary, 77));
const encodeText = clip.encodeText.bind(clip);
let encoded = 0;
clip.encodeText = (ids) => {
  encoded += ids.shape[0];
  return encodeText(ids);
};
await embedTexts(clip, Array(256).fill('a photo of something long enough'), { batchSize: 256 }); // takes the engine's memory
const names = Array.from({ length: 1000 }, (_, index) => `${index}`);
encoded = 0;
const before = process.memoryUsage().rss;
let peak = 0;
const { weights } = await cachedClassifier(clip, names, {
  templates: findTemplateSet('openai-80').templates,
  batchSize: 256,
  onProgress: (done, total) => {
    peak = Math.max(peak, process.memoryUsage().rss - before);
    console.log(JSON.stringify({ done, total }));
  },
});
console.log(JSON.stringify({ encoded, peak, firsts: weights.map(([first]) => first) }));
