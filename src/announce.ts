/** Says what was chosen where the user did not choose: on the console's error stream, so that `--json` output stays clean. */
export function announce(message: string): void {
  console.warn(`clip-tfjs: ${message}`);
}
