/** Flags of `vmclockd install` and `vmclockd uninstall`. */
export interface InstallArguments {
  /** The system to write to: "/", or a folder. */
  readonly root: string;
  /** Where programs' files go in it. */
  readonly prefix: string;
  /** Only tell. */
  readonly dryRun: boolean;
}

/** The same for yargs. */
export const INSTALL_FLAGS = {
  root: { type: 'string', default: '/', requiresArg: true, describe: 'write below this folder' },
  prefix: { type: 'string', default: '/usr/local', requiresArg: true, describe: "where programs' files go" },
  'dry-run': { type: 'boolean', default: false, describe: 'only tell what would be done' },
} as const;
