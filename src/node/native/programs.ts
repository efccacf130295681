import { runProgram } from './run-program.ts';

/** The command of a Python that has pip. */
export type Python = string;

/** A C++ compiler: its command, the arguments that it always gets, and the first line of what it says of itself. */
export type Compiler = { command: string; flags: readonly string[]; version: string };

/** @throws Error where npm does not run, with the cure */
export async function requireNpm(): Promise<void> {
  if ((await runProgram('npm', ['--version']))?.code === 0) return;
  throw new Error('Cannot install: npm, which fetches the sources, does not run; install it, it is a part of Node');
}

/** @throws Error where no Python with pip is there, with the cures */
export async function findPython(): Promise<Python> {
  const faults: string[] = [];
  for (const command of ['python3', 'python']) {
    const outcome = await runProgram(command, ['-m', 'pip', '--version']);
    if (outcome?.code === 0) return command;
    if (outcome) faults.push(`${command} has no pip (${outcome.errors.trim().split('\n').at(-1)})`);
  }
  const fault = faults.length === 0 ? 'there is no python3' : faults.join(', ');
  throw new Error(
    `Cannot install: pip fetches TensorFlow, but ${fault}; install it (Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip), or pass a wheel of TensorFlow by --wheel, or its libraries by --libdir`,
  );
}

/** The compiler of $CXX, else the system's. @throws Error where it does not run, with the cures */
export async function findCompiler(environment: NodeJS.ProcessEnv = process.env): Promise<Compiler> {
  const usual = process.platform === 'darwin' ? 'clang++' : 'g++';
  const [command = usual, ...flags] = (environment.CXX ?? '').split(/\s+/).filter((word) => word !== '');
  const outcome = await runProgram(command, [...flags, '--version']);
  if (outcome?.code === 0) return { command, flags, version: outcome.output.split('\n')[0] as string };
  throw new Error(
    `Cannot install: the binding needs a C++ compiler, but '${command}' ${outcome ? `ended with status ${outcome.code}` : 'is not there'}; install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select --install), or name one in CXX`,
  );
}
