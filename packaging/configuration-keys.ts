/** A group of keys in the sample configuration that share a description. */
export interface DescribedKeys {
  /** The heading that the group stands under; '' before the first. */
  readonly heading: string;
  /** With the table's name: "log.level". */
  readonly keys: readonly { readonly name: string; readonly value: string }[];
  readonly text: string;
}

/**
 * Reads the sample configuration, where each key stands as a comment with its default below its description. The manual
 * page is made of it, so that there is one text to keep right.
 */
export function describedKeys(sample: string): readonly DescribedKeys[] {
  const groups: DescribedKeys[] = [];
  let [heading, table] = ['', ''];
  let text: string[] = [];
  let keys: { name: string; value: string }[] = [];
  const close = () => {
    if (keys.length > 0) groups.push({ heading, keys, text: text.join(' ') });
    [text, keys] = [[], []];
  };
  for (const line of sample.split('\n')) {
    const title = /^# --- (.*?) -*$/.exec(line)?.[1];
    const named = /^#?\[+([\w.-]+)\]+$/.exec(line)?.[1];
    const key = /^#([a-z][\w-]*) = (.*)$/.exec(line);
    if (title !== undefined) {
      close();
      heading = title;
    } else if (named !== undefined) {
      close();
      table = `${named}.`;
    } else if (key !== null) {
      keys.push({ name: `${table}${key[1] ?? ''}`, value: key[2] ?? '' });
    } else if (line.startsWith('# ')) {
      // Another description begins where the last one's keys have been.
      if (keys.length > 0) close();
      text.push(line.slice(2));
    } else {
      close();
    }
  }
  close();
  return groups;
}

/** The same as Markdown, for the manual page. */
export function keysAsMarkdown(groups: readonly DescribedKeys[]): string {
  let heading = '';
  const parts: string[] = [];
  for (const group of groups) {
    if (group.heading !== heading) parts.push(`### ${group.heading}`);
    heading = group.heading;
    const names = group.keys.map(({ name, value }) => `\`${name} = ${value}\``).join(', ');
    parts.push(`* ${names}:\n  ${group.text.replace(/ ?\(reload\)\.?$/, ' *(reload)*')}`);
  }
  return parts.join('\n\n');
}
