/** What is needed here of a package in package-lock.json. */
export interface LockedPackage {
  readonly version: string;
  readonly license: string;
  readonly dependencies: readonly string[];
}

/**
 * The packages of a lock file (version 3), by their folder: "node_modules/pino".
 * @throws Error when it is not such a file
 */
export function parseLockfile(text: string): ReadonlyMap<string, LockedPackage> {
  const json: unknown = JSON.parse(text);
  const packages = field(json, 'packages');
  if (typeof packages !== 'object' || packages === null) throw new Error('package-lock.json has no "packages"');
  return new Map(
    Object.entries(packages).map(([folder, entry]) => [
      folder,
      {
        version: textField(entry, 'version'),
        license: textField(entry, 'license'),
        dependencies: [...keys(field(entry, 'dependencies')), ...keys(field(entry, 'optionalDependencies'))],
      },
    ]),
  );
}

/**
 * The folders of all packages that `roots` need to run, themselves among them. Peers that are merely allowed (valibot
 * would like to see a TypeScript compiler) are not followed: npm installs them, and nothing ever loads them.
 *
 * @param roots folders; by default all that the program needs
 */
export function productionFolders(
  packages: ReadonlyMap<string, LockedPackage>,
  roots: readonly string[] = [''],
): readonly string[] {
  const found = new Set(roots.filter((folder) => folder !== ''));
  const waiting = [...roots];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const name of packages.get(folder)?.dependencies ?? []) {
      const dependency = resolveFrom(packages, folder, name);
      if (dependency === undefined || found.has(dependency)) continue;
      found.add(dependency);
      waiting.push(dependency);
    }
  }
  return [...found].sort();
}

/** As Node looks for it: in the package's own node_modules, then in those above. */
function resolveFrom(packages: ReadonlyMap<string, LockedPackage>, folder: string, name: string): string | undefined {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages.has(candidate)) return candidate;
    if (at === '') return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function textField(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

function keys(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
