/** Collects what is announced while `run` runs, instead of printing it. */
export async function collectWarnings(run: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (message: string) => {
    warnings.push(message);
  };
  try {
    await run();
  } finally {
    console.warn = warn;
  }
  return warnings;
}
