import {
  type BigField,
  VMCLOCK_FIELDS as F,
  type NumberField,
  VMCLOCK_BYTES,
  VMCLOCK_BYTES_WITH_GENERATION,
  VMCLOCK_MAGIC,
  VMCLOCK_MAX_BYTES,
  VMCLOCK_VERSION,
} from './vmclock-layout.js';
import { VmclockFlag, type VmclockPage } from './vmclock-page.js';
import { VmclockPageError } from './vmclock-page-error.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Bytes up to and with `version`: what must be there to say what the rest is. */
const HEADER_BYTES = 12;

/**
 * Decodes a vmclock page. Pure: any bytes give a page or an error, never a throw.
 *
 * The sequence count is not judged: whoever took the copy knows whether it is consistent. Flags, states and ids that
 * this version does not know are kept as found.
 *
 * @param bytes the page from its beginning; what lies beyond the structure is ignored
 * @param path named in the error's text
 */
export function decodeVmclockPage(bytes: Uint8Array, path: string): VmclockPage | VmclockPageError {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fault = headerFault(view, path);
  if (fault !== undefined) return fault;
  const flags = big(view, F.flags);
  const sizeBytes = number(view, F.size);
  const page: Mutable<VmclockPage> = {
    sizeBytes,
    version: number(view, F.version),
    counterId: number(view, F.counter_id),
    timeType: number(view, F.time_type),
    seqCount: number(view, F.seq_count),
    disruptionMarker: big(view, F.disruption_marker),
    flags,
    clockStatus: number(view, F.clock_status),
    leapSecondSmearingHint: number(view, F.leap_second_smearing_hint),
    taiOffsetSec: number(view, F.tai_offset_sec),
    leapIndicator: number(view, F.leap_indicator),
    counterPeriodShift: number(view, F.counter_period_shift),
    counterValue: big(view, F.counter_value),
    counterPeriodFracSec: big(view, F.counter_period_frac_sec),
    counterPeriodEsterrorRateFracSec: big(view, F.counter_period_esterror_rate_frac_sec),
    counterPeriodMaxerrorRateFracSec: big(view, F.counter_period_maxerror_rate_frac_sec),
    timeSec: big(view, F.time_sec),
    timeFracSec: big(view, F.time_frac_sec),
    timeEsterrorNs: big(view, F.time_esterror_nanosec),
    timeMaxerrorNs: big(view, F.time_maxerror_nanosec),
  };
  if ((flags & VmclockFlag.VM_GEN_COUNTER_PRESENT) === 0n || sizeBytes < VMCLOCK_BYTES_WITH_GENERATION) return page;
  if (bytes.byteLength < VMCLOCK_BYTES_WITH_GENERATION) {
    return tooShort(bytes.byteLength, VMCLOCK_BYTES_WITH_GENERATION, path);
  }
  page.vmGenerationCounter = big(view, F.vm_generation_counter);
  return page;
}

/**
 * Judges the constant fields (magic, version, size) and the length of the copy.
 *
 * @returns undefined when the bytes may be read as a page
 */
function headerFault(view: DataView, path: string): VmclockPageError | undefined {
  const bytes = view.byteLength;
  if (bytes < HEADER_BYTES) return tooShort(bytes, VMCLOCK_BYTES, path);
  const magic = number(view, F.magic);
  if (magic !== VMCLOCK_MAGIC) {
    const hex = `0x${magic.toString(16).padStart(8, '0')}`;
    return new VmclockPageError(
      'wrong magic',
      { magic },
      `${path}: magic ${hex} is not VCLK: this is not a vmclock page`,
    );
  }
  const version = number(view, F.version);
  const size = number(view, F.size);
  if (version !== VMCLOCK_VERSION) return draftForm(view, path) ?? wrongVersion(version, path);
  if (size < VMCLOCK_BYTES || size > VMCLOCK_MAX_BYTES) {
    const message = `${path}: the vmclock page says that it is ${size} bytes long; ${VMCLOCK_BYTES} to ${VMCLOCK_MAX_BYTES} can be`;
    return new VmclockPageError('wrong size', { size }, message);
  }
  return bytes < VMCLOCK_BYTES ? tooShort(bytes, VMCLOCK_BYTES, path) : undefined;
}

/**
 * The first drafts (RFC, summer of 2024) had a 16-bit size, the version at 6, and the sequence count, then 64 bits
 * wide, at 8, where the version is now. Their version is 1 too. One caught with a sequence count whose low half is
 * exactly 1 can't be told from a page of 64 KiB and more; the next look at it can.
 */
function draftForm(view: DataView, path: string): VmclockPageError | undefined {
  const size = view.getUint16(4, true);
  const version = view.getUint16(6, true);
  if (version !== 1 || size === 0) return undefined;
  return new VmclockPageError(
    'draft form',
    { size, version },
    `${path}: the vmclock page is in the form of the 2024 draft (16-bit size ${size}, 64-bit sequence count), which never shipped in Linux; the hypervisor must be updated`,
  );
}

function wrongVersion(version: number, path: string): VmclockPageError {
  const message = `${path}: vmclock page version ${version} is not known, only ${VMCLOCK_VERSION}`;
  return new VmclockPageError('wrong version', { version }, message);
}

function tooShort(bytes: number, needed: number, path: string): VmclockPageError {
  const message = `${path}: ${bytes} bytes are too few for a vmclock page, which has at least ${needed}`;
  return new VmclockPageError('too short', { bytes, needed }, message);
}

function number(view: DataView, field: NumberField): number {
  switch (field.type) {
    case 'u8':
      return view.getUint8(field.offset);
    case 'u16':
      return view.getUint16(field.offset, true);
    case 'i16':
      return view.getInt16(field.offset, true);
    case 'u32':
      return view.getUint32(field.offset, true);
  }
}

function big(view: DataView, field: BigField): bigint {
  return view.getBigUint64(field.offset, true);
}
