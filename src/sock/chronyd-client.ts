import { CANDM_COMMANDS } from './candm-command.js';
import { decodeSourceData } from './candm-source-data.js';
import { CandmStatus } from './candm-status.js';
import { decodeTracking } from './candm-tracking.js';
import { ChronydError } from './chronyd-error.js';
import { type ChannelCounts, type ChannelLoop, CommandChannel } from './command-channel.js';
import { DecodeError } from './decode-error.js';
import { nodeChannelLoop } from './node-channel-loop.js';
import type { SourceData, Tracking } from './tracking.js';

/** More sources than any configuration has: a count beyond it is not believed. */
const SOURCES_LIMIT = 1024;

export interface ChronydClientOptions {
  /** How long to wait for one answer, ms; 1000 by default. */
  readonly timeoutMs?: number;
  /** The event loop; replaced in tests. */
  readonly loop?: ChannelLoop;
}

/**
 * chronyd's command socket. Full access to chronyd goes only through this socket; whoever cannot reach it is told
 * why by the ChronydError of every call.
 *
 * Nothing is opened before the first request. A chronyd that was restarted is found again by the next request.
 *
 * @example
 * const chronyd = new ChronydClient('/run/chrony/chronyd.sock');
 * const { refName, stratum } = await chronyd.tracking(); // "VMCK", 1
 * chronyd.close();
 */
export class ChronydClient {
  readonly #channel: CommandChannel;

  /** @param path chronyd's command socket (`bindcmdaddress`), /run/chrony/chronyd.sock almost everywhere. */
  constructor(path: string, options: ChronydClientOptions = {}) {
    this.#channel = new CommandChannel(path, options.timeoutMs ?? 1000, options.loop ?? nodeChannelLoop);
  }

  /** chronyd's command socket. */
  get path(): string {
    return this.#channel.path;
  }

  /** What happened on the socket so far. */
  get counts(): ChannelCounts {
    return this.#channel.counts;
  }

  /** What chronyd thinks of the system clock. @throws ChronydError */
  async tracking(): Promise<Tracking> {
    return decodeTracking(await this.#channel.request(CANDM_COMMANDS.tracking));
  }

  /** All of chronyd's sources; one that vanishes while they are asked for is left out. @throws ChronydError */
  async sources(): Promise<readonly SourceData[]> {
    const count = (await this.#channel.request(CANDM_COMMANDS.nSources)).getUint32(0);
    if (count > SOURCES_LIMIT) throw this.#untrue('N_SOURCES', `${count} sources cannot be true`);
    const sources: SourceData[] = [];
    for (let index = 0; index < count; index += 1) {
      const source = await this.#source(index);
      if (source !== undefined) sources.push(source);
    }
    return sources;
  }

  /**
   * Has chronyd forget all measurements and declare itself unsynchronised. It keeps its frequency, and steps
   * nothing. Not repeated when the answer fails to come. @throws ChronydError
   */
  async resetSources(): Promise<void> {
    await this.#channel.request(CANDM_COMMANDS.resetSources);
  }

  /** Rejects what is under way and removes our socket from chronyd's directory. */
  close(): void {
    this.#channel.close();
  }

  async #source(index: number): Promise<SourceData | undefined> {
    const request = new Uint8Array(4);
    new DataView(request.buffer).setUint32(0, index);
    try {
      return decodeSourceData(await this.#channel.request(CANDM_COMMANDS.sourceData, request));
    } catch (error) {
      if (error instanceof ChronydError && error.status === CandmStatus.NO_SUCH_SOURCE) return undefined;
      if (error instanceof DecodeError) throw this.#untrue('SOURCE_DATA', error.message, error);
      throw error;
    }
  }

  #untrue(request: string, reason: string, cause?: Error): ChronydError {
    return new ChronydError(request, this.path, 'EPROTO', reason, cause === undefined ? {} : { cause });
  }
}
