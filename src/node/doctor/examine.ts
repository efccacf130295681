import { type Backend, BackendMissing, type BackendName, start } from '../../backend.ts';
import { avoided } from './avoided.ts';
import { checks } from './checks.ts';
import { type Device, describeDevice } from './device.ts';
import { type CheckResult, runCheck, tolerance } from './run-check.ts';
import { measureSpeed, type Speed } from './speed.ts';

/**
 * What was found out about a backend. `missing`: not on this machine. `broken`: there, and does not start. `crashed`: it
 * took the process down, or did not answer in time. `wrong`: numbers are off, or what CLIP needs throws.
 */
export type Examination = {
  backend: BackendName;
  state: 'good' | 'wrong' | 'missing' | 'broken' | 'crashed';
  /** Why useBackend() does not take it, or what is the matter. */
  reason?: string;
  device?: Device;
  checks?: CheckResult[];
  /** What clip-tfjs does not use because some backend gets it wrong, and how it comes out here. */
  avoided?: CheckResult[];
  speed?: Speed;
};

/** Starts a backend in this process and examines it. It may take the process down: see `examineApart`. */
export async function examine(backend: Backend): Promise<Examination> {
  const { name } = backend;
  const reason = await reasonToPassOver(backend);
  try {
    await start(backend, true);
  } catch (error) {
    const state = error instanceof BackendMissing ? 'missing' : 'broken';
    return { backend: name, state, reason: (error as Error).message };
  }
  const results = await runAll(checks);
  const isGood = results.every(isWithinTolerance);
  return {
    backend: name,
    state: isGood ? 'good' : 'wrong',
    ...(reason !== undefined && { reason }),
    device: await describeDevice(name),
    checks: results,
    avoided: await runAll(avoided),
    ...(isGood && { speed: await measureSpeed() }),
  };
}

export function isWithinTolerance({ error }: CheckResult): boolean {
  return error !== undefined && error <= tolerance;
}

/** Why useBackend() without a name passes over it, although naming it may succeed. */
async function reasonToPassOver({ load }: Backend): Promise<string | undefined> {
  try {
    await load(false);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function runAll(list: typeof checks): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of list) results.push(await runCheck(check));
  return results;
}
