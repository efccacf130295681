import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shuffled } from './chance.ts';
import { exampleFolder, packageFile } from './folders.ts';

/** What an emoji means, whoever draws it: always with the default skin tone, so that tones are no concepts of their own. */
export type Concept = {
  label: string;
  tags: readonly string[];
  emoji: string;
  /** Code points without the one that asks for a colour picture: `1f468-200d-1f680`. */
  code: string;
  /** 'animals & nature'. */
  group: string;
  /** 'cat faces', 'hand signs'. */
  subgroup: string;
  isFlag: boolean;
  /** Kept out of training, in every style. */
  isHeldOut: boolean;
};

type EmojibaseEntry = {
  label: string;
  tags?: string[];
  emoji: string;
  hexcode: string;
  group?: number;
  subgroup?: number;
  order?: number;
};
type EmojibaseMessages = { groups: Message[]; subgroups: Message[] };
type Message = { key: string; message: string; order: number };

/** Where the names of the held-out concepts are written down. */
const heldOutFile = join(exampleFolder, 'held-out.json');

export const heldOutSeed = 2021;
export const heldOutCount = 150;

/** @returns every concept of emojibase in its order, components (skin tones, hair, letters of flags) left out */
export function readConcepts(): Concept[] {
  const entries = readJson<EmojibaseEntry[]>(packageFile('emojibase-data', 'en', 'data.json'));
  const { groups, subgroups } = readJson<EmojibaseMessages>(packageFile('emojibase-data', 'en', 'messages.json'));
  const groupKey = new Map(groups.map(({ order, key }) => [order, key]));
  const groupName = new Map(groups.map(({ order, message }) => [order, message]));
  const subgroupName = new Map(subgroups.map(({ order, message }) => [order, message]));
  const concepts = entries
    .filter(({ group }) => group !== undefined && groupKey.get(group) !== 'component')
    .sort((one, other) => (one.order as number) - (other.order as number))
    .map(({ label, tags = [], emoji, hexcode, group, subgroup }) => ({
      label,
      tags,
      emoji,
      code: codeOf(hexcode),
      group: groupName.get(group as number) as string,
      subgroup: subgroupName.get(subgroup as number) as string,
      isFlag: groupKey.get(group as number) === 'flags',
    }));
  const heldOut = new Set(readHeldOut());
  return concepts.map((concept) => ({ ...concept, isHeldOut: heldOut.has(concept.label) }));
}

/** @returns the labels of the held-out concepts, as they were drawn before the first training */
export function readHeldOut(): string[] {
  return readJson<{ labels: string[] }>(heldOutFile).labels;
}

/** How held-out.json was made. @param concepts in emojibase's order */
export function drawHeldOut(concepts: readonly Pick<Concept, 'label' | 'isFlag'>[]): string[] {
  const drawn = shuffled(
    concepts.filter(({ isFlag }) => !isFlag),
    heldOutSeed,
  ).slice(0, heldOutCount);
  const labels = new Set(drawn.map(({ label }) => label));
  return concepts.map(({ label }) => label).filter((label) => labels.has(label));
}

/** File names of the sets differ in case and in FE0F, which asks for a picture in colour. */
export function codeOf(hexcode: string): string {
  return hexcode.toLowerCase().replaceAll('-fe0f', '');
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
