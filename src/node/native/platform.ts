/** What decides which files are needed. */
export type Machine = {
  platform: NodeJS.Platform;
  arch: string;
  /** The version of the GNU C library, e.g. `2.36`; undefined where there is none (musl). */
  glibc?: string | undefined;
};

/** A platform for which TensorFlow is built and the binding can be. */
export type Target = {
  /** E.g. `linux-x64`. */
  name: string;
  /** Whether anyone has run it. */
  isTested: boolean;
  /** How a wheel's tag for this platform starts and ends. */
  wheelTag: RegExp;
  libraries: readonly [cc: string, framework: string];
};

const linuxLibraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;
const macLibraries = ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'] as const;

const targets: readonly Target[] = [
  { name: 'linux-x64', isTested: true, wheelTag: /-manylinux.*_x86_64$/, libraries: linuxLibraries },
  { name: 'linux-arm64', isTested: false, wheelTag: /-manylinux.*_aarch64$/, libraries: linuxLibraries },
  { name: 'darwin-arm64', isTested: false, wheelTag: /-macosx_.*_arm64$/, libraries: macLibraries },
];

/** The GNU C library that the wheels are built for. */
const oldestGlibc = '2.27';

export function thisMachine(): Machine {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return { platform: process.platform, arch: process.arch, glibc: header?.glibcVersionRuntime };
}

/** @throws Error where native TensorFlow cannot be had, with what to use instead */
export function targetOf({ platform, arch, glibc }: Machine): Target {
  const cannot = `Cannot install native TensorFlow on ${platform} ${arch}`;
  const target = targets.find(({ name }) => name === `${platform}-${arch}`);
  if (platform === 'win32')
    throw new Error(
      `${cannot}: its wheel for Windows lacks the C library; use WSL2, or 'npm install @tensorflow/tfjs-node', or the backend 'webgpu'`,
    );
  if (!target)
    throw new Error(
      `${cannot}: expected ${targets.map(({ name }) => name).join(', ')}; use 'npm install @tensorflow/tfjs-node' if it has a build for this platform, or the backend 'webgpu'`,
    );
  if (platform === 'linux' && glibc === undefined)
    throw new Error(
      `${cannot}: TensorFlow is built for the GNU C library, and this system has another (musl, as Alpine has); use a system with glibc, e.g. Debian, or the backend 'wasm'`,
    );
  if (platform === 'linux' && isOlder(glibc as string, oldestGlibc))
    throw new Error(
      `${cannot}: TensorFlow needs the GNU C library ${oldestGlibc} or newer, but this system has ${glibc}; use a newer system`,
    );
  return target;
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split('.').map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}
