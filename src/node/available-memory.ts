import { freemem } from 'node:os';

/** Bytes that the process can still take, within the limits of its container; Node knows them since 20.13. */
export function availableMemory(): number {
  return process.availableMemory?.() ?? freemem();
}
