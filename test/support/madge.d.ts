/** The part of madge that the tests use; it comes without types. */
declare module 'madge' {
  interface Tree {
    obj(): Record<string, string[]>;
    circular(): string[][];
  }
  export default function madge(
    paths: string | string[],
    options: { fileExtensions: string[]; tsConfig: string },
  ): Promise<Tree>;
}
