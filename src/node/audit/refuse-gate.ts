import { type Gate, gateText, needOf } from '../../evaluate/audit/gates.ts';
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
  if (!needs.includes('groups')) return;
  const sizes = groupingsOf(plan, plan.pictures).map(groupSizes);
  if (sizes.some((groups) => groups.filter(({ count }) => count >= leastGroupCount).length >= 2)) return;
  throw new RangeError(
    `Cannot check ${text}: expected two groups of ${leastGroupCount} pictures or more but ${plan.attributes.join(', ')} ${plan.attributes.length === 1 ? 'has' : 'have'} ${sizes
      .flat()
      .map(({ group, count }) => `'${group}' ${count}`)
      .join(', ')}; add pictures, or take the gate away`,
  );
}
