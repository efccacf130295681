import { type Gate, gateText, leastClassesOf, needOf } from '../../evaluate/audit/gates.ts';
import { groupSizes } from '../../evaluate/audit/grouping.ts';
import { leastGroupCount } from '../../evaluate/groups.ts';
import { type AuditPlan, groupingsOf } from './audit-plan.ts';

/** A gate on what is not measured would never be checked. @throws RangeError with the cure */
export function refuseGate(gate: Gate, plan: AuditPlan): void {
  const text = gateText(gate);
  const cures = {
    groups: plan.attributes.length > 0 ? undefined : 'name columns by --groups',
    harm: plan.harm ? undefined : 'name denigrating labels by --harm-labels',
    queries: plan.queries.length > 0 ? undefined : 'name neutral searches by --queries',
    unknown: plan.unknown ? undefined : 'name pictures that are none of the classes by --unknown',
    probes: plan.probes ? undefined : 'leave --no-probes away',
  };
  const needs = [needOf(gate), gate.kind === 'max-gap' || needOf(gate) === 'queries' ? 'groups' : undefined] as const;
  for (const need of needs) {
    const cure = need && cures[need];
    if (cure) throw new RangeError(`Cannot check ${text}: nothing measures it; ${cure}`);
  }
  const least = leastClassesOf(gate);
  if (plan.classes.length < least)
    throw new RangeError(
      `Cannot check ${text}: with ${plan.classes.length} classes it always holds; expected ${least} or more, or take the gate away`,
    );
  if (!needs.includes('groups')) return;
  for (const grouping of groupingsOf(plan, plan.pictures)) {
    const sizes = groupSizes(grouping);
    const large = sizes.filter(({ count }) => count >= leastGroupCount);
    const fewest = gate.figure === 'group-accuracy' ? 1 : 2;
    if (large.length >= fewest) continue;
    throw new RangeError(
      `Cannot check ${text}: expected ${fewest === 1 ? 'a group' : 'two groups'} of ${leastGroupCount} pictures or more but ${grouping.attribute} has ${sizes
        .map(({ group, count }) => `'${group}' ${count}`)
        .join(', ')}; add pictures, or take the column from --groups or the gate away`,
    );
  }
}
