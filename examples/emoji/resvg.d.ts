/** What this example uses of @resvg/resvg-js, so that its types are checked where its packages are not installed. */
declare module '@resvg/resvg-js' {
  export type Rendered = { width: number; height: number; pixels: Uint8Array };
  export class Resvg {
    constructor(
      svg: string,
      options?: {
        fitTo?: { mode: 'width'; value: number };
        font?: { loadSystemFonts: boolean; fontFiles?: string[]; defaultFontFamily?: string };
      },
    );
    /** `pixels` are red, green, blue, alpha, the colours multiplied by alpha. */
    render(): Rendered;
  }
}
