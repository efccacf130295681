import { Option } from 'commander';
import { embedFiles } from '../node/embed-files.ts';
import { assertProbeModel, readProbeFile } from '../node/probe-file.ts';
import { predictProbe } from '../train/predict-probe.ts';
import { findClassified } from './classified-pictures.ts';
import { type ModelOptions, openClip } from './options.ts';
import { bar, printJson, table } from './output.ts';
import { asUsage, UsageError } from './usage.ts';

type ByProbe = ModelOptions & { probe: string; top: number; exifRotate?: boolean; workers: number | 'auto' };

export function probeOption(): Option {
  return new Option(
    '--probe <file>',
    'what `probe` wrote: a classifier that was made from labelled pictures',
  ).conflicts([
    ...['labels', 'labelsFile', 'classesFile', 'template', 'templatesFile', 'templateSet'],
    ...['classifier', 'background', 'independent', 'threshold', 'prompts'],
  ]);
}

/** `classify --probe`: only the image tower is loaded. */
export async function classifyByProbe(paths: string[], options: ByProbe): Promise<void> {
  const { probe: path, top, exifRotate = false, workers, json } = options;
  const { probe, model, exifRotate: wasRotated } = await asUsage(() => readProbeFile(path));
  if (wasRotated !== exifRotate)
    throw new UsageError(
      `Cannot classify: ${path} was made ${wasRotated ? 'with' : 'without'} --exif-rotate; ${wasRotated ? 'give it here too' : 'leave it out, or make a probe with it'}`,
    );
  const { files, failed, skip } = await findClassified(paths);
  const clip = await openClip(options, 'image');
  await assertProbeModel(path, model, clip);
  const results: { path: string; best: Ranked | undefined; ranked: Ranked[] }[] = [];
  for await (const { path: file, embedding, error } of embedFiles(clip, files, { exifRotate, workers, unit: false })) {
    if (error) {
      skip(file, error);
      continue;
    }
    const [probabilities] = predictProbe([embedding], probe);
    const ranked = probe.classNames
      .map((label, place) => ({ label, probability: probabilities?.[place] as number }))
      .sort((one, other) => other.probability - one.probability);
    results.push({ path: file, best: ranked[0], ranked: ranked.slice(0, top) });
    if (!json) console.log(describe(file, ranked, top));
  }
  clip.dispose();
  if (results.length === 0 || failed.some((one) => paths.includes(one.path))) process.exitCode = 1;
  if (json) printJson({ model: options.model, probe: path, method: probe.method, results, failed });
}

type Ranked = { label: string; probability: number };

function describe(path: string, ranked: readonly Ranked[], top: number): string {
  const rows = ranked
    .slice(0, top)
    .map(({ label, probability }) => [
      `  ${label}`,
      `${(100 * probability).toFixed(1).padStart(5)} %`,
      bar(probability),
    ]);
  return `${path}: ${ranked[0]?.label}\n${table(rows)}\n`;
}
