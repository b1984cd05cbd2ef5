/** Whether a chrony version ("4.6.1", "4.7-pre1") is older than another ("4.7"); false when it cannot be told. */
export function isOlder(version: string, than: string): boolean {
  const [major, minor] = parts(version);
  const [otherMajor, otherMinor] = parts(than);
  return major === otherMajor ? minor < otherMinor : major < otherMajor;
}

function parts(version: string): readonly [number, number] {
  const [, major, minor] = /^(\d{1,3})\.(\d{1,3})/.exec(version) ?? [];
  return [Number(major ?? NaN), Number(minor ?? NaN)];
}
