import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { Clip } from '../clip.ts';
import { embedTexts } from '../embed.ts';
import { embedFiles } from '../node/embed-files.ts';
import { type EmbeddingFormat, openEmbeddingStore } from '../node/embedding-files.ts';
import { findPictures } from '../node/find-pictures.ts';
import { findModel } from '../node/load.ts';
import { assertFileWritable } from '../node/writable.ts';
import { addModelOptions, type ModelOptions, openClip, workersOption } from './options.ts';
import { printJson } from './output.ts';
import { parseCount } from './parsers.ts';
import { makeRateProgress } from './rate-progress.ts';
import { readText } from './read-text.ts';
import { UsageError } from './usage.ts';

type EmbedCommand = ModelOptions & {
  out: string;
  texts?: string;
  format?: EmbeddingFormat;
  batchSize: number;
  truncate?: boolean;
  exifRotate?: boolean;
  workers: number | 'auto';
};

export function addEmbed(program: Command): void {
  const command = program
    .command('embed')
    .summary('write the unit vectors of pictures or texts to a file')
    .description(
      'Embed pictures, folders of pictures, or lines of text. A run that was stopped goes on where it was when it is started again.',
    )
    .argument('[pictures...]', 'picture files and folders');
  addModelOptions(command)
    .requiredOption('-o, --out <path>', 'the file to write: .safetensors, .npy or .jsonl')
    .option('--texts <path>', 'a file with one text a line, in place of pictures; - is standard input')
    .addOption(
      new Option('--format <name>', 'the format, where the name of --out does not tell').choices([
        'safetensors',
        'npy',
        'jsonl',
      ]),
    )
    .option('--batch-size <count>', 'rows that go through the model at once', parseCount, 16)
    .addOption(workersOption())
    .option('--truncate', 'cut texts that are too long')
    .option('--exif-rotate', 'turn pictures as their EXIF orientation says')
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs embed photos/ --model clip-vit-base-patch32 --out photos.safetensors\n  $ clip-tfjs embed --texts captions.txt --model clip-vit-base-patch32 --out captions.npy',
    )
    .action(run);
}

/** What is to be embedded, by its names in the output, and how; a row without a vector could not be read. */
type Job = { ids: string[]; embed: (clip: Clip, ids: string[], signal: AbortSignal) => AsyncIterable<Row> };

type Row = { id: string; vector?: Float32Array };

async function run(paths: string[], options: EmbedCommand): Promise<void> {
  const format = formatOf(options);
  const failed: { id: string; reason: string }[] = [];
  await assertFileWritable(options.out);
  const job = await makeJob(paths, options, failed);
  const clip = await openClip(options, options.texts === undefined ? 'image' : 'text');
  const { mtimeMs } = await stat((await findModel(options.model)).path);
  const settings = { model: options.model, mtimeMs, config: clip.config, exifRotate: options.exifRotate ?? false };
  const digest = createHash('sha256').update(JSON.stringify(settings)).digest('hex');
  const store = await openEmbeddingStore(options.out, format, { model: options.model, digest });
  const left = job.ids.filter((id) => !store.done.has(id));
  if (left.length < job.ids.length)
    console.error(`going on: ${job.ids.length - left.length} of ${job.ids.length} were there already`);
  const stopped = await embedAll(clip, job, left, store.add, options.json);
  if (stopped) {
    await store.close();
    console.error(`stopped; run the same command again to go on with ${options.out}`);
    process.exitCode = 130;
    return;
  }
  const missing = new Set(failed.map(({ id }) => id));
  const written = job.ids.filter((id) => !missing.has(id));
  await store.finish(written);
  clip.dispose();
  if (failed.length > 0) console.error(`${failed.length} could not be read, see above`);
  if (failed.some(({ id }) => paths.includes(id)) || written.length === 0) process.exitCode = 1;
  if (options.json)
    printJson({ out: options.out, format, rows: written.length, embedDim: clip.config.embedDim, failed });
  else console.error(`wrote ${written.length} rows of ${clip.config.embedDim} numbers to ${options.out}`);
}

/** @returns whether Ctrl-C stopped it */
async function embedAll(
  clip: Clip,
  job: Job,
  ids: string[],
  add: (id: string, vector: Float32Array) => Promise<void>,
  json = false,
): Promise<boolean> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once('SIGINT', onInterrupt);
  const progress = makeRateProgress(json);
  let done = 0;
  try {
    for await (const { id, vector } of job.embed(clip, ids, stop.signal)) {
      if (vector) await add(id, vector);
      done++;
      progress.onProgress(done, ids.length);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    progress.stop();
    process.off('SIGINT', onInterrupt);
  }
  return stop.signal.aborted && done < ids.length;
}

function formatOf({ format, out }: EmbedCommand): EmbeddingFormat {
  const ending = out.match(/\.(safetensors|npy|jsonl)$/)?.[1] as EmbeddingFormat | undefined;
  if (format ?? ending) return (format ?? ending) as EmbeddingFormat;
  throw new UsageError(`Cannot write ${out}: expected a name that ends in .safetensors, .npy or .jsonl, or --format`);
}

async function makeJob(paths: string[], options: EmbedCommand, failed: { id: string; reason: string }[]): Promise<Job> {
  if (options.texts !== undefined) {
    if (paths.length > 0) throw new UsageError('Cannot embed pictures and texts into one file: run the command twice');
    return textJob(options.texts, options);
  }
  if (paths.length === 0)
    throw new UsageError('Cannot embed: expected pictures, folders with pictures, or --texts, but none are named');
  const skip = (path: string, { message: reason }: Error) => {
    failed.push({ id: path, reason });
    console.error(`skipped ${path}: ${reason}`);
  };
  const pictures = await findPictures(paths, skip);
  if (pictures.length === 0) throw new UsageError(`Cannot embed: there are no pictures in ${paths.join(', ')}`);
  const { exifRotate = false, batchSize, workers } = options;
  async function* embed(clip: Clip, ids: string[], signal: AbortSignal): AsyncGenerator<Row> {
    for await (const row of embedFiles(clip, ids, { exifRotate, batchSize, workers, signal })) {
      if (row.error) skip(row.path, row.error);
      yield { id: row.path, ...(row.embedding && { vector: row.embedding }) };
    }
  }
  return { ids: [...new Set(pictures.map(({ path }) => path))], embed };
}

/** Equal lines are one row. */
async function textJob(path: string, { truncate = false, batchSize }: EmbedCommand): Promise<Job> {
  const lines = (await readText(path === '-' ? '/dev/stdin' : path))
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new Error(`Cannot embed texts: ${path === '-' ? 'standard input' : path} has none`);
  async function* embed(clip: Clip, ids: string[], signal: AbortSignal): AsyncGenerator<Row> {
    for (let at = 0; at < ids.length; at += batchSize) {
      signal.throwIfAborted();
      const batch = ids.slice(at, at + batchSize);
      const rows = await embedTexts(clip, batch, { truncate, batchSize });
      for (const [index, id] of batch.entries()) yield { id, vector: rows[index] as Float32Array };
    }
  }
  return { ids: [...new Set(lines)], embed };
}
