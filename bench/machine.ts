import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

const telling = /^(avx2|fma|avx512f|avx512_vnni|avx512_bf16|amx_tile|amx_bf16|asimd|sve)$/;

/** Where figures come from: name to value, in the order in which they are shown. */
export function describeMachine(): Record<string, string> {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: `${cpus()[0]?.model.trim() || 'unknown'}, ${availableParallelism()} cores`,
    instructions: instructions() || 'unknown',
    memory: `${(totalmem() / 1e9).toFixed(1)} GB`,
    system: `${type()} ${release()}`,
    node: process.version,
    commit: commit(),
  };
}

/** Linux only. */
function instructions(): string {
  if (!existsSync('/proc/cpuinfo')) return '';
  const [, flags = ''] = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
  return flags
    .split(' ')
    .filter((flag) => telling.test(flag))
    .join(' ');
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'bench', ':!bench/RESULTS.md');
    return git('rev-parse', '--short', 'HEAD') + (changed ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}
