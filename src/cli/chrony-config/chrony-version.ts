/** A release of chrony. */
export interface ChronyVersion {
  readonly major: number;
  readonly minor: number;
  /** As chronyd tells it, such as "4.6.1" or "4.9-pre1". */
  readonly text: string;
}

/** Oldest and newest release of which it is known what the advice does there. */
export const OLDEST_KNOWN = '4.3';
export const NEWEST_KNOWN = '4.9';

/**
 * Reads a version as `chronyd -v` tells it; a distribution's suffix and a pre-release count as the release.
 *
 * @returns undefined for anything else, such as "DEVELOPMENT"
 *
 * @example
 * parseChronyVersion('4.6.1'); // { major: 4, minor: 6, text: '4.6.1' }
 */
export function parseChronyVersion(text: string): ChronyVersion | undefined {
  const match = /^(\d{1,4})\.(\d{1,4})(?:\.\d{1,4})*(?:[-+~][\w.+~-]{1,40})?$/.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]), text };
}

/** Whether `version` has what came with a release, such as "4.8". Patch releases bring nothing that matters here. */
export function isSince(version: ChronyVersion, release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return version.major === major ? version.minor >= minor : version.major > major;
}
