/** Options of Node that say what the main thread runs, and are followed by it. */
const programs = ['-e', '--eval', '-p', '--print', '-pe', '--input-type'];

/** Those that are about the main thread's program alone. */
const alone = ['-i', '--interactive', '-c', '--check'];

/**
 * The options of Node for a worker thread that runs a file: those of this process, without a program on the command line
 * (`node --input-type=module -e ...`), for which Node refuses to start a thread from a file.
 * @param own `process.execArgv`
 */
export function workerExecArguments(own: readonly string[]): string[] {
  return own.filter((argument, place) => {
    const [name = ''] = argument.split('=');
    if (programs.includes(name) || alone.includes(argument)) return false;
    return !programs.includes(own[place - 1] ?? '') || argument.startsWith('-'); // Node takes no value that begins so
  });
}
