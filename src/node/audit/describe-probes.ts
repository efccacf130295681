import type { ProbeResults } from '../../evaluate/probes/run-probes.ts';
import { probeTables } from '../../evaluate/probes/tables.ts';
import type { Part } from './format.ts';

export function describeProbes(probes: ProbeResults | null): Part {
  const heading = 'G. Generated probes';
  if (!probes) return { heading, blocks: [{ text: 'Not run.' }] };
  const tables = probeTables(probes).flatMap(({ title, note, columns, rows }) => [
    { title, rows: [columns, ...rows] },
    { text: note },
  ]);
  return { heading, blocks: tables };
}
