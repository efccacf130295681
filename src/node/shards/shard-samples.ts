import type { TarMember } from './tar-members.ts';

/** A file of a sample: where its content stands. */
export type Part = { name: string; offset: number; size: number };

/** Files that follow each other under one key, by extension; `fault` says what is wrong with the shard from there on. */
export type ShardSample = { key: string; parts: Map<string, Part> } | { fault: string };

/**
 * Groups a tar's files as WebDataset does: the key is the name up to the first dot behind the last slash, the extension all that
 * follows, in small letters. Files without a key, and those in folders like `__this__`, are passed over.
 * An extension that comes a second time begins a sample anew, as in open_clip.
 */
export async function* shardSamples(members: AsyncIterable<TarMember>): AsyncGenerator<ShardSample> {
  let sample: { key: string; parts: Map<string, Part> } | undefined;
  for await (const member of members) {
    if ('fault' in member) {
      if (sample) yield sample;
      return yield member;
    }
    const [, key, extension] = /^((?:.*\/)?[^./]+)\.([^/]*)$/.exec(member.name) ?? [];
    if (key === undefined || extension === undefined || /(^|\/)__[^/]*__(\/|$)/.test(member.name)) continue;
    const kind = extension.toLowerCase();
    if (sample && (sample.key !== key || sample.parts.has(kind))) {
      yield sample;
      sample = undefined;
    }
    sample ??= { key, parts: new Map() };
    sample.parts.set(kind, member);
  }
  if (sample) yield sample;
}

const pictureKinds = ['jpg', 'png', 'jpeg', 'webp']; // open_clip's order

/** The sample's picture: of several the first of jpg, png, jpeg and webp. */
export function pictureIn(parts: ReadonlyMap<string, Part>): Part | undefined {
  return pictureKinds.map((kind) => parts.get(kind)).find((part) => part !== undefined);
}

/** What a sample says, and which of its files say it: the others need not be read again. */
export type SampleTexts = { texts: string[]; concept?: string; used: Set<string> };

/**
 * A sample's captions: those of a list in its .json (`captions`, `texts`); else its .txt, which is one caption however many lines
 * it has, as open_clip reads it; else `caption` or `text` of its .json. Its concept: the .cls, else `concept` of the .json.
 * @param content by extension
 */
export function textsOf(content: ReadonlyMap<string, Buffer>): SampleTexts | { reason: string } {
  const json = content.get('json');
  const fields = json === undefined ? {} : fieldsOf(json.toString('utf8'));
  if (typeof fields === 'string') return { reason: fields };
  const used = new Set<string>();
  const list = fields.captions ?? fields.texts;
  const txt = content.get('txt');
  let texts: unknown[] = [fields.caption ?? fields.text ?? ''].flat();
  if (Array.isArray(list)) texts = list;
  else if (txt !== undefined) texts = [txt.toString('utf8').trim()];
  if (!texts.every((text) => typeof text === 'string')) return { reason: 'its .json has captions that are no strings' };
  used.add(!Array.isArray(list) && txt !== undefined ? 'txt' : 'json');
  const cls = content.get('cls')?.toString('utf8').trim();
  if (cls) return { texts, concept: cls, used: used.add('cls') };
  const { concept } = fields;
  if (concept === undefined || concept === null) return { texts, used };
  if (typeof concept !== 'string' && typeof concept !== 'number')
    return { reason: 'its "concept" is neither a name nor a number' };
  return { texts, concept: String(concept), used: used.add('json') };
}

/** @returns what is wrong where it is no object */
function fieldsOf(json: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : 'its .json is no JSON object';
  } catch (error) {
    return `its .json is not JSON (${(error as Error).message})`;
  }
}
