import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { compilerArguments } from '../../src/node/native/build.ts';
import { assertSpace } from '../../src/node/native/disk.ts';
import { type Installed, type InstallOptions, installNative } from '../../src/node/native/install.ts';
import { whileLocked } from '../../src/node/native/lock.ts';
import { publishedPins } from '../../src/node/native/pins.ts';
import { targetOf } from '../../src/node/native/platform.ts';
import { removeNative } from '../../src/node/native/remove.ts';
import { nativeStatus } from '../../src/node/native/status.ts';
import { cacheDirectory, nativeDirectory } from '../../src/node/native/where.ts';
import { collectWarnings } from '../warnings.ts';
import { makeStandIns, makeWheel, type StandIns, type WheelFault } from './native-stand-ins.ts';

const machine = { platform: 'linux', arch: 'x64', glibc: '2.36' } as const;
const { PATH, CXX } = process.env;

describe('clip-tfjs native', () => {
  let directory: string;
  let native: string;
  let standIns: StandIns;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clip-tfjs-'));
    native = join(directory, 'cache', 'native');
    standIns = await makeStandIns(directory);
    process.env.PATH = `${standIns.bin}${delimiter}${PATH}`;
    process.env.CXX = 'g++';
  });
  afterEach(async () => {
    process.env.PATH = PATH;
    if (CXX === undefined) delete process.env.CXX;
    else process.env.CXX = CXX;
    await rm(directory, { recursive: true });
  });

  const install = (options: Partial<InstallOptions> = {}): Promise<Installed> =>
    installNative({
      directory: native,
      source: { kind: 'pip', cuda: false },
      force: false,
      report: { step: () => {}, bytes: () => {} },
      machine,
      pins: standIns.pins,
      tryOut: () => Promise.resolve({ version: '2.21.0', gpu: false }),
      buildKernels: () => Promise.resolve(undefined),
      ...options,
    });

  it('puts in place what is needed and nothing else, and says of what it is made', async () => {
    const { manifest, isNew } = await install();
    assert.equal(isNew, true);
    assert.deepEqual(await readdir(join(native, '..')), ['native']);
    assert.deepEqual((await readdir(native)).sort(), ['bin', 'native.json', 'node_modules', 'tensorflow']);
    assert.deepEqual((await readdir(join(native, 'tensorflow'))).sort(), [
      'include',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so.2',
    ]);
    assert.equal(
      await readFile(join(native, 'tensorflow', 'libtensorflow_cc.so.2'), 'utf8'),
      'the content of tensorflow/libtensorflow_cc.so.2',
    );
    assert.equal(await readFile(join(native, 'bin', 'tfjs_binding.node'), 'utf8'), 'binding\n');
    assert.deepEqual(JSON.parse(await readFile(join(native, 'native.json'), 'utf8')), manifest);
    assert.equal(manifest.tensorflow.version, '2.21.0');
    assert.equal(manifest.binding.compiler, 'stand-in 1.0');
  });

  it('does nothing where the same is installed and works, unless forced', async () => {
    await install();
    const before = await standIns.calls();
    assert.equal((await install()).isNew, false);
    assert.deepEqual(await standIns.calls(), before);
    assert.equal((await install({ force: true })).isNew, true);
    assert.deepEqual(await standIns.calls(), [...before, ...before]);
  });

  it('installs anew where what is installed does not work', async () => {
    await install();
    await writeFile(join(native, 'bin', 'tfjs_binding.node'), 'broken');
    const tryOut = async (at: string) => {
      if ((await readFile(join(at, 'bin', 'tfjs_binding.node'), 'utf8')) === 'broken') throw new Error('it crashed');
      return { version: '2.21.0', gpu: false };
    };
    assert.equal((await install({ tryOut })).isNew, true);
    assert.equal(await readFile(join(native, 'bin', 'tfjs_binding.node'), 'utf8'), 'binding\n');
  });

  it('brings a library back that is gone', async () => {
    await install();
    const library = 'tensorflow/libtensorflow_cc.so.2';
    await rm(join(native, library));
    const tryOut = async (at: string) => {
      if (!existsSync(join(at, library))) throw new Error(`${library}: no such file`);
      return { version: '2.21.0', gpu: false };
    };
    assert.equal((await install({ tryOut })).isNew, true);
    assert.match(await readFile(join(native, library), 'utf8'), /^the content of/);
  });

  it('leaves what is installed as it was where a new one fails', async () => {
    await install();
    const before = await readFile(join(native, 'native.json'), 'utf8');
    await assert.rejects(install({ force: true, tryOut: () => Promise.reject(new Error('it crashed')) }), /it crashed/);
    assert.equal(await readFile(join(native, 'native.json'), 'utf8'), before);
  });

  it('keeps what is finished when a step fails, and goes on from there', async () => {
    await writeFile(join(directory, 'hold', 'fault'), '');
    await assert.rejects(
      install(),
      /the binding did not compile; g\+\+ said:\nerror: no such header\nTry another compiler/,
    );
    assert.equal(existsSync(native), false);
    await rm(join(directory, 'hold', 'fault'));
    await install();
    assert.deepEqual(await standIns.calls(), ['npm begins', 'npm begins', 'pip begins', 'g++ begins', 'g++ begins']);
  });

  it('unpacks a library again that was damaged since, and keeps the others', async () => {
    await assert.rejects(install({ tryOut: () => Promise.reject(new Error('it crashed')) }));
    const tree = join(`${native}.partial`, 'tree', 'tensorflow');
    const [damaged, kept] = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
    await writeFile(join(tree, damaged), 'cut o');
    const { ino } = await stat(join(tree, kept));
    await install();
    assert.match(await readFile(join(native, 'tensorflow', damaged), 'utf8'), /^the content of/);
    assert.equal((await stat(join(native, 'tensorflow', kept))).ino, ino);
  });

  it('fetches a download again that was damaged since', async () => {
    await assert.rejects(install({ tryOut: () => Promise.reject(new Error('it crashed')) }));
    const [wheel = ''] = (await readdir(join(`${native}.partial`, 'downloads'))).filter((name) =>
      name.endsWith('.whl'),
    );
    await writeFile(join(`${native}.partial`, 'downloads', wheel), 'cut off');
    await install();
    assert.equal((await standIns.calls()).filter((call) => call === 'pip begins').length, 2);
  });

  it('refuses downloads that are not the published files', async () => {
    const tarball = join(directory, 'npm', 'node-api-headers-1.0.0.tgz');
    const published = await readFile(tarball);
    await appendFile(tarball, 'x');
    await assert.rejects(install(), /expected sha512 .* of node-api-headers-1.0.0.tgz but got/);
    await writeFile(tarball, published);
    await appendFile(standIns.wheel, 'x');
    await assert.rejects(
      install(),
      /expected sha256 \w{64} of tensorflow_cpu-2.21.0.*whl but got \w{64}; the download was damaged/,
    );
    assert.equal(existsSync(native), false);
  });

  it('takes a wheel that the user has, without pip', async () => {
    const path = join(directory, 'mine.whl');
    await makeWheel(path);
    await rm(join(standIns.bin, 'python3'));
    const { manifest } = await install({ source: { kind: 'wheel', path } });
    assert.equal(manifest.tensorflow.from, path);
    assert.equal((await install({ source: { kind: 'wheel', path } })).isNew, false);
    await makeWheel(path, { without: 'tensorflow/python/not-wanted.py' });
    assert.equal((await install({ source: { kind: 'wheel', path } })).isNew, true);
  });

  const wheels: [what: string, fault: WheelFault, message: RegExp][] = [
    ['of something else', { name: 'numpy' }, /expected a wheel of tensorflow or tensorflow-cpu but got 'numpy'/],
    [
      'for another platform',
      { tag: 'cp311-cp311-win_amd64' },
      /it is for cp311-cp311-win_amd64, and this is linux-x64/,
    ],
    [
      'for another processor',
      { tag: 'cp311-cp311-manylinux_2_27_aarch64' },
      /it is for cp311-cp311-manylinux_2_27_aarch64/,
    ],
    ['without a header', { without: 'tensorflow/include/tensorflow/c/c_api.h' }, /lacks tensorflow\/include.*c_api\.h/],
    [
      'whose content is not what its RECORD says',
      { wrongDigest: 'tensorflow/libtensorflow_cc.so.2' },
      /expected sha256 [\w-]{43} of tensorflow\/libtensorflow_cc.so.2, as its RECORD says, but got/,
    ],
  ];
  for (const [what, fault, message] of wheels) {
    it(`refuses a wheel ${what}`, async () => {
      const path = join(directory, 'mine.whl');
      await makeWheel(path, fault);
      await assert.rejects(install({ source: { kind: 'wheel', path } }), message);
      assert.equal(existsSync(native), false);
    });
  }

  it('refuses a file that is no wheel, or is not there', async () => {
    const path = join(directory, 'mine.whl');
    await assert.rejects(install({ source: { kind: 'wheel', path } }), /Cannot read wheel .*: there is no such file/);
    await writeFile(path, 'PK no zip');
    await assert.rejects(install({ source: { kind: 'wheel', path } }), /Cannot read wheel .*download it again/);
  });

  it('uses the libraries of a directory where they are, without pip', async () => {
    await rm(join(standIns.bin, 'python3'));
    const libdir = join(directory, 'built');
    const source = { kind: 'libdir', path: libdir } as const;
    await assert.rejects(
      install({ source }),
      /expected libtensorflow_cc.so.2 and libtensorflow_framework.so.2 there or in lib/,
    );
    await mkdir(join(libdir, 'lib'), { recursive: true });
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      await writeFile(join(libdir, 'lib', name), name);
    await assert.rejects(install({ source }), /expected the headers of TensorFlow's C API in .*include/);
    await mkdir(join(libdir, 'include', 'tensorflow', 'c', 'eager'), { recursive: true });
    await writeFile(join(libdir, 'include', 'tensorflow', 'c', 'eager', 'c_api.h'), '');
    const { manifest } = await install({ source });
    assert.equal(manifest.tensorflow.directory, join(libdir, 'lib'));
    assert.deepEqual((await readdir(native)).sort(), ['bin', 'native.json', 'node_modules']);
  });

  const missing: [what: string, break_: (bin: string) => Promise<void>, message: RegExp][] = [
    [
      'a compiler',
      () => {
        process.env.CXX = 'no-such-compiler';
        return Promise.resolve();
      },
      /'no-such-compiler' is not there; install one \(Debian.*apt install g\+\+/,
    ],
    [
      'pip',
      async (bin) => {
        for (const name of ['python3', 'python']) {
          await writeFile(join(bin, name), `#!/bin/sh\necho "/usr/bin/${name}: No module named pip" >&2\nexit 1\n`);
          await chmod(join(bin, name), 0o755);
        }
      },
      /python3 has no pip \(.*No module named pip\).*apt install python3-pip.*--wheel.*--libdir/,
    ],
    [
      'npm',
      async (bin) => {
        await writeFile(join(bin, 'npm'), '#!/bin/sh\nexit 1\n');
        await chmod(join(bin, 'npm'), 0o755);
      },
      /npm, which fetches the sources, does not run/,
    ],
  ];
  for (const [what, remove, message] of missing) {
    it(`says how to get ${what}, before anything is downloaded`, async () => {
      await remove(standIns.bin);
      await assert.rejects(install(), message);
      assert.deepEqual(await standIns.calls(), []);
    });
  }

  it('says how much disk is missing', async () => {
    await assert.rejects(
      assertSpace(directory, 1e18),
      /expected [\d.]+ GB free on its disk but got .*CLIP_TFJS_NATIVE/,
    );
  });

  it('neither replaces nor removes a directory that it did not make', async () => {
    await mkdir(native, { recursive: true });
    await writeFile(join(native, 'mine'), '');
    await assert.rejects(install(), /it holds other things, e.g. mine/);
    await assert.rejects(removeNative(native), /it has no native.json, so clip-tfjs did not make it/);
    assert.deepEqual(await readdir(native), ['mine']);
  });

  it('removes what is there, unfinished or replaced, once', async () => {
    await install();
    await rename(native, `${native}.old-1`);
    await install();
    await mkdir(`${native}.partial`);
    assert.ok((await removeNative(native)) > 100);
    assert.deepEqual(await readdir(join(native, '..')), []);
    assert.equal(await removeNative(native), 0);
  });

  it('lets one process at a time change it', async () => {
    let isDone = false;
    const first = whileLocked(native, async () => {
      await new Promise((resolve) => setTimeout(resolve, 900));
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const said = await collectWarnings(async () => {
      await assert.rejects(
        whileLocked(native, () => Promise.resolve(), 0),
        /another clip-tfjs is installing or removing there/,
      );
      assert.equal(isDone, false);
      await whileLocked(native, () => Promise.resolve(assert.equal(isDone, true)), 5000);
    });
    assert.match(said[0] as string, /another clip-tfjs seems to be at work on/);
    await first;
  });

  it('tells what is there and why it does not work', async () => {
    assert.equal((await nativeStatus(native)).problem, 'it is not installed');
    const { manifest } = await install();
    const status = await nativeStatus(native); // the stand-in is no library
    assert.deepEqual(status.manifest, manifest);
    assert.equal(status.works, false);
    assert.match(status.problem as string, /does not compute: .*tfjs_binding\.node.*$/);
    await writeFile(join(native, 'native.json'), '{ "format": 2 }');
    assert.match((await nativeStatus(native)).problem as string, /another version of clip-tfjs wrote it.*--force/);
    await writeFile(join(native, 'native.json'), '{');
    assert.match((await nativeStatus(native)).problem as string, /it is not JSON.*--force/);
  });
});

describe('the places and platforms of native TensorFlow', () => {
  it('are in the cache of the user, or where the environment says', () => {
    assert.equal(cacheDirectory({ XDG_CACHE_HOME: '/c' }, 'linux'), '/c');
    assert.match(cacheDirectory({}, 'linux'), /\.cache$/);
    assert.match(cacheDirectory({}, 'darwin'), /Library\/Caches$/);
    assert.equal(cacheDirectory({ LOCALAPPDATA: 'C:\\local' }, 'win32'), 'C:\\local');
    assert.equal(nativeDirectory({ XDG_CACHE_HOME: '/c' }), join('/c', 'clip-tfjs', 'native'));
    assert.equal(nativeDirectory({ XDG_CACHE_HOME: '/c', CLIP_TFJS_NATIVE: '/n' }), '/n');
  });

  it('have a pin each', () => {
    for (const [platform, arch, name] of [
      ['linux', 'x64', 'linux-x64'],
      ['linux', 'arm64', 'linux-arm64'],
      ['darwin', 'arm64', 'darwin-arm64'],
    ] as const) {
      const target = targetOf({ platform, arch, glibc: platform === 'linux' ? '2.36' : undefined });
      assert.equal(target.name, name);
      assert.match(publishedPins.cpu[name]?.file ?? '', new RegExp(`${target.wheelTag.source.slice(0, -1)}\\.whl$`));
    }
  });

  const refused: [arch: string, platform: NodeJS.Platform, glibc: string | undefined, message: RegExp][] = [
    ['x64', 'win32', undefined, /on win32 x64.*WSL2.*tfjs-node.*webgpu/],
    ['x64', 'darwin', undefined, /on darwin x64: expected linux-x64, linux-arm64, darwin-arm64.*webgpu/],
    ['x64', 'linux', undefined, /musl.*Debian/],
    ['x64', 'linux', '2.17', /needs the GNU C library 2.27 or newer, but this system has 2.17/],
  ];
  for (const [arch, platform, glibc, message] of refused)
    it(`are refused on ${platform} ${arch} with glibc ${glibc}`, () =>
      assert.throws(() => targetOf({ platform, arch, glibc }), message));

  it('have a compiler line each', () => {
    const names = ['a.dylib', 'b.dylib'] as const;
    const line = compilerArguments({ directory: 'tensorflow', headers: 'i', names }, 'out', 'darwin').join(' ');
    assert.match(line, /-dynamiclib -undefined dynamic_lookup .* tensorflow\/a.dylib tensorflow\/b.dylib/);
    assert.match(line, /-rpath -Xlinker @loader_path\/\.\.\/tensorflow$/);
  });
});
