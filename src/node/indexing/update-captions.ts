import { createHash } from 'node:crypto';
import type { Clip } from '../../clip.ts';
import { embedTexts } from '../../embed.ts';
import type { Entry, NewEntry } from '../../search/entry.ts';
import { assertSameModel } from '../../search/same-model.ts';
import { announceLongTexts } from '../long-texts.ts';
import { modelHash } from '../model-hash.ts';
import type { IndexWriter } from '../store/store.ts';
import { compactIfDue } from './make-room.ts';
import type { UpdateOptions } from './update-index.ts';

/** A caption and the picture that it belongs to (absolute path). */
export type Caption = { path: string; caption: string };

export type CaptionUpdate = {
  added: number;
  unchanged: number;
  /** Captions of the index that are not among the given ones, and which `prune` would remove. */
  vanished: number;
  pruned: number;
  compacted: boolean;
  stopped: boolean;
};

/** Texts that are embedded between two commits. */
const textsAtOnce = 1024;

/**
 * Brings a text index up to date: a row per caption and picture, its vector that of the caption. What is there already is not embedded
 * again; captions longer than the model's context are cut.
 * @param openModel is called once where a caption has to be embedded, else not at all
 * @throws {ModelError} where the model is not that of the index
 */
export async function updateCaptions(
  writer: IndexWriter,
  captions: readonly Caption[],
  openModel: () => Promise<Clip>,
  options: Pick<UpdateOptions, 'prune' | 'compact' | 'signal' | 'onProgress'> = {},
): Promise<CaptionUpdate> {
  const { prune = false, compact = false, signal, onProgress } = options;
  const given = new Map(captions.map((caption) => [keyOf(caption), caption]));
  const known = new Map(writer.entries.map((entry) => [keyOf(entry), entry]));
  const added = [...given].filter(([key]) => !known.has(key)).map(([, caption]) => caption);
  const missing = [...known].filter(([key]) => !given.has(key)).map(([, { id }]) => id);
  let done = 0;
  if (added.length > 0) {
    const clip = await openModel();
    assertSameModel(writer.header, { hash: await modelHash(clip), preprocess: clip.config.preprocess });
    await announceLongTexts(
      added.map(({ caption }) => caption),
      clip.tokenizer,
      'captions',
    );
    for (; done < added.length && !signal?.aborted; done = Math.min(added.length, done + textsAtOnce)) {
      const part = added.slice(done, done + textsAtOnce);
      const texts = [...new Set(part.map(({ caption }) => caption))];
      const rows = await embedTexts(clip, texts, { truncate: true });
      const vectors = new Map(texts.map((text, row) => [text, rows[row] as Float32Array]));
      await writer.append(
        part.map(entryOf),
        part.map(({ caption }) => vectors.get(caption) as Float32Array),
      );
      onProgress?.(Math.min(added.length, done + textsAtOnce), added.length);
    }
  }
  const stopped = done < added.length;
  const pruned = prune && !stopped ? missing : [];
  await writer.remove(pruned);
  return {
    added: done,
    unchanged: known.size - missing.length,
    vanished: missing.length - pruned.length,
    pruned: pruned.length,
    compacted: !stopped && (await compactIfDue(writer, compact)),
    stopped,
  };
}

const keyOf = ({ path, caption }: Pick<Entry, 'path' | 'caption'>): string => JSON.stringify([path, caption]);

function entryOf({ path, caption }: Caption): NewEntry {
  const hash = createHash('sha256').update(caption).digest('hex');
  return { path, size: 0, modified: 0, hash, width: 0, height: 0, caption };
}
