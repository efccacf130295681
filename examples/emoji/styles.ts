import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Concept, codeOf } from './concepts.ts';
import { fluentNames } from './fluent-names.ts';
import { packageFile } from './folders.ts';

/** Where a drawing comes from: a picture file, a vector drawing as text, or a letter of a font. */
export type Source = { png: string } | { svg: string } | { letter: string };

/** A set of drawings by one hand. */
export type Style = {
  name: string;
  package: string;
  author: string;
  licence: string;
  link: string;
  /** 'training'; 'choice': what recipes are compared by; 'report': looked at once, when the model is done. */
  use: 'training' | 'choice' | 'report';
  /** Black lines on nothing: their inside is then filled with white. */
  isLine?: boolean;
  /** Makes what finds a concept's drawing, undefined where the set has none. */
  open: () => (concept: Concept) => Source | undefined;
};

const twitter = 'Twitter, Inc. and other contributors';
const emojiOne = 'EmojiOne 2 (Ranks.com Inc.) and EmojiTwo';
const notoLink = 'https://github.com/googlefonts/noto-emoji';
const fluentLink = 'https://github.com/microsoft/fluentui-emoji';
const emojiTwoLink = 'https://github.com/EmojiTwo/emojitwo';

/** Drawings with clipped shapes outside the picture, at which resvg 2.6.2 ends the process. */
const endResvg = [
  'person lifting weights',
  'man lifting weights',
  'lady beetle',
  'hot beverage',
  'cocktail glass',
  'bullet train',
  'ambulance',
];

// biome-ignore format: a table is read by its columns
export const styles: readonly Style[] = [
  { name: 'noto',                 use: 'training', package: 'emoji-datasource-google',         author: 'Google', licence: 'Apache-2.0', link: notoLink, open: () => datasource('google') },
  { name: 'twemoji',              use: 'training', package: 'emoji-datasource-twitter',        author: twitter, licence: 'CC-BY-4.0', link: 'https://github.com/jdecked/twemoji', open: () => datasource('twitter') },
  { name: 'fluent-flat',          use: 'training', package: 'fluentui-emoji',                  author: 'Microsoft', licence: 'MIT', link: fluentLink, open: () => fluent('flat') },
  { name: 'fluent-modern',        use: 'training', package: 'fluentui-emoji',                  author: 'Microsoft', licence: 'MIT', link: fluentLink, open: () => fluent('modern') },
  { name: 'fluent-high-contrast', use: 'training', package: 'fluentui-emoji',                  author: 'Microsoft', licence: 'MIT', link: fluentLink, open: () => fluent('high-contrast'), isLine: true },
  { name: 'noto-line',            use: 'training', package: '@expo-google-fonts/noto-emoji',   author: 'Google (the font Noto Emoji)', licence: 'OFL-1.1', link: notoLink, open: () => ({ emoji }) => ({ letter: emoji }), isLine: true },
  { name: 'noto-blob',            use: 'training', package: '@iconify-json/noto-v1',           author: 'Google (drawings of before 2017)', licence: 'Apache-2.0', link: notoLink, open: () => iconify('noto-v1', endResvg) },
  { name: 'emojione',             use: 'training', package: '@iconify-json/emojione',          author: emojiOne, licence: 'CC-BY-4.0', link: emojiTwoLink, open: () => iconify('emojione') },
  { name: 'emojione-monotone',    use: 'training', package: '@iconify-json/emojione-monotone', author: emojiOne, licence: 'CC-BY-4.0', link: emojiTwoLink, open: () => iconify('emojione-monotone'), isLine: true },
  { name: 'streamline',           use: 'choice',   package: '@iconify-json/streamline-emojis', author: 'Streamline', licence: 'CC-BY-4.0', link: 'https://github.com/webalys-hq/streamline-vectors', open: () => iconify('streamline-emojis') },
  { name: 'openmoji',             use: 'report',   package: 'openmoji',                        author: 'the OpenMoji project', licence: 'CC-BY-SA-4.0', link: 'https://openmoji.org', open: openmoji },
];

/** PNGs of 64 pixels, named by code points. Of these packages only the pictures of one set are used. */
function datasource(set: 'google' | 'twitter'): (concept: Concept) => Source | undefined {
  const folder = packageFile(`emoji-datasource-${set}`, 'img', set, '64');
  const files = new Map(readdirSync(folder).map((file) => [codeOf(file.replace('.png', '')), join(folder, file)]));
  return ({ code }) => {
    const png = files.get(code);
    return png === undefined ? undefined : { png };
  };
}

/** SVGs named by label; people have a drawing per skin tone, of which the default one is taken. */
function fluent(kind: 'flat' | 'modern' | 'high-contrast'): (concept: Concept) => Source | undefined {
  const folder = packageFile('fluentui-emoji', 'icons', kind);
  return ({ label }) => {
    const name = fluentNames[label] ?? dashed(label);
    const path = [`${name}.svg`, `${name}-default.svg`].map((file) => join(folder, file)).find(existsSync);
    return path === undefined ? undefined : { svg: readFileSync(path, 'utf8') };
  };
}

function openmoji(): (concept: Concept) => Source | undefined {
  const folder = packageFile('openmoji', 'color', 'svg');
  const files = new Map(readdirSync(folder).map((file) => [codeOf(file.replace('.svg', '')), join(folder, file)]));
  return ({ code }) => {
    const path = files.get(code);
    return path === undefined ? undefined : { svg: readFileSync(path, 'utf8') };
  };
}

type Icon = { body: string; width?: number; height?: number };
type Icons = { icons: Record<string, Icon>; width?: number; height?: number };

/**
 * Drawings in one JSON file, by label; of several drawings of one thing (`bird-1`, `bird-2`) the first.
 * @param leftOut labels of drawings that cannot be used
 */
function iconify(set: string, leftOut: readonly string[] = []): (concept: Concept) => Source | undefined {
  const all = JSON.parse(readFileSync(packageFile(`@iconify-json/${set}`, 'icons.json'), 'utf8')) as Icons;
  return ({ label }) => {
    if (leftOut.includes(label)) return undefined;
    const icon = all.icons[dashed(label)] ?? all.icons[`${dashed(label)}-1`];
    if (!icon) return undefined;
    const { body, width = all.width ?? 16, height = all.height ?? 16 } = icon;
    return {
      svg: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64" viewBox="0 0 ${width} ${height}">${body}</svg>`,
    };
  };
}

/** `Mrs. Claus` as `mrs-claus`, `piñata` as `pinata`. */
export function dashed(label: string): string {
  const letters = label.normalize('NFKD').replace(/[\u0300-\u036f’'“”"!.,()&:]/g, '');
  return letters
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
