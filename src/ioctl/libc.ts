/**
 * libc as this program uses it: typed, every integer checked, every failure a SystemError. `libc-call.ts` holds the
 * binding.
 */
export {
  CLOCK_MONOTONIC,
  CLOCK_MONOTONIC_RAW,
  CLOCK_REALTIME,
  CLOCK_TAI,
  clockGettime,
} from './libc-clock.js';
export { close, ioctl, open, POLLERR, POLLHUP, POLLIN, POLLNVAL, pollNow } from './libc-file.js';
export { type Mapping, mapReadOnly } from './libc-memory.js';
export { bindUnix, receive, sendTo, socketUnixDatagram } from './libc-socket.js';
