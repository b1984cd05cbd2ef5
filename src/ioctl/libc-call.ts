/**
 * The binding to libc, and the guards every call needs. koffi truncates integers silently, takes strings for
 * pointers and aborts the process on a view of address 0, so nothing reaches it unchecked.
 */
import koffi from 'koffi';
import { SystemError } from './system-error.js';

// Everything below this folder decodes LP64 structures (16-byte timespec, 8-byte pointers).
if (koffi.sizeof('long') !== 8) throw new Error(`vmclockd needs a 64-bit system, not ${process.arch}`);

const libc = koffi.load(null);

/**
 * Binds one function of libc. Variadic ones (open, ioctl) are bound with fixed arguments: the System V and
 * AAPCS64 conventions pass them alike, and it is the faster path in koffi.
 *
 * @param signature C types without `ssize_t` (koffi has none: `intptr_t`)
 */
export function libcFunction<A extends readonly unknown[]>(signature: string): (...args: A) => unknown {
  return libc.func(signature);
}

/** The errno of the call just made on this thread. To be read before anything else is called. */
export function errno(): number {
  return koffi.errno();
}

/**
 * The result of a call whose C type is int or intptr_t, or the errno as an error when it is −1.
 *
 * @throws SystemError
 */
export function checked(result: unknown, syscall: string, path: string): number {
  if (result === -1) throw new SystemError(syscall, errno(), path);
  return typeof result === 'number' ? result : Number(result);
}

/** Gives `value` back if it is an integer within [min, max]; koffi would truncate anything else without a word. */
export function integer(value: number, min: number, max: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${what} must be an integer within ${min} … ${max}, not ${String(value)}`);
}

/** Gives `fd` back if it can be a file descriptor. */
export function descriptor(fd: number): number {
  return integer(fd, 0, 0x7fffffff, 'file descriptor');
}

/** Gives `bytes` back if they are bytes: koffi would also take a string where a pointer is due. */
export function octets(bytes: Uint8Array, what: string): Uint8Array {
  // Not instanceof: the bytes may come from another realm.
  if (ArrayBuffer.isView(bytes)) return bytes;
  throw new TypeError(`${what} must be bytes`);
}

/** Gives `path` back if C can hold it: a NUL would cut it short without a word. */
export function pathname(path: string): string {
  if (typeof path === 'string' && path.length > 0 && !path.includes('\0')) return path;
  throw new TypeError(`a path must be a non-empty string without NUL, not ${JSON.stringify(path)}`);
}

/**
 * The `lengthBytes` of memory at `address`, aliased, not copied.
 *
 * @param address of memory that is mapped for as long as the result is used: a later access is a SIGSEGV
 * @throws RangeError where koffi would abort the process (address 0) or give a view that does (MAP_FAILED)
 */
export function memoryView(address: bigint, lengthBytes: number): ArrayBuffer {
  if (address <= 0n || address >= 0xffff_ffff_ffff_f000n) throw new RangeError(`no memory at address ${address}`);
  return koffi.view(address, integer(lengthBytes, 1, 0x7fffffff, 'length of a view'));
}
