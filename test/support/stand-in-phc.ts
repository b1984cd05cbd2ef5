import { currentClocksource } from '../../src/ioctl/current-clocksource.js';
import { close, ioctl, socketUnixDatagram } from '../../src/ioctl/libc.js';
import { PhcReader } from '../../src/ioctl/phc-reader.js';
import { PTP_SYS_OFFSET } from '../../src/ioctl/ptp-abi.js';
import { PtpClock } from '../../src/ioctl/ptp-clock.js';
import type { PtpDevice } from '../../src/ioctl/ptp-device.js';
import { SystemClocks } from '../../src/ioctl/system-clocks.js';
import { SystemError } from '../../src/ioctl/system-error.js';

const FIONREAD = 0x541b;
const EOPNOTSUPP = 95;
/** A hypercall's bracket, ns. */
const BRACKET_NS = 1500n;
/** The stand-in is so much ahead of this machine's clock, ns. */
const AHEAD_NS = 1_000_000n;

/**
 * A PHC for machines that have none: like ptp_kvm on a guest with clocksource tsc it has neither PRECISE nor EXTENDED,
 * and its BASIC answer is made up of this machine's clock after a real, cheap ioctl. What is measured with it is
 * everything but the driver.
 */
export function standInPhc(): PhcReader {
  const clocks = new SystemClocks();
  const fd = socketUnixDatagram();
  const scratch = new Uint8Array(8);
  const device: PtpDevice = {
    path: '/dev/ptp-stand-in',
    ioctl(request, buffer, name) {
      if (request !== PTP_SYS_OFFSET.request) throw new SystemError(`ioctl ${name}`, EOPNOTSUPP, this.path);
      ioctl(fd, FIONREAD, scratch, { name, path: this.path });
      fillBasic(buffer, clocks.realtimeNs());
    },
    close: () => close(fd),
  };
  return new PhcReader({
    clock: new PtpClock(device),
    clockName: 'KVM virtual PTP',
    systemClocks: clocks,
    clocksource: () => currentClocksource(),
  });
}

/** Stamps as PTP_SYS_OFFSET gives them: system, device, system, … */
function fillBasic(buffer: Uint8Array, realtimeNs: bigint): void {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const stamps = 2 * view.getUint32(0, true) + 1;
  // Ending now: chronyd drops what is from the future.
  let systemNs = realtimeNs - BigInt(Math.ceil(stamps / 2)) * BRACKET_NS;
  for (let i = 0; i < stamps; i += 1) {
    const ns = i % 2 === 0 ? systemNs : systemNs + BRACKET_NS / 2n + AHEAD_NS;
    if (i % 2 === 1) systemNs += BRACKET_NS;
    view.setBigInt64(16 + 16 * i, ns / 1_000_000_000n, true);
    view.setUint32(24 + 16 * i, Number(ns % 1_000_000_000n), true);
  }
}
