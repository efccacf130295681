import { rank } from '../classify/rank.ts';
import { cosinesOf } from '../cosines.ts';
import { calibrate } from '../evaluate/calibrate.ts';
import { usableScores } from '../evaluate/fit-rejection.ts';
import { calibrationSections } from '../node/calibration-report.ts';
import { saveClassifier } from '../node/classifier-file.ts';
import { writeFileAtomically } from '../node/files.ts';
import { htmlReport } from '../node/report.ts';
import type { CalibrateCommand } from './calibrate.ts';
import { refuseTooFew } from './calibrate-data.ts';
import { type CalibrationJob, type EmbeddedPicture, embedPictures } from './calibrate-pictures.ts';
import { calibrationRun } from './calibration-run.ts';
import { warningsOf } from './calibration-warnings.ts';
import { describeCalibration, wantedText } from './describe-calibration.ts';
import { openClip } from './options.ts';
import { printJson } from './output.ts';
import { UsageError } from './usage.ts';

/** `calibrate`: one temperature and one threshold for classes of which a picture shows one. */
export async function calibrateRejection(job: CalibrationJob, options: CalibrateCommand): Promise<void> {
  const { data, wanted } = job;
  const { out, report, score, seed, json, exifRotate = false } = options;
  if (score && !usableScores(data.classes.length).includes(score))
    throw new UsageError(`Cannot calibrate by '${score}': it compares classes, and there is one; take maxCosine`);
  refuseTooFew(wanted, data.known.size, data.unknown.length);
  using clip = await openClip(options);
  const { classifier, known, unknown, failed } = await embedPictures(clip, job, { ...options, background: false });
  refuseTooFew(wanted, known.length, unknown.length);
  const cosines = (pictures: readonly EmbeddedPicture[]) =>
    pictures.map(({ embedding }) => cosinesOf(embedding, classifier.weights));
  const pictures = {
    known: cosines(known),
    labels: known.map(({ places: [place] }) => place as number),
    unknown: cosines(unknown),
  };
  const { logitScale } = clip;
  const calibration = calibrate(pictures, { wanted, logitScale, seed, ...(score && { score }) });
  const fitted = { ...classifier, rejection: calibration.rejection, exifRotate };
  await saveClassifier(out, fitted, clip);
  console.error(`wrote ${out}`);
  const run = {
    ...(await calibrationRun(clip, job, options)),
    ...{ classes: classifier.classNames, known: known.length, unknown: unknown.length },
  };
  if (report !== undefined) {
    const answered = (list: readonly EmbeddedPicture[]) =>
      list.map(({ path, embedding, places: [place] }) => {
        const label = place === undefined ? undefined : classifier.classNames[place];
        return { path, label, ...rank(embedding, fitted, logitScale) };
      });
    const sections = await calibrationSections(
      calibration,
      [...answered(known), ...answered(unknown)],
      run,
      exifRotate,
    );
    const lead = `${run.known} pictures of ${run.classes.length} classes and ${run.unknown} of none; wanted: ${wantedText(wanted)}`;
    await writeFileAtomically(report, await htmlReport('When to say "I don\'t know"', lead, sections));
    console.error(`wrote ${report}`);
  }
  for (const warning of warningsOf(wanted, calibration)) console.error(`warning: ${warning}`);
  if (json) printJson({ out, ...run, ...calibration, failed });
  else console.log(describeCalibration(calibration, wanted));
}
