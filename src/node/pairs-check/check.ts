import type { Clip } from '../../clip.ts';
import { openaiPreprocess } from '../../config.ts';
import { createTokenizer } from '../../tokenizer/tokenizer.ts';
import { openaiVocabulary } from '../../tokenizer/vocabulary.ts';
import type { PairSet } from '../pairs.ts';
import { alikePictures } from './alike-pictures.ts';
import { openEmbedder } from './embedder.ts';
import { findBalance } from './find-balance.ts';
import { findErrors } from './find-errors.ts';
import { findLeaks } from './find-leaks.ts';
import { findPictureFaults } from './find-picture-faults.ts';
import { findRepeats } from './find-repeats.ts';
import { findSharedCaptions } from './find-shared-captions.ts';
import { addFound, addGroups, type FoundRows, groupRows } from './found.ts';
import { makeFindings, verdictOf } from './make-findings.ts';
import { nearPictures } from './near-pictures.ts';
import { inspectPictures, type Pictures } from './pictures.ts';
import type { PairsReport } from './report-types.ts';
import { type Rows, readRows } from './rows.ts';

/** The splits of a data set; what is not there is not looked at. */
export type CheckedSets = { data: PairSet; val?: PairSet | undefined; test?: PairSet | undefined };

export type CheckPairsOptions = {
  /** The model that will be trained: its input size, its tokenizer, and its embeddings. OpenAI's at 224 pixels, without embeddings, by default. */
  clip?: Clip | undefined;
  /** What the report calls it. */
  modelName?: string | undefined;
  /** Pairs of a training batch: what repeated captions do depends on it. */
  batchSize?: number | undefined;
  /** Share of a split's rows that may be bad, as for training. */
  maxBad?: number | undefined;
  exifRotate?: boolean | undefined;
  /** Threads that decode; 'auto': one per processor; 0: none. */
  workers?: number | 'auto' | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
};

const openaiName = "OpenAI's tokenizer, 224 pixels";
const openaiContext = 77;

/**
 * Looks over a data set before training: every caption, every picture (decoded once), and what repeats.
 * @throws ModelError where a model lacks its text tower's tokenizer; PoolError where no worker thread starts
 */
export async function checkPairs(checked: CheckedSets, options: CheckPairsOptions = {}): Promise<PairsReport> {
  const start = performance.now();
  const { clip, batchSize = 32, maxBad = 0.05, exifRotate = false, workers = 'auto', onProgress } = options;
  const tokenizer = clip?.tokenizer ?? createTokenizer(await openaiVocabulary(), openaiContext);
  const preprocess = clip?.config.preprocess ?? openaiPreprocess(224);
  const found: FoundRows = new Map();
  const sets = (['data', 'val', 'test'] as const).flatMap((name) => {
    const pairs = checked[name];
    return pairs === undefined ? [] : [{ name, pairs }];
  });
  const rows = await readRows(sets, tokenizer, (row, caption, { kind, detail }) =>
    addFound(found, kind, { row, caption, detail }),
  );
  const embedder = clip && openEmbedder(clip, rows.pictures.length);
  const choices = { preprocess, exifRotate, workers, onProgress };
  const pictures = await inspectPictures(rows.pictures, { ...choices, onPixels: embedder?.add });
  const near = nearPictures(pictures);
  const isReadable = (picture: number) => !pictures.unreadable.has(picture);
  findPictureFaults(found, rows, pictures, preprocess);
  findRepeats(found, rows, pictures.sameAs, near, isReadable);
  findLeaks(found, rows, pictures.sameAs, near, isReadable);
  if (embedder) findAlike(found, rows, near, alikePictures(await embedder.finish()), isReadable);
  const { top, falseNegatives } = findSharedCaptions(found, rows, pictures.sameAs, isReadable, batchSize);
  const balance = findBalance(found, rows);
  const errors = findErrors(rows, pictures.sameAs, isReadable, maxBad);
  const findings = [...errors, ...makeFindings(found, rows, balance?.concepts ?? 0)];
  return {
    verdict: verdictOf(findings),
    ...countsOf(rows, pictures),
    model: {
      name: options.modelName ?? openaiName,
      imageSize: preprocess.size,
      contextLength: tokenizer.contextLength,
    },
    falseNegatives: { batchSize, ...falseNegatives, formula },
    topCaptions: top,
    balance: balance ?? null,
    findings,
    seconds: (performance.now() - start) / 1000,
  };
}

const formula =
  'mean over pairs i of 1 - C(N-1-f_i, B-1) / C(N-1, B-1); f_i: other pairs with the picture or the caption of i and not its concept';

/** Alike by embedding, of those that are not known to be nearly the same already. */
function findAlike(
  found: FoundRows,
  rows: Rows,
  near: ArrayLike<number>,
  alike: ArrayLike<number>,
  isReadable: (picture: number) => boolean,
): void {
  const readable = [...rows.line.keys()].filter((row) => isReadable(rows.picture[row] as number));
  const groups = groupRows(readable, (row) => alike[rows.picture[row] as number]);
  const fresh = groups.filter((group) => new Set(group.map((row) => near[rows.picture[row] as number])).size > 1);
  addGroups(found, 'alike-picture', fresh);
}

function countsOf({ sets, pictures, captionTexts }: Rows, { unreadable }: Pictures) {
  return {
    sets: sets.map(({ name, source, pairs, bad }) => ({
      name,
      source,
      rows: pairs + bad.length,
      unusable: bad.length,
    })),
    pictures: pictures.length,
    unreadable: unreadable.size,
    captions: captionTexts.length,
  };
}
