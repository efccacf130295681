/** When a report was made, to the minute: `2026-11-28 02:36 UTC`. @param date ISO 8601 */
export function reportTime(date: string = new Date().toISOString()): string {
  return `${date.slice(0, 10)} ${date.slice(11, 16)} UTC`;
}
