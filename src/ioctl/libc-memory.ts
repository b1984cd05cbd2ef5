import { checked, descriptor, errno, integer, libcFunction, memoryView } from './libc-call.js';
import { SystemError } from './system-error.js';

const cMmap = libcFunction<[null, number, number, number, number, number]>(
  'void *mmap(void *address, size_t length, int protection, int flags, int fd, intptr_t offset)',
);
const cMunmap = libcFunction<[bigint, number]>('int munmap(void *address, size_t length)');

const PROT_READ = 1;
const MAP_SHARED = 1;
/** (void *) −1: what mmap gives on failure; it is not null. */
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** Memory of the kernel or of a file, visible as it changes. */
export interface Mapping {
  /**
   * Aliases the mapping; reading it sees the other side's writes. Writing to it kills the process (PROT_READ), and so
   * does ANY access after unmap(), also through views made earlier: whoever unmaps must have let go of them all.
   * Reading beyond the end of a mapped file that was cut short kills it too (SIGBUS).
   */
  readonly buffer: ArrayBuffer;
  /** Ends the mapping. The second and later calls do nothing. */
  unmap(): void;
}

/**
 * mmap(2), PROT_READ, MAP_SHARED, from offset 0. The descriptor may be closed afterwards.
 *
 * @param lengthBytes ≥ 1; a device may insist on one page exactly
 * @param path for the error only
 * @throws SystemError
 */
export function mapReadOnly(fd: number, lengthBytes: number, path: string): Mapping {
  integer(lengthBytes, 1, 0x7fffffff, 'length of a mapping');
  const address = cMmap(null, lengthBytes, PROT_READ, MAP_SHARED, descriptor(fd), 0);
  if (typeof address !== 'bigint' || address === MAP_FAILED) throw new SystemError('mmap', errno(), path);
  const buffer = memoryView(address, lengthBytes);
  let mapped = true;
  return {
    buffer,
    unmap() {
      if (!mapped) return;
      mapped = false;
      checked(cMunmap(address, lengthBytes), 'munmap', path);
    },
  };
}
