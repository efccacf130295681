import { affordable, type Column, valueInUnit } from './cases.ts';
import { Child, Unsupported } from './child.ts';
import type { ProgramSpec } from './programs.ts';
import type { Cell } from './table.ts';

const pause = (milliseconds: number) => new Promise((resume) => setTimeout(resume, milliseconds));
const longEnoughToRest = 100; // thread pools of the program before stop spinning within it

/**
 * Fills a column: a trial of each program, then rounds in which they take turns, so that a machine that slows down slows
 * all of them. `between` is called once a round.
 * @param limit seconds that one run may take; where the whole work takes longer, a part is run
 */
export async function measureColumn(
  column: Column,
  children: readonly Child[],
  { rounds, limit, log }: { rounds: number; limit: number; log: (line: string) => void },
  between: () => Promise<void>,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  const counts: number[] = [];
  for (const child of children) {
    try {
      const seconds = await child.time(column.request(column.step));
      const count = affordable(column, seconds, limit);
      counts.push(count);
      cells.push({ values: [], ...(count < column.count ? { part: count, whole: column.count } : {}) });
    } catch (error) {
      counts.push(0);
      cells.push(missing(error));
    }
  }
  for (let round = 0; round < Math.min(rounds, column.rounds); round++) {
    for (const [index, child] of children.entries()) {
      const cell = cells[index] as Cell;
      if ('missing' in cell) continue;
      await pause(longEnoughToRest);
      try {
        const count = counts[index] as number;
        const value = valueInUnit(column, count, await child.time(column.request(count)));
        cell.values.push(value);
        log(`${column.title}, round ${round + 1}: ${child.spec.name} ${value.toPrecision(4)}`);
      } catch (error) {
        cells[index] = missing(error);
      }
    }
    await between();
  }
  return cells;
}

function missing(error: unknown): Cell {
  return { missing: (error as Error).message, failed: !(error instanceof Unsupported) };
}

/** Seconds from the start of a process to its first text and picture, and its highest resident memory in bytes. */
export type ColdStart = { seconds: Cell; loaded: Cell; first: Cell };

/** Starts each program anew, in turns; the first round, which fills the file cache, is not counted. */
export async function measureColdStarts(
  specs: readonly ProgramSpec[],
  directories: readonly [models: string, inputs: string],
  { rounds, log }: { rounds: number; log: (line: string) => void },
): Promise<ColdStart[]> {
  const results: ColdStart[] = specs.map(() => ({
    seconds: { values: [] },
    loaded: { values: [] },
    first: { values: [] },
  }));
  for (let round = 0; round <= rounds; round++) {
    for (const [index, spec] of specs.entries()) {
      const { seconds, loaded, first } = results[index] as ColdStart;
      if ('missing' in seconds || 'missing' in loaded || 'missing' in first) continue;
      await pause(longEnoughToRest);
      const begin = performance.now();
      const child = new Child(spec, directories);
      try {
        await child.ask({ do: 'load' });
        const afterLoading = child.peakMemory();
        await child.ask({ do: 'first' });
        const took = (performance.now() - begin) / 1000;
        const afterFirst = child.peakMemory();
        if (round === 0) continue;
        seconds.values.push(took);
        if (afterLoading !== undefined) loaded.values.push(afterLoading);
        if (afterFirst !== undefined) first.values.push(afterFirst);
        log(`cold start, round ${round}: ${spec.name} ${took.toFixed(2)} s`);
      } catch (error) {
        results[index] = { seconds: missing(error), loaded: missing(error), first: missing(error) };
      } finally {
        await child.stop();
      }
    }
  }
  return results;
}
