/** What has come of a file: the name is the same in every run, so that the next one goes on, and is ours, so that Python does not. */
export function partialPath(path: string): string {
  return `${path}.clip-tfjs.incomplete`;
}
