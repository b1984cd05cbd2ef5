import { DecodeError } from './decode-error.js';

/** Bytes of chrony's IPAddr: 16 of address, u16 family, u16 of padding. */
export const CANDM_ADDRESS_BYTES = 20;

const FAMILY_OFFSET = 16;

/** chrony's IPAddr. */
export type CandmAddress =
  | { readonly family: 'none' }
  /** Dotted; `number` is the same as an unsigned 32-bit number: a refclock's refid lives there. */
  | { readonly family: 'IPv4'; readonly text: string; readonly number: number }
  | { readonly family: 'IPv6'; readonly text: string }
  /** A source whose name is not resolved yet. */
  | { readonly family: 'id'; readonly number: number };

/**
 * Decodes the IPAddr at `offset`.
 *
 * @throws DecodeError for a family that is not known.
 */
export function decodeCandmAddress(view: DataView, offset: number, what: string): CandmAddress {
  const family = view.getUint16(offset + FAMILY_OFFSET);
  switch (family) {
    case 0:
      return { family: 'none' };
    case 1:
      return {
        family: 'IPv4',
        text: [0, 1, 2, 3].map((index) => view.getUint8(offset + index)).join('.'),
        number: view.getUint32(offset),
      };
    case 2:
      return { family: 'IPv6', text: ipv6Text(view, offset) };
    case 3:
      return { family: 'id', number: view.getUint32(offset) };
    default:
      throw new DecodeError(what, 'address family', family, '0 to 3');
  }
}

/** RFC 5952: the longest run of two or more zero groups, the first of equals, becomes "::". */
function ipv6Text(view: DataView, offset: number): string {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((at) => view.getUint16(offset + at).toString(16));
  const runs = `:${groups.join(':')}:`.match(/:(?:0:){2,}/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return groups.join(':');
  const text = `:${groups.join(':')}:`.replace(longest, '::');
  return text.replace(/^:(?!:)/, '').replace(/(?<!:):$/, '');
}
