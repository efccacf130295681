import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { megabytes } from '../node/native/report.ts';
import type { Source } from '../node/native/tensorflow-files.ts';
import { nativeDirectory } from '../node/native/where.ts';
import { jsonOption } from './options.ts';
import { printJson, table } from './output.ts';
import { makeReport } from './step-report.ts';

type InstallCommand = { cuda?: boolean; wheel?: string; libdir?: string; force?: boolean; json?: boolean };

export function addNative(program: Command): void {
  const native = program
    .command('native')
    .summary('install TensorFlow itself, the fastest engine on processors')
    .description(
      "Install, show or remove TensorFlow's own library as the backend 'tensorflow'. It lies in the user's cache, or where CLIP_TFJS_NATIVE says, and serves every project.",
    )
    .addHelpText('after', '\nExample:\n  $ clip-tfjs native install');
  native
    .command('install')
    .summary('fetch TensorFlow, compile the binding, try it')
    .description(
      "Fetch the sources of @tensorflow/tfjs-node from npm and TensorFlow 2.21 from PyPI (by pip; no Python runs afterwards), compile the binding, try it, and put it in its place. Stopped, it goes on where it was when it is run again.\n\nNeeds npm, python3 with pip, g++ (or $CXX) and 1.5 GB of disk, of which 0.9 GB stay; with --cuda 10 GB, of which 6 GB stay. Linux x64 with glibc; Linux arm64 and macOS arm64 are untested, as are GPUs. Windows: use WSL2, or 'npm install @tensorflow/tfjs-node'.",
    )
    .option('--cuda', 'the build for NVIDIA GPUs, with its libraries of CUDA (Linux x64); computes without a GPU too')
    .addOption(
      new Option('--wheel <file>', 'a wheel of tensorflow or tensorflow-cpu that you have, in place of pip').conflicts([
        'cuda',
        'libdir',
      ]),
    )
    .addOption(
      new Option(
        '--libdir <directory>',
        'a directory with libtensorflow_cc, libtensorflow_framework and include/, used where it is, without Python',
      ).conflicts('cuda'),
    )
    .option('--force', 'install anew, even where the same is installed and works')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ clip-tfjs native install\n  $ clip-tfjs native install --libdir .venv/lib/python3.11/site-packages/tensorflow',
    )
    .action(install);
  native
    .command('status')
    .summary('show what is installed and whether it works')
    .description('Show what is installed and try it. Exit status 1 where nothing is installed or it does not work.')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ clip-tfjs native status')
    .action(status);
  native
    .command('remove')
    .summary('remove what is installed')
    .description('Remove what is installed, and what stopped installations have left.')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ clip-tfjs native remove')
    .action(remove);
}

/** The installer's libraries (zip, tar, lock) are loaded only here, so that no other command waits for them. */
async function install({ force = false, json, ...options }: InstallCommand): Promise<void> {
  const { installNative } = await import('../node/native/install.ts');
  const directory = nativeDirectory();
  const report = makeReport();
  const { manifest, gpu, isNew } = await installNative({ directory, source: sourceOf(options), force, report });
  if (json) return printJson({ directory, isNew, gpu, ...manifest });
  const what = `TensorFlow ${manifest.tensorflow.version}${gpu ? ', on the GPU' : ''}`;
  console.error(
    isNew
      ? `installed ${what} in ${directory}`
      : `${what} is installed in ${directory} and works; --force installs anew`,
  );
}

function sourceOf({ cuda = false, wheel, libdir }: InstallCommand): Source {
  if (wheel !== undefined) return { kind: 'wheel', path: resolve(wheel) };
  if (libdir !== undefined) return { kind: 'libdir', path: resolve(libdir) };
  return { kind: 'pip', cuda };
}

async function status({ json }: { json?: boolean }): Promise<void> {
  const { nativeStatus } = await import('../node/native/status.ts');
  const found = await nativeStatus(nativeDirectory());
  const { directory, manifest, bytes, partialBytes, works, problem, gpu, threads, stock } = found;
  if (!works) process.exitCode = 1;
  if (json) return printJson(found);
  const rows = [['directory', directory]];
  if (manifest) {
    const { packages, tensorflow, binding, kernels, date } = manifest;
    rows.push(
      ['TensorFlow', `${tensorflow.version}${tensorflow.cuda ? ' with CUDA' : ''}, from ${tensorflow.from}`],
      ['binding', `of @tensorflow/tfjs-node ${packages['@tensorflow/tfjs-node']}, by ${binding.compiler}`],
      ['fused operators', kernels ? 'compiled' : "not compiled: blocks run in TensorFlow's own"],
      ['installed', `${date.slice(0, 10)}, ${megabytes(bytes)}`],
      ['computes on', gpu ? 'a GPU' : `the processor, ${threads} threads`],
    );
  }
  if (partialBytes > 0)
    rows.push(['unfinished', `${megabytes(partialBytes)}; run 'clip-tfjs native install' to go on`]);
  for (const { name, version, packageDirectory, binding } of stock)
    rows.push(['goes first', `${name} ${version} in ${packageDirectory}${binding ? '' : ', but it has no binding'}`]);
  rows.push(['works', works ? 'yes' : `no: ${problem}`]);
  console.log(table(rows));
  if (!manifest) console.error("run 'clip-tfjs native install' to install it");
  else if (!works) console.error("run 'clip-tfjs native install' to mend it");
}

async function remove({ json }: { json?: boolean }): Promise<void> {
  const directory = nativeDirectory();
  const { removeNative } = await import('../node/native/remove.ts');
  const freed = await removeNative(directory);
  if (json) return printJson({ directory, freed });
  console.error(
    freed > 0 ? `removed ${directory}, ${megabytes(freed)}` : `nothing to remove: ${directory} is not there`,
  );
}
