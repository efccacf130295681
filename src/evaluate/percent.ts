/** 0.1234 as `12 %`. */
export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** A share with its interval: `12.3 % (9.1 to 16.4)`. */
export function percentWithInterval({ value, low, high }: { value: number; low: number; high: number }): string {
  return `${percent(value, 1)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}
