import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as tar from 'tar';
import { ZipFile } from 'yazl';
import type { NpmPackage, Pins, Wheel } from '../../src/node/native/pins.ts';
import { headers } from '../../src/node/native/wheel.ts';

/** Small files in place of the published ones, and programs in place of npm, pip and the compiler, which log their calls. */
export type StandIns = { pins: Pins; bin: string; calls: () => Promise<string[]>; wheel: string };

/** What is wrong with a wheel. */
export type WheelFault = { tag?: string; name?: string; without?: string; wrongDigest?: string };

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) => `tensorflow/${name}`);

/** Makes them in an empty directory. */
export async function makeStandIns(directory: string): Promise<StandIns> {
  for (const name of ['npm', 'pypi', 'bin', 'hold']) await mkdir(join(directory, name));
  const packages = [
    await makePackage(directory, '@tensorflow/tfjs-node', ['binding/tfjs_backend.cc', 'dist/index.js']),
    await makePackage(directory, 'node-api-headers', ['include/node_api.h']),
  ];
  const wheel = join(directory, 'pypi', 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl');
  const pinned = await makeWheel(wheel);
  const log = join(directory, 'calls');
  await writeFile(log, '');
  await makePrograms(directory, log);
  return {
    pins: { packages, cpu: { 'linux-x64': pinned }, cuda: { 'linux-x64': [pinned] } },
    bin: join(directory, 'bin'),
    calls: async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== ''),
    wheel,
  };
}

async function makePackage(directory: string, name: string, files: readonly string[]): Promise<NpmPackage> {
  const root = join(directory, 'npm', name);
  for (const file of ['package.json', ...files]) {
    await mkdir(join(root, 'package', file, '..'), { recursive: true });
    await writeFile(join(root, 'package', file), file === 'package.json' ? JSON.stringify({ name }) : file);
  }
  const tarball = join(directory, 'npm', `${name.replace('@', '').replace('/', '-')}-1.0.0.tgz`);
  await tar.create({ file: tarball, cwd: root, gzip: true }, ['package']);
  const digest = createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64');
  return { name, version: '1.0.0', integrity: `sha512-${digest}` };
}

/** Writes a wheel with TensorFlow's files, a few bytes each. */
export async function makeWheel(path: string, fault: WheelFault = {}): Promise<Wheel> {
  const { tag = 'cp311-cp311-manylinux_2_27_x86_64', name = 'tensorflow_cpu', without, wrongDigest } = fault;
  const zip = new ZipFile();
  const record: string[] = [];
  for (const file of [...libraries, ...headers, 'tensorflow/python/not-wanted.py']) {
    if (file === without) continue;
    const content = Buffer.from(`the content of ${file}`);
    zip.addBuffer(content, file);
    const digest = createHash('sha256').update(file === wrongDigest ? 'other' : content);
    record.push(`${file},sha256=${digest.digest('base64url')},${content.length}`);
  }
  const info = `${name}-2.21.0.dist-info`;
  zip.addBuffer(Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: 2.21.0\n`), `${info}/METADATA`);
  zip.addBuffer(Buffer.from(`Wheel-Version: 1.0\nTag: ${tag}\n`), `${info}/WHEEL`);
  zip.addBuffer(Buffer.from(`${record.join('\n')}\n${info}/RECORD,,\n`), `${info}/RECORD`);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { name: 'tensorflow-cpu', version: '2.21.0', file: basename(path), sha256, bytes: 5000, unpacked: 5000 };
}

/** Each logs what it does and waits while a file of its name is in `hold/`. */
async function makePrograms(directory: string, log: string): Promise<void> {
  const wait = (name: string) =>
    `echo "${name} begins" >> ${log}; while [ -e ${directory}/hold/${name} ]; do sleep 0.05; done`;
  const programs = {
    npm: `[ "$1" = --version ] && exit
      ${wait('npm')}
      cp "${directory}/npm/$(echo "$2" | sed 's/^@//; s#/#-#; s/@/-/').tgz" "$4"`,
    python3: `[ "$3" = --version ] && exit
      ${wait('pip')}
      cp "${directory}"/pypi/tensorflow_cpu-2* "$6"`,
    'g++': `[ "$1" = --version ] && echo 'stand-in 1.0' && exit
      ${wait('g++')}
      [ -e ${directory}/hold/fault ] && echo 'error: no such header' >&2 && exit 1
      while [ "$1" != -o ]; do shift; done
      echo binding > "$2"`,
  };
  for (const [name, script] of Object.entries(programs)) {
    const path = join(directory, 'bin', name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }
}
