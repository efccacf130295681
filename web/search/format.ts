/** @param path with slashes @returns its last part */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What a picture is called: its caption, else its file's name. */
export function nameOf({ caption, path }: { caption?: string; path: string }): string {
  return caption ?? fileName(path);
}

/** @param cosine -1 to 1 */
export function similarityText(cosine: number): string {
  return cosine.toFixed(2).replace('-', '\u2212');
}

export function percent(probability: number): string {
  return `${Math.round(100 * probability)}%`;
}

/** @param bytes of a file */
export function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param milliseconds since 1970 */
export function dateText(milliseconds: number): string {
  return new Date(milliseconds).toLocaleDateString(undefined, { year: 'numeric', month: 'long', day: 'numeric' });
}

/** "1 picture", "1,234 pictures" */
export function countText(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** @param typed with commas or on several lines @returns each label once */
export function labelsOf(typed: string): string[] {
  const labels = typed.split(/[,;\n]/).map((label) => label.trim());
  return [...new Set(labels.filter((label) => label !== ''))];
}
