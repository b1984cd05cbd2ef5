import type { StatusDocument } from '../daemon/status-document.js';
import { formatNs } from './format-quantity.js';
import { printable } from './format-text.js';

/** Whether the system clock can be trusted, in a sentence. */
export interface StatusVerdict {
  /** The daemon feeds, its samples arrive, and chronyd is synchronised to them. */
  readonly trusted: boolean;
  readonly sentence: string;
}

/** Judges what the daemon says of itself. */
export function statusVerdict(status: StatusDocument): StatusVerdict {
  const doubt = reasonForDoubt(status);
  if (doubt !== undefined) return { trusted: false, sentence: `Do not trust the clock: ${printable(doubt)}.` };
  return { trusted: true, sentence: `The clock can be trusted: ${within(status)}, chronyd follows.` };
}

/** What the system clock may be off by: what was found, and what is not known about it. */
function within({ sample, phc }: StatusDocument): string {
  const source =
    phc === null ? '' : ` (${printable([phc.name || phc.path, phc.method ?? ''].filter(Boolean).join(', '))})`;
  if (sample === null) return `it is fed from the host's clock${source}`;
  return `within ±${formatNs(Math.abs(sample.offsetNs) + sample.boundNs)} of the host's clock${source}`;
}

/** The first thing that stands against it, in the order in which a person would mend it. */
function reasonForDoubt({ state, sock, chronyd, sample }: StatusDocument): string | undefined {
  if (state.name !== 'feeding') {
    return state.reason === '' ? `vmclockd is ${state.name}` : `${state.name}, ${withoutStop(state.reason)}`;
  }
  if (sock.failing !== '') return `samples do not reach chronyd, ${sock.failing} at ${sock.path}`;
  if (sample === null) return 'no sample has been sent yet';
  if (chronyd === null) return 'vmclockd feeds, but chronyd is not asked whether it follows (chronyd = "none")';
  if (!chronyd.reachable) return `chronyd cannot be asked whether it follows: ${withoutStop(chronyd.error)}`;
  if (chronyd.synchronised && chronyd.selectsUs) return undefined;
  if (chronyd.poll === null) return 'chronyd has no source of ours; see its refclock line';
  if (chronyd.selectsUs) return 'chronyd has selected us but is not synchronised yet';
  return chronyd.refid === '' || /^0*$/.test(chronyd.refid)
    ? 'chronyd is not synchronised yet'
    : `chronyd follows ${chronyd.refid} instead of us`;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.\s*$/, '');
}
