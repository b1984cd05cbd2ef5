import { INCLUDED_CHRONY_CONF } from './installed-files.js';

const NOTE = '# Added by `vmclockd install`; `vmclockd uninstall` takes it away.';
const INCLUDE = `include ${INCLUDED_CHRONY_CONF}`;
const BLOCK = `${NOTE}\n${INCLUDE}\n`;

/** chrony.conf with our line in it; the same text when it is there already, in whatever place. */
export function withInclude(conf: string): string {
  if (conf.split('\n').some((line) => line.trim() === INCLUDE)) return conf;
  return `${conf}${conf === '' || conf.endsWith('\n') ? '' : '\n'}${BLOCK}`;
}

/** chrony.conf without what withInclude() added; a line that somebody else wrote stays. */
export function withoutInclude(conf: string): string {
  return conf.replace(BLOCK, () => '');
}
