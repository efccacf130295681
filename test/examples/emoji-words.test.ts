import assert from 'node:assert/strict';
import type { Concept } from '../../examples/emoji/concepts.ts';
import { meaningOf } from '../../examples/emoji/meanings.ts';
import { createLikeness, lessonsOf } from '../../examples/emoji/neighbours.ts';
import { recipe as wholeRecipe } from '../../examples/emoji/recipe.ts';
import { blend, placeOf, teach } from '../../examples/emoji/teach.ts';
import { parseNouns } from '../../examples/emoji/wordnet.ts';
import type { Clip } from '../../src/clip.ts';
import { dot } from '../../src/embed.ts';
import { embedTexts, useBackend } from '../../src/node.ts';
import { createTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { trainBpe } from '../../src/tokenizer/train-bpe.ts';
import { initClip } from '../../src/weights/init.ts';
import { tinyConfig } from '../tiny.ts';

/**
 * Eight meanings in WordNet's format:
 *
 *   entity - animal - canine - fox, wolf
 *                   - horse
 *          - state; potter, a proper name
 */
const data = `  1 A licence, in lines that begin with spaces.
00000010 03 n 01 entity 0 002 ~ 00000020 n 0000 ~ 00000070 n 0000 | what is; "every entity is one"
00000020 05 n 02 animal 0 animate_being 0 003 @ 00000010 n 0000 ~ 00000030 n 0000 ~ 00000060 n 0000 | a living thing that moves
00000030 05 n 01 canine 0 003 @ 00000020 n 0000 ~ 00000040 n 0000 ~ 00000050 n 0000 | an animal like wolves and the fox
00000040 05 n 01 fox 0 001 @ 00000030 n 0000 | a canine with a pointed muzzle; "the fox ran before the wolf"
00000050 05 n 01 wolf 0 001 @ 00000030 n 0000 | a wild canine
00000060 05 n 01 horse 0 001 @ 00000020 n 0000 | an animal that is ridden
00000070 26 n 01 state 0 001 @ 00000010 n 0000 | how things are
00000080 18 n 01 Fox 0 000 | an English statesman
`;
const index = `  1 A licence.
animal n 1 2 @ ~ 1 1 00000020
animate_being n 1 2 @ ~ 1 0 00000020
canine n 1 2 @ ~ 1 0 00000030
entity n 1 1 ~ 1 1 00000010
fox n 2 1 @ 2 1 00000080 00000040
horse n 1 1 @ 1 1 00000060
state n 1 1 @ 1 1 00000070
wolf n 1 1 @ 1 1 00000050
`;
const nouns = parseNouns(index, data);
const only = (word: string) => nouns.meaningsOf(word).at(-1)!;

const concept = (label: string, changes: Partial<Concept> = {}): Concept => ({
  label,
  tags: [],
  emoji: label,
  code: label,
  group: 'animals & nature',
  subgroup: 'mammals',
  isFlag: false,
  isHeldOut: false,
  ...changes,
});
const concepts = [
  concept('fox'),
  concept('wolf', { isHeldOut: true }),
  concept('horse face'),
  concept('nothing known', { tags: ['canine'] }),
];
const recipe = structuredClone(wholeRecipe);
Object.assign(recipe.words, {
  nearest: 2,
  sharpness: 8,
  leastLikeness: 0.2,
  fewestMentions: 1,
  steps: 100,
  warmup: 10,
});

describe('examples/emoji, words of a dictionary', () => {
  it('reads nouns, their kinds and how often definitions mention them', () => {
    assert.deepEqual(nouns.words[1], 'animate being');
    assert.equal(only('animate being'), only('animal'));
    assert.equal(only('wolf').definition, 'a wild canine');
    assert.deepEqual(
      only('canine').below.map(({ words }) => words[0]),
      ['fox', 'wolf'],
    );
    assert.deepEqual([nouns.mentions('wolf'), nouns.mentions('fox'), nouns.mentions('horse')], [1, 2, 0]);
    assert.equal(only('state').category, 'other');
    assert.deepEqual(nouns.meaningsOf('unicorn'), []);
  });

  it('finds what a concept is by its label, but no proper name, and by the end of the label', () => {
    assert.equal(meaningOf(concepts[0]!, nouns), only('fox'));
    assert.equal(meaningOf(concepts[2]!, nouns), only('horse'));
    assert.equal(meaningOf(concept('red fox with a hat'), nouns), only('fox'));
    assert.equal(meaningOf(concept('fox', { group: 'symbols' }), nouns), undefined);
    assert.equal(meaningOf(concepts[3]!, nouns), undefined);
  });

  it('says how alike two meanings are, as Lin does with the kinds below them counted', () => {
    const likeness = createLikeness(nouns); // 7 kinds in all, 3 of them canines, 5 animals; a fox has none below it
    const information = (kinds: number) => 1 - Math.log(kinds) / Math.log(7);
    assert.ok(Math.abs(likeness(only('fox'), only('wolf')) - information(3)) < 1e-12);
    assert.ok(Math.abs(likeness(only('fox'), only('horse')) - information(5)) < 1e-12);
    assert.ok(Math.abs(likeness(only('canine'), only('fox')) - (2 * information(3)) / (information(3) + 1)) < 1e-12);
    assert.equal(likeness(only('fox'), only('state')), 0);
    assert.equal(likeness(only('wolf'), only('wolf')), 1);
  });

  it('puts words that no caption has among trained concepts, the likest first, and never among held-out ones', () => {
    const lessons = lessonsOf(concepts, nouns, recipe.words);
    assert.deepEqual(
      lessons.map(({ word }) => word),
      ['wolf'], // captions have 'canine' and, for a kind of things, 'an animal'; 'animate being' is never mentioned
    );
    const likeness = createLikeness(nouns);
    const [toFox, toHorse] = [only('fox'), only('horse')].map((one) => likeness(only('wolf'), one));
    assert.deepEqual(lessons[0]!.near, [
      { concepts: [0], weight: 1 },
      { concepts: [2], weight: Math.exp(8 * (toHorse! - toFox!)) },
    ]);
    const none = concepts.map((one) => ({ ...one, isHeldOut: true }));
    assert.deepEqual(lessonsOf(none, nouns, recipe.words), []);
  });

  it('places a word at the weighted mean of its neighbours, whose several drawings count as one', () => {
    const labels = [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0), Float32Array.of(0, 0, 1)];
    const near = [
      { concepts: [0], weight: 1 },
      { concepts: [1, 2], weight: Math.SQRT2 },
    ];
    const place = placeOf({ word: 'wolf', weight: 1, near }, labels);
    for (const value of place) assert.ok(Math.abs(value - 1 / Math.sqrt(3)) < 1e-6, `${place}`);
  });

  it('moves the words to their places, leaves captions where they are, and pictures alone', async () => {
    await useBackend('wasm');
    const vocabulary = trainBpe(['fox', 'wolf'], 514);
    const config = tinyConfig();
    const text = { ...config.text!, vocabSize: vocabulary.ids.size, contextLength: 32 };
    const make = () => initClip({ ...config, text }, 5, () => createTokenizer(vocabulary, 32));
    using teacher = make();
    using clip = make();
    recipe.sampling.later.nothingPerBatch = 64; // of 256, so one of the four captions of a step
    Object.assign(recipe.words, { batch: 8, learningRate: 1e-3 });
    const lessons = lessonsOf(concepts, nouns, recipe.words);
    const before = await clip.parameters.get('visual.proj')!.data();
    const likeness: number[] = [];
    for await (const step of teach(clip, teacher, concepts, lessons, recipe)) likeness.push(step.likeness);
    assert.equal(likeness.length, 100);
    assert.ok(likeness.at(-1)! > 0.98 && likeness[0]! < 0.95, `${likeness[0]} to ${likeness.at(-1)}`);
    assert.deepEqual(await clip.parameters.get('visual.proj')!.data(), before);
    const kept = ['nothing', 'a texture', 'fox'];
    const [ofTeacher, ofPupil] = [await embedTexts(teacher, kept), await embedTexts(clip, kept)];
    for (const [at, text] of kept.entries())
      assert.ok(dot(ofTeacher[at]!, ofPupil[at]!) > 0.97, `${text} ${dot(ofTeacher[at]!, ofPupil[at]!)}`);
  });

  it('goes a part of the way back, with the text tower alone', async () => {
    await useBackend('cpu');
    const vocabulary = trainBpe(['fox', 'wolf'], 514);
    const config = tinyConfig();
    const text = { ...config.text!, vocabSize: vocabulary.ids.size };
    const make = (seed: number) => initClip({ ...config, text }, seed, () => createTokenizer(vocabulary, 12));
    using teacher = make(1);
    using clip = make(2);
    const first = async (from: Clip, name: string) => (await from.parameters.get(name)!.data())[0]!;
    const [before, after] = [await first(teacher, 'text.proj'), await first(clip, 'text.proj')];
    const picture = await first(clip, 'visual.proj');
    blend(clip, teacher, 0.75);
    assert.ok(Math.abs((await first(clip, 'text.proj')) - (0.25 * before + 0.75 * after)) < 1e-6);
    assert.equal(await first(clip, 'visual.proj'), picture);
  });
});
