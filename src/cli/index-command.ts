import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Clip } from '../clip.ts';
import { indexHeader } from '../node/indexing/index-header.ts';
import { type Caption, type CaptionUpdate, updateCaptions } from '../node/indexing/update-captions.ts';
import { type IndexUpdate, updateIndex } from '../node/indexing/update-index.ts';
import { takePairs } from '../node/pair-list.ts';
import { readPairs } from '../node/pairs.ts';
import { findManifest } from '../node/store/manifest.ts';
import { createIndex, type IndexWriter, openIndexForWriting } from '../node/store/store.ts';
import { assertDirectoryWritable } from '../node/writable.ts';
import { describeCaptions, describeUpdate, tellFailures } from './describe-update.ts';
import { tellBad } from './evaluate-options.ts';
import { readFolders } from './index-folders.ts';
import { addIndexModelOptions, type IndexModelOptions, modelName, openIndexModel } from './index-model.ts';
import { openClip, workersOption } from './options.ts';
import { printJson } from './output.ts';
import { parseCount } from './parsers.ts';
import { makeRateProgress } from './rate-progress.ts';
import { asUsage } from './usage.ts';

type IndexCommand = IndexModelOptions & {
  captions?: string;
  imageColumn?: string;
  textColumn?: string;
  prune?: boolean;
  forget?: string;
  rehash?: boolean;
  compact?: boolean;
  exifRotate: boolean;
  batchSize: number;
  workers: number | 'auto';
};

export function addIndex(program: Command): void {
  const command = program
    .command('index')
    .summary('make folders of pictures searchable, and keep them so')
    .description(
      'Walk folders, embed their pictures and keep the vectors in a store. Run again, it takes up what is new or changed; interrupted, it goes on.',
    )
    .argument('[folders...]', 'folders of pictures; by default those that the index has');
  addIndexModelOptions(command, 'the directory of the index; it is made where there is none')
    .option('--captions <file>', 'index captions in place of pictures: a table or JSON lines, as finetune reads them')
    .option('--image-column <name>', "the table's column of picture paths (default: filepath)")
    .option('--text-column <name>', "the table's column of captions (default: title)")
    .option('--prune', 'remove what is not there any more')
    .option('--forget <folder>', 'take a folder out of the index, with its pictures')
    .option(
      '--rehash',
      'compare the content of all files, whatever their size and times say; try unreadable ones again',
    )
    .option('--compact', 'give back the room of removed rows now; else that is done where they are a quarter')
    .option('--no-exif-rotate', 'leave pictures as they are stored, whatever their EXIF orientation says')
    .option('--batch-size <count>', 'pictures that go through the model at once', parseCount, 16)
    .addOption(workersOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs index ~/Pictures --store photos.index --model ViT-B/32\n  $ clip-tfjs index --store photos.index --prune' +
        '\n  $ clip-tfjs index --captions captions.csv --store captions.index --model ViT-B/32\n\nThen: clip-tfjs search "a red car" --store photos.index. More in docs/search.md.',
    )
    .action(run);
}

async function run(given: string[], options: IndexCommand): Promise<void> {
  const { store } = options;
  const known = (await findManifest(store))?.header;
  const folders = await readFolders(given, known, options);
  const captions = options.captions === undefined ? undefined : await readCaptions(options, options.captions);
  let clip: Clip | undefined;
  const writer = known
    ? await openIndexForWriting(store)
    : await create(options, folders, (opened) => {
        clip = opened;
      });
  try {
    const openModel = async () => {
      clip ??= await openIndexModel(writer.header, options);
      return clip;
    };
    const hasOtherName = options.model !== undefined && (await modelName(options.model)) !== writer.header.model.name;
    if (hasOtherName) await openModel(); // and say that it is another one though there may be nothing to do
    await update(writer, { folders, captions }, openModel, options);
  } finally {
    await writer.close();
    clip?.dispose();
  }
}

async function update(
  writer: IndexWriter,
  { folders, captions }: { folders: readonly string[]; captions: Caption[] | undefined },
  openModel: () => Promise<Clip>,
  { store, prune = false, forget, rehash = false, compact = false, batchSize, workers, json = false }: IndexCommand,
): Promise<void> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  const { onProgress, stop: stopProgress } = makeRateProgress(json);
  const folder = forget === undefined ? [] : [resolve(forget)];
  const settings = { prune, forget: folder, rehash, compact, batchSize, workers, signal: stop.signal, onProgress };
  try {
    const result = captions
      ? await updateCaptions(writer, captions, openModel, settings)
      : await updateIndex(writer, folders, openModel, settings);
    stopProgress();
    if ('failed' in result) tellFailures(result);
    const rows = writer.entries.length;
    if (json) printJson({ store, model: writer.header.model, rows, ...jsonOf(result) });
    else
      console.error('failed' in result ? describeUpdate(store, rows, result) : describeCaptions(store, rows, result));
    if (result.stopped) {
      console.error('stopped; run the same command again to go on');
      process.exitCode = 130;
    } else if (rows === 0) {
      console.error(`there is nothing in ${store}: no pictures were found that can be read`);
      process.exitCode = 1;
    }
  } finally {
    stopProgress();
    process.off('SIGINT', onInterrupt);
  }
}

async function readCaptions({ imageColumn, textColumn }: IndexCommand, file: string): Promise<Caption[]> {
  const { pairs, bad } = await asUsage(() => readPairs(file, { imageColumn, textColumn }));
  tellBad(bad.map(({ line, reason }) => ({ place: `line ${line}`, reason })));
  return (await takePairs(pairs)).flatMap(({ image, texts }) => texts.map((caption) => ({ path: image, caption })));
}

async function create(
  options: IndexCommand,
  roots: readonly string[],
  keep: (clip: Clip) => void,
): Promise<IndexWriter> {
  const { store, model = '', exifRotate } = options;
  await assertDirectoryWritable(store);
  const clip = await openClip({ ...options, model });
  keep(clip);
  return createIndex(store, await indexHeader(clip, { model: await modelName(model), exifRotate, roots }));
}

/** Failures without what only the store needs. */
function jsonOf(result: IndexUpdate | CaptionUpdate): object {
  return 'failed' in result
    ? { ...result, failed: result.failed.map(({ path, reason }) => ({ path, reason })) }
    : result;
}
