/** What `evaluate`, `calibrate` and `audit` say of their exit status. */
export const statusHelp = `
Exit status: 0 where every picture could be read; 1 where a row of the data, or a picture of it or of the others that are named, could not
(results are printed all the same, of the rest), and on faults; 2 where the command or its data is unfit, before a model is loaded.`;

/**
 * Says after the results how much they are without, and makes the exit status 1.
 * @param count rows and pictures that could not be used, each of which was named on standard error
 */
export function tellLeftOut(count: number, json: boolean | undefined): void {
  if (count === 0) return;
  process.exitCode = 1;
  const line = `left out: ${count} ${count === 1 ? 'picture or row' : 'pictures or rows'} that could not be read, named on standard error`;
  if (json) console.error(line);
  else console.log(line);
}

/** A picture that could not be used, as a line; the reason may name it already. */
export function skippedLine(path: string, reason: string): string {
  return `skipped ${reason.includes(path) ? '' : `${path}: `}${reason}`;
}
