import { judge } from '../classify/independent.ts';
import { calibrateLabels, type LabelFigures } from '../evaluate/calibrate-labels.ts';
import { shareText } from '../node/calibration-report.ts';
import { saveClassifier } from '../node/classifier-file.ts';
import { writeFileAtomically } from '../node/files.ts';
import { htmlReport, tableHtml } from '../node/report.ts';
import type { CalibrateCommand } from './calibrate.ts';
import { refuseTooFew } from './calibrate-data.ts';
import { type CalibrationJob, embedPictures } from './calibrate-pictures.ts';
import { calibrationRun } from './calibration-run.ts';
import { wantedText } from './describe-calibration.ts';
import { openClip } from './options.ts';
import { printJson, table } from './output.ts';

/** `calibrate --independent`: a threshold for each label, of which several may be true of a picture. */
export async function calibrateIndependently(job: CalibrationJob, options: CalibrateCommand): Promise<void> {
  const { data, wanted } = job;
  const { out, report, seed, json, exifRotate = false } = options;
  const refuse = (shown: readonly (readonly number[])[], unknown: number) => {
    for (const [place, entry] of data.classes.entries()) {
      const having = shown.filter((places) => places.includes(place)).length;
      const name = typeof entry === 'string' ? entry : entry.name;
      refuseTooFew(wanted, having, shown.length + unknown - having, `pictures without '${name}'`);
    }
  };
  refuse([...data.known.values()], data.unknown.length);
  using clip = await openClip(options);
  const { classifier, known, unknown, failed } = await embedPictures(clip, job, { ...options, background: true });
  refuse(
    known.map(({ places }) => places),
    unknown.length,
  );
  const pictures = [...known, ...unknown];
  const scores = pictures.map(({ embedding }) =>
    judge(embedding, classifier, clip.logitScale).map(({ score }) => score),
  );
  const truths = pictures.map(({ places }) => classifier.classNames.map((_, place) => places.includes(place)));
  const figures = calibrateLabels({ scores, truths }, { wanted, seed });
  const thresholds = figures.map(({ threshold }) => threshold);
  await saveClassifier(out, { ...classifier, independence: { thresholds }, exifRotate }, clip);
  console.error(`wrote ${out}`);
  const labels = figures.map((entry, place) => ({ label: classifier.classNames[place] as string, ...entry }));
  const rows = rowsOf(labels);
  const lead = `${known.length} pictures with labels and ${unknown.length} without any; for each label: ${wantedText(wanted)}. The thresholds are fitted on all pictures; the figures are of a fit on one half, measured on the other, with 95 % intervals (seed ${seed}).`;
  if (report !== undefined) {
    const html = tableHtml(rows);
    await writeFileAtomically(report, await htmlReport('Labels by themselves', lead, [{ heading: 'Labels', html }]));
    console.error(`wrote ${report}`);
  }
  if (json) {
    const counts = { known: known.length, unknown: unknown.length };
    printJson({ out, ...(await calibrationRun(clip, job, options)), ...counts, labels, failed });
  } else console.log(`${lead}\n${table(rows)}`);
}

function rowsOf(labels: readonly (LabelFigures & { label: string })[]): string[][] {
  const head = ['label', 'threshold', 'AUROC', 'found', 'false accepts'];
  const rows = labels.map(({ label, threshold, auroc, found, falseAccepts }) => [
    ...[label, threshold.toPrecision(4), auroc.toFixed(3), shareText(found), shareText(falseAccepts)],
  ]);
  return [head, ...rows];
}
