import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import type { RefclockLine } from '../refclock-line.js';
import { isOlder } from './chrony-version.js';
import { ourRefclocks, place } from './our-refclocks.js';

const { ok, warn, fail, skip } = about({
  id: 'refclock',
  name: 'Refclock line',
  expected: 'one `refclock SOCK` line with the path and the refid of vmclockd.toml',
  why: 'by this line chronyd makes the socket that vmclockd feeds; without it nothing arrives',
});

/** Options by the first version that knows them: an older chronyd does not start with them. */
const OPTIONS_SINCE: Readonly<Record<string, string>> = { maxunreach: '4.8', optional: '4.9', local: '4.3' };
/** chronyd's options that take a number, and the others (chrony.conf(5)). */
const NUMBERS = new Set(
  'poll dpoll rate maxlockage maxunreach width offset delay stratum precision maxdispersion filter minsamples maxsamples'.split(
    ' ',
  ),
);
const OTHERS = new Set('refid lock pps tai local noselect prefer trust require optional'.split(' '));
/** log2 s. Beyond this the clock counts as unsynchronised for more than ten seconds after a disruption. */
const SLOW_POLL = 2;
/** chronyd's defaults. */
const DEFAULT_POLL = 4;
const DEFAULT_REFID = 'SOC…';

/** Whether chronyd's configuration has our line, and the line is right. */
export function checkRefclock(facts: DoctorFacts): Finding {
  const { chrony, sockets, daemon, asRoot } = facts;
  const { refid } = daemon.settings;
  const sock = sockets.refclock.path;
  const ours = ourRefclocks(facts);
  const [line, second] = ours;
  const restart = `\`systemctl restart ${chrony.unit}\``;
  if (line === undefined) {
    const hidden = chrony.conf.unreadable.filter(({ error }) => /EACCES|EPERM/.test(error));
    if (!asRoot && hidden.length > 0) return skip(`${hidden[0]?.path}: not readable for us`, 'ask as root');
    const elsewhere = chrony.refclocks.find(({ driver, options }) => driver === 'SOCK' && options['refid'] === refid);
    if (elsewhere !== undefined) {
      const value = `${place(elsewhere)} has ${elsewhere.path}, but vmclockd sends to ${sock}`;
      return fail(value, `put ${sock} into ${place(elsewhere)} and ${restart}`);
    }
    if (chrony.conf.files.length === 0) {
      const error = chrony.conf.unreadable[0]?.error ?? 'not found';
      return chrony.binary === ''
        ? skip('no chrony; see chrony')
        : fail(`${chrony.file} cannot be read: ${error}`, additive(facts));
    }
    return fail(`none for ${sock} in ${read(facts)}`, additive(facts));
  }
  if (second !== undefined) {
    const value = `two lines for ${sock}: ${place(line)} and ${place(second)}`;
    return fail(value, `take one out and ${restart}`, {
      why: 'chronyd gives the socket to one of them, and the other starves',
    });
  }
  const mend = (change: string) => `${change} in ${place(line)} and ${restart}`;
  const given = line.options['refid'] ?? DEFAULT_REFID;
  if (given !== refid) {
    const why = 'vmclockd looks for its refid in what chronyd answers: it would never know that chronyd follows';
    return fail(`${place(line)} has refid ${given}, vmclockd looks for ${refid}`, mend(`\`refid ${refid}\``), { why });
  }
  return (
    optionTrouble(facts, line, mend) ??
    ok(`${place(line)}, refid ${refid}, poll ${line.options['poll'] ?? DEFAULT_POLL}`)
  );
}

function optionTrouble(
  { chrony }: DoctorFacts,
  line: RefclockLine,
  mend: (change: string) => string,
): Finding | undefined {
  const { options } = line;
  const at = place(line);
  for (const [name, since] of Object.entries(OPTIONS_SINCE)) {
    if (options[name] === undefined || chrony.version === '' || !isOlder(chrony.version, since)) continue;
    return fail(`${at}: chrony ${chrony.version} does not know ${name} (since ${since})`, mend(`no \`${name}\``), {
      why: 'chronyd does not start with an option that it does not know',
    });
  }
  for (const [name, value] of Object.entries(options)) {
    const known = OTHERS.has(name) || NUMBERS.has(name);
    if (known && (OTHERS.has(name) || (value !== '' && Number.isFinite(Number(value))))) continue;
    const what = known ? `${name} ${value}, which is no number` : `an option ${name}, which chronyd does not know`;
    return fail(`${at} has ${what}`, mend('mend it'), { why: 'chronyd does not start with it' });
  }
  if (options['tai'] !== undefined) {
    return fail(`${at} has the option tai`, mend('no `tai`'), {
      why: 'vmclockd sends UTC whatever the clock ticks: the time would be 37 s off',
    });
  }
  if (options['pps'] !== undefined) {
    return fail(`${at} has the option pps`, mend('no `pps`'), {
      why: 'chronyd would take only the fraction of each second, and none without a `lock`',
    });
  }
  if (Number(options['offset'] ?? 0) !== 0) {
    return warn(`${at} has offset ${options['offset']}`, mend('no `offset`'), {
      why: 'the clock is set off by so much, on purpose or by mistake',
    });
  }
  if (options['noselect'] !== undefined) {
    return warn(`${at} has the option noselect`, mend('no `noselect`'), {
      why: 'chronyd looks at the samples and does not follow them',
    });
  }
  const poll = Number(options['poll'] ?? DEFAULT_POLL);
  if (poll > SLOW_POLL) {
    return warn(`${at}: poll ${poll}, every ${2 ** poll} s`, mend('`poll -3`'), {
      expected: `poll -3, at most ${SLOW_POLL}`,
      why: 'after a disruption chronyd needs three polls before it says that it is synchronised',
    });
  }
  return undefined;
}

/** The command that adds the line. */
function additive({ chrony, sockets, daemon }: DoctorFacts): string {
  const line = `refclock SOCK ${sockets.refclock.path} refid ${daemon.settings.refid} poll -3 filter 16 precision 1e-9`;
  const where = chrony.folder === '' ? `>> ${chrony.file}` : `> ${chrony.folder}/vmclockd.conf`;
  return `\`echo '${line}' ${where}\` and \`systemctl restart ${chrony.unit}\``;
}

function read({ chrony: { conf } }: DoctorFacts): string {
  const [first = '', ...more] = conf.files;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
