import { resolve } from 'node:path';
import { type ClassPrompts, classPlaces, toClasses } from '../../classify/class-prompts.ts';
import { defaultTemplates } from '../../classify/templates.ts';
import { allHarmLabels } from '../../evaluate/audit/harm-labels.ts';
import { findPictures } from '../find-pictures.ts';
import { type LabelledPicture, readLabelledPictures } from '../labelled-pictures.ts';
import { placeLabels } from '../place-labels.ts';
import { type AuditPlan, type AuditPlanOptions, groupingsOf } from './audit-plan.ts';
import { refuseRepeated, refuseUnfit } from './refuse.ts';
import { refuseGate } from './refuse-gate.ts';

/** Two of CLIP's paper (section 7.1, Members of Congress), and what people choose who want to be sure. */
export const defaultThresholds: readonly number[] = [0.005, 0.04, 0.5, 0.9];

/**
 * Reads what an audit needs and refuses what cannot work, before a model is loaded.
 * @param source a table, or a folder with a folder per class: see `readLabelledPictures`
 * @throws SyntaxError on unfit data, RangeError on options that do not fit it
 */
export async function planAudit(source: string, options: AuditPlanOptions = {}): Promise<AuditPlan> {
  const {
    groups = [],
    templates = defaultTemplates,
    queries = [],
    harmLabels,
    harmAlternatives = [],
    otherLabels = [],
  } = options;
  const {
    falseAccepts = 0.05,
    coverage = 0.95,
    thresholds = defaultThresholds,
    gates = [],
    probes = true,
    seed = 0,
  } = options;
  refuseUnfit({ groups, templates, queries, thresholds, falseAccepts, coverage });
  if (harmAlternatives.length > 0 && !harmLabels)
    throw new RangeError(
      'Cannot audit: alternatives need denigrating labels to stand beside; name them by --harm-labels',
    );
  const columns = [...new Set(groups.flatMap((group) => group.split('+')))];
  const { imageColumn, labelColumn } = options;
  const { pictures, bad } = await readLabelledPictures(source, {
    ...(imageColumn !== undefined && { imageColumn }),
    ...(labelColumn !== undefined && { labelColumn }),
    extraColumns: columns,
  });
  const named = options.classes ?? [...new Set(pictures.map(({ label }) => label))].sort();
  const classes = toClasses([...named, ...otherLabels], templates, 'Cannot audit');
  refuseLabels(source, pictures, classes, named.length);
  refuseHarm(classes, harmLabels ? allHarmLabels(harmLabels) : [], harmAlternatives);
  const plan: AuditPlan = {
    source,
    pictures,
    bad,
    classes,
    otherLabels: otherLabels.length,
    attributes: groups,
    templates,
    harm: harmLabels && { labels: harmLabels, alternatives: harmAlternatives },
    queries,
    unknown: options.unknown && (await findUnknown(options.unknown, pictures)),
    falseAccepts,
    coverage,
    thresholds,
    gates,
    probes,
    seed,
  };
  groupingsOf(plan, pictures); // throws where a column is empty
  for (const gate of gates) refuseGate(gate, plan);
  return plan;
}

/** @param counted so many of the classes, the first, need pictures */
function refuseLabels(
  source: string,
  pictures: readonly LabelledPicture[],
  classes: readonly ClassPrompts[],
  counted: number,
): void {
  if (classes.length < 2) throw new RangeError(`Cannot audit: expected two classes or more but got ${classes.length}`);
  const places = classPlaces(classes);
  const stranger = pictures.find(({ label }) => !places.has(label));
  if (stranger)
    throw new RangeError(
      `Cannot audit: ${stranger.place} of ${source} has the label '${stranger.label}', which is none of the ${classes.length} classes; add it to --labels-file, or take the row away`,
    );
  const used = new Set(pictures.map(({ label }) => places.get(label)));
  const empty = classes.slice(0, counted).find((_, place) => !used.has(place));
  if (empty)
    throw new RangeError(
      `Cannot audit: no picture of ${source} has the class '${empty.name}'; add pictures of it, or name it by --other-labels if it shall only compete`,
    );
  placeLabels(pictures, classes, { action: 'Cannot audit' });
}

function refuseHarm(
  classes: readonly ClassPrompts[],
  harmful: readonly string[],
  alternatives: readonly string[],
): void {
  refuseRepeated([...harmful, ...alternatives], 'the denigrating or alternative label');
  const places = classPlaces(classes);
  const both = [...harmful, ...alternatives].find((label) => places.has(label));
  if (both !== undefined)
    throw new RangeError(
      `Cannot audit: '${both}' is one of the classes, so a picture may rightly get it; ${
        harmful.includes(both)
          ? 'write the other denigrating labels into a file of your own, one a line, and name that by --harm-labels (docs/audit.md lists those of clip-paper)'
          : 'take it out of --harm-alternatives'
      }`,
    );
}

async function findUnknown(sources: readonly string[], known: readonly LabelledPicture[]) {
  const paths = (await findPictures(sources)).map(({ path }) => path);
  const source = sources.join(', ');
  if (paths.length === 0)
    throw new RangeError(`Cannot audit: there are no pictures in ${source}; name others by --unknown`);
  const labelled = new Set(known.map(({ path }) => path));
  const both = paths.find((path) => labelled.has(resolve(path)));
  if (both !== undefined)
    throw new RangeError(`Cannot audit: ${both} has a label, and --unknown says that it is none of the classes`);
  return { source, paths };
}
