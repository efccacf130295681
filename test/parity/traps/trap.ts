import type { BackendName } from '../../../src/backend.ts';
import type { Case } from '../case.ts';
import { runCase } from '../run-case.ts';

/** What one would write, where tfjs gets it wrong, and what we write instead. */
export type Trap = {
  /** What one would write. */
  name: string;
  wrong: readonly Wrong[];
  /** What we write instead. */
  rule: string;
  tempting: Case;
  /** The rule at work: right on every backend. */
  ours: Case;
  /** Takes away what we have added to tfjs, while `tempting` runs; returns what puts it back. */
  bare?: () => () => void;
};

/** `fault` is how runCase words it; `happens` is how the documents do. */
export type Wrong = { on: readonly BackendName[]; happens: string; fault: RegExp };

export const everywhere: readonly BackendName[] = ['tensorflow', 'webgpu', 'webgl', 'wasm', 'cpu'];

/** What is not as the table says: nothing, as long as tfjs has the fault where the table has it, and our rule holds. */
export async function checkTrap(trap: Trap, backend: BackendName): Promise<string[]> {
  const restore = trap.bare?.();
  const tempting = await runCase(trap.tempting).finally(restore);
  const wrong = trap.wrong.find(({ on }) => on.includes(backend));
  const surprises = (await runCase(trap.ours)).faults.map((fault) => `our rule fails: ${fault}`);
  if (!wrong) {
    surprises.push(...tempting.faults.map((fault) => `the table says that it works on ${backend}: ${fault}`));
  } else if (!tempting.faults.some((fault) => wrong.fault.test(fault))) {
    const found = tempting.faults.length === 0 ? 'it works now: the rule can go' : tempting.faults.join('; ');
    surprises.push(`the table says that it fails on ${backend} by ${wrong.fault}: ${found}`);
  }
  return surprises;
}
