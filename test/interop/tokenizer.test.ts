import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { characterEntities } from 'character-entities';
import { characterEntitiesLegacy } from 'character-entities-legacy';
import { cleanText } from '../../src/tokenizer/clean-text.ts';
import { createTokenizer, type Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { trainBpe } from '../../src/tokenizer/train-bpe.ts';
import { openaiVocabulary } from '../../src/tokenizer/vocabulary.ts';
import { readVocabulary, writeVocabulary } from '../../src/tokenizer/vocabulary-files.ts';
import { runPython } from './python.ts';

type Reference = { cleaned: string[]; ids: number[][]; decoded: string[] };
type Tables = { merges: string[]; entities: Record<string, string>; assigned: number[] };

let directory: string;
let tokenizer: Tokenizer;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
  tokenizer = createTokenizer(await openaiVocabulary(), 77);
});
after(() => rm(directory, { recursive: true }));

async function reference(texts: readonly string[]): Promise<Reference> {
  const file = join(directory, 'texts.json');
  await writeFile(file, JSON.stringify(texts));
  return JSON.parse(runPython('tokenizer.py', 'encode', file)) as Reference;
}

/** The texts on which ours and the reference differ in what they clean, encode or decode. */
async function differences(texts: readonly string[]): Promise<string[]> {
  const { cleaned, ids, decoded } = await reference(texts);
  return texts.filter((text, i) => {
    const ours = tokenizer.encode(text, { allowSpecialTokens: true });
    const same =
      cleanText(text) === cleaned[i] && ours.join() === ids[i]?.join() && tokenizer.decode(ours) === decoded[i];
    return !same;
  });
}

describe("the tokenizer against OpenAI's with ftfy", () => {
  it('gives the same text and ids for 10,000 random strings, 4,000 of them mojibake', async () => {
    const texts = JSON.parse(runPython('tokenizer.py', 'generate', '1', '10000')) as string[];
    assert.equal(texts.length, 10_000);
    assert.deepEqual(await differences(texts), []);
  });

  it('has the same merges and HTML entities', () => {
    const { merges, entities } = JSON.parse(runPython('tokenizer.py', 'tables')) as Tables;
    assert.deepEqual(tokenizer.vocabulary.merges, merges);
    const ours = Object.entries(characterEntities).map(([name, character]) => [`${name};`, character]);
    const legacy = characterEntitiesLegacy.map((name) => [name, characterEntities[name]]);
    assert.deepEqual(Object.fromEntries([...ours, ...legacy]), entities);
  });

  /** Python's regex module may know letters of a newer Unicode than this Node, and Python itself an older one than both. */
  it('treats every character that both know the same way', async () => {
    const { assigned } = JSON.parse(runPython('tokenizer.py', 'tables')) as Tables;
    const known = assigned.map((code) => String.fromCodePoint(code));
    assert.ok(known.length > 140_000);
    const texts = known.map(
      (character) => `a${character}b ${character} 1${character}!&amp;#${character.codePointAt(0)};`,
    );
    assert.deepEqual(await differences(texts), []);
  });
});

describe('vocabulary files against transformers', () => {
  const texts = ['a photo of a corgi', 'Hello,   World! 123', "naïve café 日本語 it's", 'ÀÉÎ <3 $5'];

  it('writes files from which CLIPTokenizer gives the same ids, and reads back what it saves', async () => {
    const trained = trainBpe(['the cat sat on the mat', 'the bat and the cat', 'a photo of the hat'], 540);
    for (const vocabulary of [tokenizer.vocabulary, trained]) {
      const ours = createTokenizer(vocabulary, 77);
      for (const [name, content] of Object.entries(writeVocabulary(vocabulary, 77)))
        await writeFile(join(directory, name), content);
      await writeFile(join(directory, 'texts.json'), JSON.stringify(texts));
      const printed = JSON.parse(runPython('tokenizer.py', 'transformers', directory)) as {
        ids: number[][];
        json: string;
      }[];
      assert.equal(printed.length, 3); // from all files, from tokenizer.json, from vocab.json and merges.txt
      for (const { ids, json } of printed) {
        assert.deepEqual(
          ids,
          texts.map((text) => [ours.startId, ...ours.encode(text), ours.endId]),
        );
        const readBack = createTokenizer(readVocabulary({ 'tokenizer.json': json }), 77);
        assert.deepEqual(
          texts.map((text) => readBack.encode(text)),
          texts.map((text) => ours.encode(text)),
        );
      }
    }
  });
});
