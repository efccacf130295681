import { defaultTemplates } from '../classify/templates.ts';
import { embedTexts } from '../embed.ts';
import { evaluateRetrieval, type RetrievalEvaluation } from '../evaluate/image-text-retrieval.ts';
import { gatherCaptions, keepPictures } from '../node/captioned-pictures.ts';
import { dataHash } from '../node/data-hash.ts';
import { embedFiles } from '../node/embed-files.ts';
import { announceLongTexts } from '../node/long-texts.ts';
import { modelHash } from '../node/model-hash.ts';
import { takePairs } from '../node/pair-list.ts';
import { readPairs } from '../node/pairs.ts';
import { refuseShards } from '../node/picture-of.ts';
import { retrievalSections } from '../node/retrieval-report.ts';
import { type EvaluateCommand, tellBad } from './evaluate-options.ts';
import { runFacts, writeEvaluationReport } from './evaluation-report.ts';
import { figureTable } from './figure-table.ts';
import { skippedLine, tellLeftOut } from './left-out.ts';
import { openClip } from './options.ts';
import { printJson } from './output.ts';
import { withProgress } from './progress.ts';
import { readTemplateOptions } from './prompt-options.ts';
import { asUsage, UsageError } from './usage.ts';

const action = 'Cannot evaluate';

/** `evaluate --task retrieval`: whether a caption finds its picture, and a picture a caption of its own. */
export async function evaluateTextRetrieval(data: string, options: EvaluateCommand): Promise<void> {
  const { imageColumn, textColumn, conceptColumn, workers, exifRotate = false, json = false } = options;
  const templates = await readTemplateOptions(options, action, defaultTemplates);
  const set = await asUsage(() => readPairs(data, { imageColumn, textColumn, conceptColumn, templates }));
  const bad = set.bad.map(({ line, place = `line ${line}`, reason }) => ({ place, reason }));
  tellBad(bad);
  const pairs = await takePairs(set.pairs);
  await asUsage(() => refuseShards(data, pairs));
  const named = gatherCaptions(pairs);
  if (named.pictures.length < 2 || named.texts.length < 2)
    throw new UsageError(
      `${action}: expected two pictures and two captions or more but ${data} has ${named.pictures.length} and ${named.texts.length} that can be used`,
    );

  const clip = await openClip(options);
  await announceLongTexts(named.texts, clip.tokenizer, 'captions');
  const embeddings = new Map<string, Float32Array>();
  await withProgress('pictures', json, async (onProgress) => {
    for await (const row of embedFiles(clip, named.pictures, { workers, exifRotate, onProgress })) {
      if (row.embedding) embeddings.set(row.path, row.embedding);
      else {
        bad.push({ place: row.path, reason: row.error.message });
        console.error(skippedLine(row.path, row.error.message));
      }
    }
  });
  if (embeddings.size < 2)
    throw new Error(`${action}: ${embeddings.size} of ${named.pictures.length} pictures could be read, see above`);
  const kept = keepPictures(named, (path) => embeddings.has(path));
  const texts = await withProgress('captions', json, (onProgress) =>
    embedTexts(clip, kept.texts, { truncate: true, onProgress }),
  );
  const images = kept.pictures.map((path) => embeddings.get(path) as Float32Array);
  const evaluation = evaluateRetrieval({ images, texts, textsOf: kept.textsOf });
  const hashed = kept.pictures.map((path, picture) => ({
    path,
    texts: (kept.textsOf[picture] as number[]).map((text) => kept.texts[text] as string),
  }));
  const facts = runFacts({ modelHash: await modelHash(clip), dataHash: await dataHash(hashed) });
  clip.dispose();

  if (options.report !== undefined)
    await writeEvaluationReport(options.report, data, options.model, {
      title: 'Image-text retrieval',
      sections: await retrievalSections(evaluation, kept, exifRotate),
      facts,
      more: [],
      bad,
    });
  const counts = { pictures: kept.pictures.length, texts: kept.texts.length };
  if (json) printJson({ ...jsonOf(data, options.model, evaluation, facts.modelHash), ...counts, ...facts, bad });
  else console.log(describe(evaluation, counts));
  tellLeftOut(bad.length, json);
}

/** CLIP_benchmark's fields, and ours beside them. */
function jsonOf(dataset: string, model: string, evaluation: RetrievalEvaluation, hash: string): object {
  const { metrics, intervals, imageRetrieval, textRetrieval } = evaluation;
  const summary = ({ count, meanRank, medianRank }: RetrievalEvaluation['imageRetrieval']) => ({
    queries: count,
    meanRank,
    medianRank,
  });
  return {
    dataset,
    model,
    pretrained: hash.slice(0, 12),
    task: 'zeroshot_retrieval',
    metrics,
    language: null,
    intervals,
    imageRetrieval: summary(imageRetrieval),
    textRetrieval: summary(textRetrieval),
  };
}

function describe(evaluation: RetrievalEvaluation, { pictures, texts }: { pictures: number; texts: number }): string {
  const { metrics, intervals } = evaluation;
  const side = (
    name: 'image' | 'text',
    what: string,
    { meanRank, medianRank }: RetrievalEvaluation['imageRetrieval'],
  ) => {
    const answers = name === 'image' ? pictures : texts;
    const figures = ([1, 5, 10] as const)
      .filter((k) => k < answers)
      .map((k) => {
        const key = `${name}_retrieval_recall@${k}` as const;
        return [`recall@${k}`, metrics[key], intervals[key]] as const;
      });
    return `${what}: mean rank ${meanRank.toFixed(1)}, median ${medianRank}\n${figureTable(figures)}`;
  };
  return [
    `${pictures} pictures, ${texts} texts`,
    side('image', 'texts look for pictures', evaluation.imageRetrieval),
    side('text', 'pictures look for texts', evaluation.textRetrieval),
  ].join('\n');
}
