import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compressedFault } from './tar-members.ts';

const compressed: readonly (readonly [ending: RegExp, cure: string])[] = [
  [/\.(tar\.gz|tgz)$/i, 'gunzip'],
  [/\.(tar\.zst|tzst)$/i, 'zstd -d'],
  [/\.(tar\.bz2|tbz2?)$/i, 'bunzip2'],
  [/\.(tar\.xz|txz)$/i, 'unxz'],
];

/**
 * The shards that a name stands for: a .tar; names with `{0000..0031}` or `{a,b}` in them, as WebDataset writes them; or with `*`
 * and `?` in the file's name.
 * @returns undefined where the name is none of shards
 * @throws SyntaxError on compressed ones, or where no file has such a name
 */
export async function namedShards(source: string): Promise<string[] | undefined> {
  const cure = compressed.find(([ending]) => ending.test(source))?.[1];
  if (cure !== undefined) throw new SyntaxError(compressedFault(source, cure));
  if (!/\.tar$/i.test(source)) return undefined;
  const names = await Promise.all(expandBraces(source).map(matchingFiles));
  return names.flat();
}

/** The shards in a folder, in the order of their names. */
export async function shardsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => /\.tar$/i.test(name) && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}

/** `a{1,2}b` as `a1b` and `a2b`, `{08..11}` as 08, 09, 10 and 11, as in a shell. What is no list or range stays as it is. */
export function expandBraces(text: string): string[] {
  const [whole, before = '', inside = '', after = ''] = /^(.*?)\{([^{}]*(?:,|\.\.)[^{}]*)\}(.*)$/s.exec(text) ?? [];
  if (whole === undefined) return [text];
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(inside) ?? [];
  const middles = first !== undefined && last !== undefined ? range(first, last) : inside.split(',');
  return middles.flatMap((middle) => expandBraces(after).map((rest) => `${before}${middle}${rest}`));
}

function range(first: string, last: string): string[] {
  const width = [first, last].some((end) => /^0\d/.test(end)) ? Math.max(first.length, last.length) : 0;
  const count = Number(last) - Number(first);
  const step = Math.sign(count) || 1;
  return Array.from({ length: Math.abs(count) + 1 }, (_, at) => String(Number(first) + step * at).padStart(width, '0'));
}

async function matchingFiles(path: string): Promise<string[]> {
  const name = basename(path);
  if (!/[*?]/.test(name)) return [path];
  const pattern = name
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const folder = dirname(path);
  const all = await shardsIn(folder).catch((error) => {
    throw error.code === 'ENOENT' ? new Error(`Cannot read ${path}: there is no folder ${folder}`) : error;
  });
  const found = all.filter((file) => new RegExp(`^${pattern}$`, 's').test(basename(file)));
  if (found.length === 0) throw new SyntaxError(`Cannot read ${path}: no file in ${folder} has such a name`);
  return found;
}
