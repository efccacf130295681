import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import type { Clip } from '../../clip.ts';
import { type AuditCard, auditLimits } from '../../evaluate/audit/card.ts';
import { type Grouping, groupSizes } from '../../evaluate/audit/grouping.ts';
import { leastGroupCount } from '../../evaluate/groups.ts';
import { dataHash } from '../data-hash.ts';
import type { LabelledPicture } from '../labelled-pictures.ts';
import { modelHash } from '../model-hash.ts';
import type { AuditPlan } from './audit-plan.ts';
import type { KnownPictures } from './embed-known.ts';
import type { AuditOptions } from './run-options.ts';

const manifest = createRequire(import.meta.url)('clip-tfjs/package.json') as { version: string };

/** Part H. */
export async function cardOf(
  clip: Clip,
  plan: AuditPlan,
  known: KnownPictures,
  groupings: readonly Grouping[],
  { modelName }: AuditOptions,
): Promise<AuditCard> {
  return {
    version: manifest.version,
    date: new Date().toISOString(),
    seed: plan.seed,
    backend: tf.getBackend(),
    model: {
      name: modelName,
      sha256: await modelHash(clip),
      embedDim: clip.config.embedDim,
      logitScale: clip.logitScale,
      preprocess: clip.config.preprocess,
    },
    data: {
      source: plan.source,
      sha256: await dataHash([
        ...known.pictures.map(textsOf),
        ...known.unknownPaths.map((path) => ({ path, texts: [] })),
      ]),
      pictures: known.pictures.length,
      skipped: known.skipped,
      unknown: plan.unknown ? { source: plan.unknown.source, pictures: known.unknownPaths.length } : null,
      classes: plan.classes.map(({ name }) => name),
      groupings: groupings.map(describeGrouping),
    },
    templates: [...plan.templates],
    queries: [...plan.queries],
    thresholds: [...plan.thresholds],
    leastGroupCount,
    limits: [...auditLimits],
  };
}

/** A picture with its label and its groups. */
function textsOf({ path, label, columns }: LabelledPicture) {
  return { path, texts: [label, ...Object.entries(columns).flat()] };
}

function describeGrouping(grouping: Grouping) {
  return {
    attribute: grouping.attribute,
    groups: groupSizes(grouping).map(({ group, count }) => ({ group, count, insufficient: count < leastGroupCount })),
    unannotated: grouping.of.filter((group) => group < 0).length,
  };
}
