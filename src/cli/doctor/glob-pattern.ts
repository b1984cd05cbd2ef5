/** Longer ones, and ones with more stars, are nobody's; with them a pattern could take for ever to match. */
const LONGEST = 300;
const MOST_STARS = 4;

/**
 * A regular expression for a glob as AppArmor and chronyd know it: `*` and `?` do not match "/", `**` does, `[…]` and
 * `{a,b}` are alternatives. Never throws; a pattern that makes no sense matches nothing.
 */
export function globPattern(glob: string): RegExp {
  if (glob.length > LONGEST || glob.split(/\*+/).length > MOST_STARS + 1) return /(?!)/;
  let source = '';
  let braces = 0;
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    const end = character === '[' ? glob.indexOf(']', at + 2) : -1;
    if (character === '*') {
      const stars = /^\*+/.exec(glob.slice(at))?.[0].length ?? 1;
      source += stars > 1 ? '.*' : '[^/]*';
      at += stars - 1;
    } else if (character === '?') source += '[^/]';
    else if (end > 0) {
      const inner = glob.slice(at + 1, end).replace(/[\\[\]]/g, '\\$&');
      source += inner.startsWith('!') ? `[^${inner.slice(1)}]` : `[${inner}]`;
      at = end;
    } else if (character === '{') {
      source += '(?:';
      braces++;
    } else if (character === '}' && braces > 0) {
      source += ')';
      braces--;
    } else if (character === ',' && braces > 0) source += '|';
    else source += character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // Unclosed braces, a range from high to low.
    return /(?!)/;
  }
}
