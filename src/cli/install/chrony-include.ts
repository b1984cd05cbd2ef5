import { INCLUDED_CHRONY_CONF } from './installed-files.js';

const NOTE = '# Added by `vmclockd install`; `vmclockd uninstall` takes it away.';
const INCLUDE = `include ${INCLUDED_CHRONY_CONF}`;
const BLOCK = `${NOTE}\n${INCLUDE}\n`;

/** True when chrony.conf includes our file. As chronyd reads it: any spacing, any case of the directive. */
export function hasInclude(conf: string): boolean {
  return conf.split('\n').some((line) => {
    const [directive, path, ...rest] = line.trim().split(/\s+/);
    return directive?.toLowerCase() === 'include' && path === INCLUDED_CHRONY_CONF && rest.length === 0;
  });
}

/** chrony.conf with our line in it; the same text when it is there already, in whatever place. */
export function withInclude(conf: string): string {
  if (hasInclude(conf)) return conf;
  return `${conf}${conf === '' || conf.endsWith('\n') ? '' : '\n'}${BLOCK}`;
}

/** chrony.conf without what withInclude() added; a line that somebody else wrote stays. */
export function withoutInclude(conf: string): string {
  return conf.replace(BLOCK, () => '');
}
