import * as tf from '@tensorflow/tfjs';
import { dataHash } from '../node/data-hash.ts';
import { closingSections } from '../node/evaluation-sections.ts';
import { writeFileAtomically } from '../node/files.ts';
import type { GuardData } from '../node/guard-data.ts';
import type { BadPlace } from '../node/labelled-pictures.ts';
import { htmlReport } from '../node/report.ts';
import { reportTime } from '../node/report-time.ts';
import { sweepSections } from '../node/wise-ft-report.ts';
import type { SweepPoint } from '../node/wise-ft-sweep.ts';
import { version } from './version.ts';

/** What a sweep was run with. */
export type SweepFacts = Record<string, unknown> & { date: string };

/** @param asked models and their hashes @param isRead whether a picture could be read */
export async function sweepFacts(
  asked: object,
  { data, guard }: { data: GuardData; guard: GuardData },
  isRead: (path: string) => boolean,
): Promise<SweepFacts> {
  const hashOf = ({ pairs, said }: GuardData) => {
    const texts = (picture: number) =>
      'classes' in said
        ? [said.classes[said.labels[picture] as number] as string]
        : (said.textsOf[picture] ?? []).map((text) => said.texts[text] as string);
    const rows = pairs.map(({ image }, picture) => ({ path: image, texts: texts(picture) }));
    return dataHash(rows.filter(({ path }) => isRead(path)));
  };
  const templates = [data.said, guard.said].find((said) => 'classes' in said)?.templates;
  return {
    ...asked,
    data: data.source,
    dataHash: await hashOf(data),
    guard: guard.source,
    guardHash: await hashOf(guard),
    ...(templates && { templates }),
    backend: tf.getBackend(),
    date: new Date().toISOString(),
    version,
  };
}

export async function writeSweepReport(
  path: string,
  points: readonly SweepPoint[],
  facts: SweepFacts,
  bad: readonly BadPlace[],
): Promise<void> {
  const rows = Object.entries(facts).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(' | ') : String(value)] as const,
  );
  const lead = `${facts.start} to ${facts.tuned}, ${reportTime(facts.date)}`;
  const sections = [...sweepSections(points), ...closingSections(rows, bad)];
  await writeFileAtomically(path, await htmlReport('Between start and fine-tuned (WiSE-FT)', lead, sections));
  console.error(`wrote ${path}`);
}
