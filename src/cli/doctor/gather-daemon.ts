import { describeProblem } from '../../daemon/config/config-problem.js';
import { DEFAULT_CONFIG_FILE, loadSettings } from '../../daemon/config/load-settings.js';
import { DEFAULT_SETTINGS } from '../../daemon/config/settings.js';
import type { StatusDocument } from '../../daemon/status-document.js';
import { parseRun } from '../parse-run.js';
import { decodeStatus } from '../status.js';
import type { DaemonFacts, ProcessFacts } from './doctor-facts.js';
import type { Outside } from './outside.js';
import type { RootFiles } from './root-files.js';
import { daemonArguments } from './who-runs.js';

/** The running daemon: its process, the settings it was started with, and what it says of itself. */
export async function gatherDaemon(
  files: RootFiles,
  outside: Pick<Outside, 'fetchStatus'>,
  processes: readonly ProcessFacts[],
): Promise<DaemonFacts> {
  const candidate = processes.find((one) => daemonArguments(one) !== undefined) ?? null;
  const run = candidate === null ? undefined : parseRun(daemonArguments(candidate) ?? []);
  const file = run?.config ?? DEFAULT_CONFIG_FILE;
  const source = run?.config === undefined ? { defaultFile: files.outside(file) } : { file: files.outside(file) };
  const { ok, errors = [] } = loadSettings({ ...source, flags: run?.flags ?? {} });
  const settings = ok ?? DEFAULT_SETTINGS;
  const answer = await ask(outside, settings.statusSocket);
  const { status } = answer;
  return {
    process: processes.find(({ pid }) => pid === status?.pid) ?? candidate,
    file,
    settings,
    problems: errors.map((problem) => describeProblem({ ...problem, source: files.inside(problem.source) })),
    ...answer,
  };
}

async function ask(
  { fetchStatus }: Pick<Outside, 'fetchStatus'>,
  socket: string,
): Promise<{ readonly status: StatusDocument | null; readonly statusError: string }> {
  try {
    return { status: decodeStatus(await fetchStatus(socket), socket), statusError: '' };
  } catch (error) {
    return { status: null, statusError: error instanceof Error ? error.message : String(error) };
  }
}
