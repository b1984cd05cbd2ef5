import { CANDM_ADDRESS_BYTES, decodeCandmAddress } from './candm-address.js';
import { decodeChronyFloat } from './chrony-float.js';
import { refIdName } from './refid.js';
import type { SourceData } from './tracking.js';

/** RPY_SD_ST_*, by number. */
const STATES = ['selected', 'nonselectable', 'falseticker', 'jittery', 'unselected', 'selectable'] as const;
/** RPY_SD_MD_REF. */
const MODE_REFCLOCK = 2;
/** chronyd's "never": no sample yet. */
const NO_SAMPLE = 0xffffffff;

const POLL = CANDM_ADDRESS_BYTES;
const FLOATS = POLL + 16;

/**
 * Decodes the data of a SOURCE_DATA reply (48 bytes): IPAddr, i16 poll, u16 stratum, state, mode, flags and
 * reachability, u32 seconds since the last sample, three floats. A refclock's refid stands in the IPv4 slot.
 *
 * @throws DecodeError for an address family that is not known.
 */
export function decodeSourceData(data: DataView): SourceData {
  const address = decodeCandmAddress(data, 0, 'SOURCE_DATA reply');
  const isRefclock = data.getUint16(POLL + 6) === MODE_REFCLOCK;
  const sinceSample = data.getUint32(POLL + 12);
  const float = (index: number): number => decodeChronyFloat(data.getUint32(FLOATS + 4 * index));
  return {
    name: addressName(address, isRefclock),
    isRefclock,
    poll: data.getInt16(POLL),
    stratum: data.getUint16(POLL + 2),
    state: STATES[data.getUint16(POLL + 4)] ?? 'unknown',
    reachability: data.getUint16(POLL + 10),
    sinceSampleSeconds: sinceSample === NO_SAMPLE ? Number.POSITIVE_INFINITY : sinceSample,
    // chrony counts both as system − true. A subtraction from 0, since a sign would make −0 of 0.
    originalOffsetNs: 0 - float(0) * 1e9,
    latestOffsetNs: 0 - float(1) * 1e9,
    latestErrorNs: float(2) * 1e9,
  };
}

function addressName(address: ReturnType<typeof decodeCandmAddress>, isRefclock: boolean): string {
  switch (address.family) {
    case 'none':
      return 'none';
    case 'id':
      return `ID#${address.number.toString().padStart(10, '0')}`;
    case 'IPv6':
      return address.text;
    case 'IPv4':
      return isRefclock ? refIdName(address.number) : address.text;
  }
}
