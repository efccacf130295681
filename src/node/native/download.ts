import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checksum, digestOf, fromIntegrity, fromSha256, matches } from './checksum.ts';
import type { NpmPackage, Wheel } from './pins.ts';
import type { Python } from './programs.ts';
import { megabytes, type Report } from './report.ts';
import { runProgram } from './run-program.ts';

/** A download under way lies in a directory that starts with this, so that what another process left cannot be mistaken. */
const underway = '.download-';

/** Removes what downloads that were killed have left. */
export async function sweepDownloads(downloads: string): Promise<void> {
  for (const name of await readdir(downloads))
    if (name.startsWith(underway)) await rm(join(downloads, name), { recursive: true });
}

/** @returns the path of the package's tarball, checked */
export async function fetchTarball(wanted: NpmPackage, downloads: string, report: Report): Promise<string> {
  const { name, version, integrity } = wanted;
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  return fetchOnce(file, fromIntegrity(integrity), downloads, async (into) => {
    report.step(`downloading ${name} ${version} from npm`);
    const args = ['pack', `${name}@${version}`, '--pack-destination', into, '--ignore-scripts', '--loglevel=error'];
    const outcome = await runProgram('npm', args);
    if (outcome?.code !== 0)
      throw new Error(
        `Cannot download ${name} ${version}: npm said ${outcome?.errors.trim() ?? 'nothing, it is not installed'}; check the network and run the command again`,
      );
  });
}

/** @returns the path of the wheel, checked; pip's own progress is shown */
export async function fetchWheel(wheel: Wheel, python: Python, downloads: string, report: Report): Promise<string> {
  const { name, version, file, sha256, bytes } = wheel;
  return fetchOnce(file, fromSha256(sha256), downloads, async (into) => {
    report.step(`downloading ${name} ${version} (${megabytes(bytes)}) from PyPI by pip`);
    const platform = file.slice(file.lastIndexOf('-') + 1).split('.')[0] as string;
    const outcome = await runProgram(
      python,
      [
        ...['-m', 'pip', 'download', `${name}==${version}`, '--dest', into, '--no-deps', '--no-cache-dir'],
        ...['--only-binary=:all:', '--python-version', '3.11', '--implementation', 'cp', '--platform', platform],
        '--disable-pip-version-check',
      ],
      { env: { ...process.env, TMPDIR: into }, isShown: true }, // the disk whose space was checked
    );
    if (outcome?.code !== 0)
      throw new Error(
        `Cannot download ${name} ${version}: pip ended with status ${outcome?.code}, see above; check the network and run the command again, or pass a wheel that you have by --wheel`,
      );
  });
}

/** Takes a file that is there already and is right; else fetches it, checks it, and only then gives it its name. */
async function fetchOnce(
  file: string,
  checksum: Checksum,
  downloads: string,
  fetch: (into: string) => Promise<void>,
): Promise<string> {
  const path = join(downloads, file);
  if (await matches(path, checksum)) return path;
  const into = await mkdtemp(join(downloads, underway));
  try {
    await fetch(into);
    const got = await digestOf(join(into, file), checksum);
    if (got === undefined)
      throw new Error(
        `Cannot install: expected the download to be ${file} but got ${(await readdir(into)).join(', ') || 'nothing'}`,
      );
    if (got !== checksum.digest)
      throw new Error(
        `Cannot install: expected ${checksum.algorithm} ${checksum.digest} of ${file} but got ${got}; the download was damaged or is not the published file; run the command again`,
      );
    await rename(join(into, file), path);
    return path;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}
