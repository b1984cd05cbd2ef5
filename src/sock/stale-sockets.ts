import { readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sendTo } from '../ioctl/libc.js';
import { errnoOf } from './errno-of.js';

const OWN_NAME = /^vmclockd\.(\d{1,10})(?:\.\d{1,3})?\.sock$/;

/** The name of the socket that process `pid` receives chronyd's replies on; `number` tells several apart. */
export function replySocketName(pid: number, number: number): string {
  return number === 0 ? `vmclockd.${pid}.sock` : `vmclockd.${pid}.${number}.sock`;
}

/**
 * Removes what earlier runs of vmclockd, killed before they could tidy up, left beside chronyd's command socket.
 * A socket goes only if its process is dead and nobody reads from it: a process in another PID namespace may
 * look dead and is not.
 *
 * @param fd a datagram socket to knock with.
 * @returns the paths removed; none where the directory cannot be read, which the next step will complain of.
 */
export function removeStaleSockets(directory: string, fd: number): readonly string[] {
  return listed(directory)
    .filter((name) => isDead(Number(OWN_NAME.exec(name)?.[1] ?? process.pid)))
    .map((name) => join(directory, name))
    .filter((path) => nobodyReads(fd, path) && removed(path));
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ESRCH';
  }
}

function nobodyReads(fd: number, path: string): boolean {
  try {
    // An empty datagram is too short to be a reply: whoever does read ignores it.
    sendTo(fd, new Uint8Array(0), path);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ECONNREFUSED';
  }
}

function removed(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    // Another vmclockd that starts just now was faster, or the directory does not allow it: either way it is not ours.
    return false;
  }
}
