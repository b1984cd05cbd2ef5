import type { DisruptionStatus, StatusDocument } from '../daemon/status-document.js';
import { formatDuration, formatNs, formatPpm, formatSignedNs } from './format-quantity.js';
import { printable } from './format-text.js';
import type { ToneLine } from './format-tone.js';
import { statusVerdict } from './status-verdict.js';

/** Where the text of a row starts. */
export const LABEL_WIDTH = 13;

/** A status document for eyes: the verdict, then a line or two per part of the daemon. */
export function formatStatus(status: StatusDocument): ToneLine[] {
  const { trusted, sentence } = statusVerdict(status);
  const rows = [
    ...stateRows(status),
    ...phcRows(status),
    ...vmclockRows(status),
    ...sampleRows(status),
    ...sockRows(status),
    ...chronydRows(status),
    ...disruptionRows(status),
    ...daemonRows(status),
  ];
  return [{ text: sentence, tone: trusted ? 'good' : 'bad' }, { text: '', tone: 'plain' }, ...rows.map(formatRow)];
}

/** A row as one line. */
export function formatRow({ label, text, tone }: StatusRow): ToneLine {
  return { text: `${label.padEnd(LABEL_WIDTH)}${printable(text)}`, tone: tone ?? 'plain' };
}

export interface StatusRow {
  /** "" continues the row above. */
  readonly label: string;
  readonly text: string;
  readonly tone?: 'dim';
}

export function stateRows({ state }: StatusDocument): StatusRow[] {
  const reason = state.reason === '' ? '' : `: ${state.reason}`;
  return [{ label: 'State', text: `${state.name} for ${formatDuration(state.forSeconds)}${reason}` }];
}

function phcRows({ phc, rate }: StatusDocument): StatusRow[] {
  if (phc === null) return [{ label: 'PHC', text: 'none yet; `vmclockd probe` shows what there is' }];
  const name = phc.name === '' ? '' : ` (${phc.name})`;
  const scale = phc.timescale === null ? 'time scale not known' : timescaleText(phc.timescale, phc.shiftSeconds);
  const why = phc.timescaleReason === '' ? '' : ` (${phc.timescaleReason})`;
  const rows: StatusRow[] = [
    { label: 'PHC', text: `${phc.path}${name}, read by ${phc.method ?? 'no method yet'}` },
    { label: '', text: `${scale}${why}` },
  ];
  for (const { method, code, meaning } of phc.refusals) {
    rows.push({ label: '', text: `not ${method}: ${code}${meaning === '' ? '' : `, ${meaning}`}`, tone: 'dim' });
  }
  if (rate !== null) {
    const text = `rate ${formatPpm(rate.phcPpm)} ± ${unsignedPpm(rate.uncertaintyPpm)} against CLOCK_MONOTONIC_RAW`;
    rows.push({ label: '', text });
  }
  return rows;
}

function timescaleText(timescale: 'UTC' | 'TAI' | 'shifted', shiftSeconds: number | null): string {
  const named = timescale === 'shifted' ? 'shifted against UTC' : `ticks ${timescale}`;
  if (shiftSeconds === null || shiftSeconds === 0) return named;
  return `${named}, ${Math.abs(shiftSeconds)} s ${shiftSeconds > 0 ? 'ahead of' : 'behind'} UTC`;
}

function vmclockRows({ vmclock }: StatusDocument): StatusRow[] {
  if (vmclock === null) return [{ label: 'vmclock', text: 'none: disruptions are inferred from jumps of the PHC' }];
  const generation = vmclock.generation === null ? '' : `, generation ${vmclock.generation}`;
  const leap = vmclock.leap === 'none' ? '' : `, leap second: ${vmclock.leap}`;
  const watching = vmclock.watching === 'poll' ? 'wakes us when it changes' : 'is looked at on a timer';
  const rows: StatusRow[] = [
    { label: 'vmclock', text: `${vmclock.path}, ${watching}` },
    { label: '', text: `host's clock ${vmclock.clockStatus}${leap}, marker ${vmclock.marker}${generation}` },
  ];
  if (vmclock.flags.length > 0) rows.push({ label: '', text: vmclock.flags.join(' '), tone: 'dim' });
  if (vmclock.unsettledForSeconds !== null) {
    const text = `cannot be read consistently for ${formatDuration(vmclock.unsettledForSeconds)} now`;
    rows.push({ label: '', text });
  }
  return rows;
}

export function sampleRows({ sample }: StatusDocument): StatusRow[] {
  if (sample === null) return [{ label: 'Last sample', text: 'none in this epoch' }];
  const offset = `${formatSignedNs(sample.offsetNs)} ± ${formatNs(sample.boundNs)}`;
  const text = `${offset}, bracket ${formatNs(sample.bracketNs)}, ${formatDuration(sample.ageSeconds)} ago`;
  return [{ label: 'Last sample', text }];
}

function sockRows({ sock }: StatusDocument): StatusRow[] {
  const dropped = Object.entries(sock.dropped);
  const reasons = dropped.map(([code, count]) => `${code} ${count}`).join(', ');
  const total = dropped.reduce((sum, [, count]) => sum + count, 0);
  const drops = total === 0 ? 'none dropped' : `${total} dropped (${reasons})`;
  const failing = sock.failing === '' ? '' : `; failing now: ${sock.failing}`;
  return [{ label: 'SOCK', text: `${sock.path}, ${sock.sent} sent, ${drops}${failing}` }];
}

export function chronydRows({ chronyd }: StatusDocument): StatusRow[] {
  if (chronyd === null) return [{ label: 'chronyd', text: 'not asked (chronyd = "none")' }];
  const asked = `asked ${formatDuration(chronyd.ageSeconds)} ago`;
  if (!chronyd.reachable) return [{ label: 'chronyd', text: `not reachable at ${chronyd.path}: ${chronyd.error}` }];
  const follows = chronyd.synchronised
    ? `synchronised to ${chronyd.refid}, stratum ${chronyd.stratum}`
    : 'unsynchronised';
  const poll =
    chronyd.poll === null ? ', has no source of ours' : `, polls us every ${formatDuration(2 ** chronyd.poll)}`;
  const frequency = `frequency ${formatPpm(chronyd.frequencyPpm)} ± ${unsignedPpm(chronyd.skewPpm)}`;
  const offset = `offset ${formatSignedNs(chronyd.offsetNs)}`;
  return [
    { label: 'chronyd', text: `${follows}${poll}` },
    { label: '', text: `${offset}, ${frequency}, root dispersion ${formatNs(chronyd.rootDispersionNs)}, ${asked}` },
  ];
}

export function disruptionRows({ disruptions: { count, last } }: StatusDocument): StatusRow[] {
  if (last === null) return [{ label: 'Disruptions', text: count === 0 ? 'none since the start' : String(count) }];
  return [
    { label: 'Disruptions', text: `${count}, the last ${formatDuration(last.agoSeconds)} ago (${last.cause})` },
    { label: '', text: timeline(last) },
  ];
}

function timeline(last: DisruptionStatus): string {
  const step = (name: string, ms: number | null) =>
    ms === null ? `not ${name}` : `${name} after ${formatNs(ms * 1e6)}`;
  const steps = [
    step('reset', last.resetAnsweredMs),
    step('corrected', last.correctedMs),
    step('fed', last.firstSampleMs),
    step('synchronised', last.synchronisedMs),
  ];
  const then = last.offsetThenNs === null ? '' : ` and off by ${formatSignedNs(last.offsetThenNs)} then`;
  return `${last.noticedAt} noticed, ${steps.join(', ')}${then}`;
}

function daemonRows({ version, pid, uptimeSeconds, counters }: StatusDocument): StatusRow[] {
  const rows: StatusRow[] = [
    { label: 'Daemon', text: `vmclockd ${version}, pid ${pid}, up ${formatDuration(uptimeSeconds)}` },
  ];
  const counted = Object.entries(counters).filter(([, count]) => count !== 0);
  if (counted.length > 0) {
    rows.push({ label: 'Counters', text: counted.map(([name, count]) => `${name} ${count}`).join(', '), tone: 'dim' });
  }
  return rows;
}

function unsignedPpm(ppm: number): string {
  return formatPpm(ppm).replace(/^\+/, '');
}
