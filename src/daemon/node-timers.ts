import type { TimerPort } from './ports.js';

/** The event loop's timers. */
export const nodeTimers: TimerPort = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
