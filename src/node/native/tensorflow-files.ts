import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Libraries } from './build.ts';
import { sha256Of } from './checksum.ts';
import { fetchWheel } from './download.ts';
import type { Pins, Wheel } from './pins.ts';
import type { Target } from './platform.ts';
import type { Python } from './programs.ts';
import { megabytes, type Report } from './report.ts';
import { extract, keeps, type OpenWheel, openWheel } from './wheel.ts';
import { places } from './where.ts';

/** Where TensorFlow comes from: PyPI by pip, a wheel that the user has, or libraries that are used where they are. */
export type Source =
  | { kind: 'pip'; cuda: boolean }
  | { kind: 'wheel'; path: string }
  | { kind: 'libdir'; path: string };

/** TensorFlow, ready to be linked with. */
export type PlacedTensorflow = { libraries: Libraries; cuda: boolean; wheels: Record<string, string> };

/** @returns the wheels that pip fetches. @throws Error where there are none for the target */
export function wheelsOf(cuda: boolean, pins: Pins, { name }: Target): readonly Wheel[] {
  if (!cuda) return [pins.cpu[name] as Wheel];
  const wheels = pins.cuda[name];
  if (wheels) return wheels;
  throw new Error(
    `Cannot install TensorFlow with CUDA on ${name}: expected ${Object.keys(pins.cuda).join(', ')}; leave --cuda out`,
  );
}

/** @returns the bytes of disk that the source takes while it is installed, at most */
export async function bytesNeeded(source: Source, pins: Pins, target: Target): Promise<number> {
  const sources = 30e6;
  if (source.kind === 'libdir') return sources;
  if (source.kind === 'wheel') {
    const wheel = await openWheel(source.path);
    wheel.close();
    return sources + keeps(wheel, target).reduce((sum, { bytes }) => sum + bytes, 0);
  }
  const wheels = wheelsOf(source.cuda, pins, target);
  const pipsOwnCopy = Math.max(...wheels.map(({ bytes }) => bytes));
  return sources + pipsOwnCopy + wheels.reduce((sum, { bytes, unpacked }) => sum + bytes + unpacked, 0);
}

/** Puts TensorFlow's libraries and headers into the tree, or finds them where they are. What is there and right is kept. */
export async function placeTensorflow(
  source: Source,
  pins: Pins,
  target: Target,
  { tree, downloads, python }: { tree: string; downloads: string; python: Python | undefined },
  report: Report,
): Promise<PlacedTensorflow> {
  if (source.kind === 'libdir') return { libraries: await findLibraries(source.path, target), cuda: false, wheels: {} };
  const paths: string[] = [];
  if (source.kind === 'wheel') paths.push(source.path);
  else
    for (const wheel of wheelsOf(source.cuda, pins, target))
      paths.push(await fetchWheel(wheel, python as Python, downloads, report));
  const opened: OpenWheel[] = [];
  try {
    for (const path of paths) opened.push(await openWheel(path));
    await unpackAll(opened, target, tree, join(downloads, 'unpacking'), report);
    const wheels: Record<string, string> = {};
    for (const path of paths) wheels[basename(path)] = await sha256Of(path);
    const cuda = target.name === 'linux-x64' && opened.some(({ name }) => name === 'tensorflow');
    return { libraries: ownLibraries(target), cuda, wheels };
  } finally {
    for (const wheel of opened) wheel.close();
  }
}

async function unpackAll(
  wheels: readonly OpenWheel[],
  target: Target,
  tree: string,
  temporary: string,
  report: Report,
): Promise<void> {
  const kept = wheels.map((wheel) => ({ wheel, files: keeps(wheel, target) }));
  const total = kept.flatMap(({ files }) => files).reduce((sum, { bytes }) => sum + bytes, 0);
  const [first] = wheels as [OpenWheel];
  const others = wheels.length > 1 ? ` and ${wheels.length - 1} other wheels` : '';
  report.step(`unpacking ${megabytes(total)} of ${first.name} ${first.version}${others}`);
  let done = 0;
  for (const { wheel, files } of kept)
    await extract(wheel, files, tree, temporary, (bytes) => {
      done += bytes;
      report.bytes(done, total);
    });
}

function ownLibraries({ libraries }: Target): Libraries {
  return { directory: places.tensorflow, headers: places.headers, names: libraries };
}

/** In DIR or DIR/lib the libraries, in DIR/include the headers: as pip's `site-packages/tensorflow` and a build of one's own have them. */
async function findLibraries(path: string, { libraries }: Target): Promise<Libraries> {
  const isThere = (file: string) =>
    stat(file).then(
      () => true,
      () => false,
    );
  const hasAll = async (directory: string) =>
    (await Promise.all(libraries.map((name) => isThere(join(directory, name))))).every(Boolean);
  const directory = (await hasAll(path)) ? path : join(path, 'lib');
  if (!(await hasAll(directory)))
    throw new Error(
      `Cannot use --libdir ${path}: expected ${libraries.join(' and ')} there or in lib/; with Python's TensorFlow it is python3 -c "import tensorflow, os; print(os.path.dirname(tensorflow.__file__))"`,
    );
  const headers = join(path, 'include');
  if (!(await isThere(join(headers, 'tensorflow', 'c', 'eager', 'c_api.h'))))
    throw new Error(`Cannot use --libdir ${path}: expected the headers of TensorFlow's C API in ${headers}`);
  return { directory, headers, names: libraries };
}

/** Removes from the tree what another source left there. */
export async function clearOtherSources(tree: string, source: Source): Promise<void> {
  await mkdir(tree, { recursive: true });
  const kept = ['bin', places.packages, ...(source.kind === 'libdir' ? [] : [places.tensorflow, 'nvidia'])];
  for (const name of await readdir(tree))
    if (!kept.includes(name) || (name === 'nvidia' && !(source.kind === 'pip' && source.cuda)))
      await rm(join(tree, name), { recursive: true });
}
