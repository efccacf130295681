/** Pictures of the visitor's that were searched by, for the back button; they are not stored anywhere. */
const pictures = new Map<string, { file: File; address: string }>();

/** Older ones are forgotten. */
const mostPictures = 12;

/** @returns a name for the address of the page, which is new each time */
export function keepPicture(file: File): string {
  for (const [oldest, { address }] of pictures) {
    if (pictures.size < mostPictures) break;
    pictures.delete(oldest);
    URL.revokeObjectURL(address);
  }
  const name = `${Date.now()}`;
  pictures.set(name, { file, address: URL.createObjectURL(file) });
  return name;
}

export function keptPicture(name: string): File | undefined {
  return pictures.get(name)?.file;
}

/** Where an img element finds it. */
export function keptAddress(name: string): string | undefined {
  return pictures.get(name)?.address;
}
