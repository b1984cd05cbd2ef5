import { decodeTimex, type KernelSteering, TIMEX_SIZE } from './decode-timex.js';
import { checked, libcFunction } from './libc-call.js';

const cAdjtimex = libcFunction<[Uint8Array]>('int adjtimex(void *timex)');

/**
 * How the kernel steers CLOCK_REALTIME now: adjtimex(2) with modes 0, which changes nothing and needs no privilege.
 *
 * @throws SystemError EPERM, ENOSYS where a sandbox forbids even to ask
 */
export function readKernelSteering(): KernelSteering {
  const timex = new Uint8Array(TIMEX_SIZE);
  checked(cAdjtimex(timex), 'adjtimex', 'the kernel’s clock');
  return decodeTimex(timex);
}
