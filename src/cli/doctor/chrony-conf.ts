/** A line of chrony.conf that is no comment. */
export interface ChronyDirective {
  /** In lower case, as chronyd does not mind the case. */
  readonly name: string;
  /** Separated by single blanks. */
  readonly arguments: readonly string[];
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** chronyd's own limit for a line. Longer ones make it stop. */
const LONGEST_LINE = 2048;

/**
 * The directives of one file of chronyd's configuration, in order. Pure, and never throws. As in chronyd, a comment is a
 * whole line that begins with one of `! ; # %`; there are none at the end of a line.
 *
 * @param file for the directives only
 */
export function parseChronyConf(text: string, file: string): ChronyDirective[] {
  return text.split('\n').flatMap((content, index): ChronyDirective[] => {
    const words = content
      .slice(0, LONGEST_LINE)
      .split(/\s+/)
      .filter((word) => word !== '');
    const [first, ...rest] = words;
    if (first === undefined || /^[!;#%]/.test(first)) return [];
    return [{ name: first.toLowerCase(), arguments: rest, file, line: index + 1 }];
  });
}
