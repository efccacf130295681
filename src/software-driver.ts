const names = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

/** Whether a graphics driver, by what it says of itself, computes on the processor: right, and slower than WebAssembly. */
export function isSoftwareDriver(description: string): boolean {
  return names.test(description);
}
