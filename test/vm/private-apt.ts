import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './folders.js';
import { runCommand } from './run-command.js';

/** Debian's name for an architecture. */
export type DebianArch = 'amd64' | 'arm64';

/** The release that guests and tools are made of; its backports have a new enough QEMU and kernel. */
const SUITE = 'trixie';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * apt with its own sources, lists, cache and package database: it downloads packages of any architecture without
 * touching the machine, and needs no root. Proxies and the like still come from the machine's own configuration,
 * and so does the mirror's address.
 */
export class PrivateApt {
  readonly #arch: DebianArch;
  readonly #folder: string;
  readonly #archives: string;

  constructor(arch: DebianArch) {
    this.#arch = arch;
    this.#folder = join(cacheFolder, `apt-${arch}`);
    this.#archives = join(cacheFolder, 'packages');
  }

  /** Fetches the package lists. */
  async update(): Promise<void> {
    for (const sub of ['state/lists/partial', 'cache', 'parts'])
      mkdirSync(join(this.#folder, sub), { recursive: true });
    mkdirSync(join(this.#archives, 'partial'), { recursive: true });
    if (!existsSync(KEYRING)) throw new Error(`${KEYRING} is missing: apt install debian-archive-keyring`);
    const mirror = await debianMirror();
    writeFileSync(
      join(this.#folder, 'sources.list'),
      [SUITE, `${SUITE}-backports`].map((suite) => `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`).join(''),
    );
    writeFileSync(join(this.#folder, 'status'), '');
    writeFileSync(join(this.#folder, 'apt.conf'), this.#configuration());
    await this.#apt(['-qq', 'update']);
  }

  /**
   * Downloads packages and all they depend on. Packages already in the cache are not fetched again.
   * @param backports take these packages from the backports suite.
   * @returns the .deb files.
   */
  async download(packages: readonly string[], backports = false): Promise<string[]> {
    const target = backports ? ['-t', `${SUITE}-backports`] : [];
    const install = ['install', '-y', ...target, ...packages];
    const uris = await this.#apt(['--print-uris', ...install], { emptyArchives: true });
    const names = [...uris.matchAll(/^'[^']+' (\S+\.deb) \d+/gm)].map((match) => match[1] ?? '');
    if (names.length === 0) throw new Error(`apt found nothing to download for ${packages.join(' ')}`);
    await this.#apt(['-qq', '--download-only', ...install]);
    return names.map((name) => join(this.#archives, name));
  }

  #apt(args: readonly string[], { emptyArchives = false } = {}): Promise<string> {
    // --print-uris leaves out what is cached already; an empty archive folder makes it name everything.
    const archives = emptyArchives ? ['-o', `Dir::Cache::archives=${join(this.#folder, 'parts')}`] : [];
    return runCommand(['apt-get', ...archives, ...args], { env: this.#environment() });
  }

  #environment(): Record<string, string> {
    return { APT_CONFIG: join(this.#folder, 'apt.conf'), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  }

  #configuration(): string {
    const settings: Record<string, string> = {
      'APT::Architecture': this.#arch,
      'APT::Architectures': this.#arch,
      'APT::Install-Recommends': 'false',
      'APT::Sandbox::User': '',
      'Acquire::Languages': 'none',
      'Dir::State': join(this.#folder, 'state'),
      'Dir::State::lists': join(this.#folder, 'state/lists'),
      'Dir::State::status': join(this.#folder, 'status'),
      'Dir::Cache': join(this.#folder, 'cache'),
      'Dir::Cache::archives': this.#archives,
      'Dir::Etc::sourcelist': join(this.#folder, 'sources.list'),
      'Dir::Etc::sourceparts': join(this.#folder, 'parts'),
      'Dir::Etc::preferences': join(this.#folder, 'parts/none'),
      'Dir::Etc::preferencesparts': join(this.#folder, 'parts'),
      'Debug::NoLocking': 'true',
    };
    // The machine's hooks serve its own package database, not this one.
    const cleared = ['APT::Architectures', 'APT::Update', 'DPkg', 'Acquire::IndexTargets::deb::DEP-11'];
    return [
      ...cleared.map((key) => `#clear ${key};`),
      ...Object.entries(settings).map(([key, value]) => `${key} "${value}";`),
      '',
    ].join('\n');
  }
}

/** The Debian mirror this machine is set up for, else the one named by VMCLOCKD_VM_MIRROR. */
async function debianMirror(): Promise<string> {
  const named = process.env['VMCLOCKD_VM_MIRROR'];
  if (named !== undefined && named !== '') return named;
  const targets = await runCommand([
    'apt-get',
    'indextargets',
    '--format',
    '$(COMPONENT) $(RELEASE) $(REPO_URI)',
    'Created-By: Packages',
  ]).catch((error: unknown) => {
    throw new Error(`the VM bench needs apt to download Debian packages: ${String(error)}`);
  });
  for (const line of targets.split('\n')) {
    const [component, release = '', uri = ''] = line.split(' ');
    if (component === 'main' && !release.includes('security') && /\/debian\/?$/.test(uri)) return uri;
  }
  throw new Error(
    "apt's sources on this machine name no Debian mirror (main); set VMCLOCKD_VM_MIRROR to the address of one",
  );
}

/** Unpacks packages over each other, without running anything in them. */
export async function unpackPackages(files: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of files) await runCommand(['dpkg-deb', '-x', file, folder]);
}
