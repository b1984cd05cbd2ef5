import { CANDM_COMMANDS, type CandmCommand } from './candm-command.js';
import { encodeFrequencyChange } from './candm-frequency.js';
import { offsetParts } from './candm-offset.js';
import { encodeSelectable } from './candm-select-options.js';
import { decodeSourceData } from './candm-source-data.js';
import { CandmStatus } from './candm-status.js';
import { decodeTracking } from './candm-tracking.js';
import type { ChannelLoop } from './channel-loop.js';
import { ChronydError } from './chronyd-error.js';
import { type ChannelCounts, CommandChannel } from './command-channel.js';
import { DecodeError } from './decode-error.js';
import { nodeChannelLoop } from './node-channel-loop.js';
import { OffsetChangeError } from './offset-change-error.js';
import { refIdOf } from './refid.js';
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
 * chronyd carries requests out in the order in which they are made here; none waits for the answer to the one before.
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
   * Has chronyd forget all measurements, and the correction it has not worked off yet, and declare itself
   * unsynchronised. It keeps its frequency, and steps nothing. Not repeated when the answer fails to come.
   *
   * @throws ChronydError
   */
  async resetSources(): Promise<void> {
    await this.#channel.request(CANDM_COMMANDS.resetSources);
  }

  /**
   * Changes how fast the system clock runs from now on, as a share of its rate until now: that is multiplied by
   * 1 + ppm / 10^6, and `frequencyPpm` of TRACKING falls by `ppm`. It stays until chronyd's sources tell otherwise;
   * `resetSources` keeps it. Not repeated when the answer fails to come.
   *
   * On the wire DFREQ has the opposite sign (see `encodeFrequencyChange`).
   *
   * @param ppm how much faster; negative: slower. Kept to 6e-8 of itself; ±500,000.
   * @throws ChronydError; RangeError for a change that cannot be meant
   */
  async changeFrequency(ppm: number): Promise<void> {
    await this.#channel.request(CANDM_COMMANDS.dfreq, encodeFrequencyChange(ppm));
  }

  /**
   * Has chronyd move the system clock by `offsetNs`, to the nanosecond. It slews (0.2 s takes seconds, an hour
   * half a day) unless `makeStep` follows. Until it is done it is part of TRACKING's `currentCorrectionNs`, and
   * `resetSources` would forget it.
   *
   * Sent as up to three commands (see `offsetParts`), none for less than 1 ns; none is repeated when its answer fails
   * to come.
   *
   * @param offsetNs true − system, ns; positive: the clock is behind and has to go forward.
   * @throws OffsetChangeError, which tells how much has been applied. chronyd answers "failed" (status 1) where
   *   the time would leave the range it takes for sane; RangeError for what is not a number
   */
  async changeOffset(offsetNs: number): Promise<void> {
    const parts = offsetParts(offsetNs);
    const failures = await Promise.all(parts.map(({ data }) => this.#failureOf(CANDM_COMMANDS.doffset, data)));
    const cause = failures.find((failure) => failure !== undefined);
    if (cause !== undefined) throw new OffsetChangeError(parts, failures, cause);
  }

  /**
   * Turns what chronyd is still slewing away into a step, now. Nothing pending, nothing stepped.
   *
   * A chronyd that may not step the clock (-x, a container) refuses with status 1, "failed"; then before chrony 4.7
   * it has forgotten the pending correction as well, so TRACKING must be asked and the offset given again.
   * Not repeated when the answer fails to come.
   *
   * @throws ChronydError; `refused` and `status` tell a refusal
   */
  async makeStep(): Promise<void> {
    await this.#channel.request(CANDM_COMMANDS.makestep);
  }

  /**
   * Allows chronyd to select a refclock, or forbids it (`noselect`), as configuration would; it lasts until the
   * other is said or chronyd restarts.
   *
   * @param refid the refclock's, such as "VMCK".
   * @returns 'unsupported' for a chronyd before 4.4, which does not know the command.
   * @throws ChronydError, status 4 where there is no such source; RangeError for what is not a refid
   */
  async setSelectable(refid: string, selectable: boolean): Promise<'done' | 'unsupported'> {
    const data = encodeSelectable(refIdOf(refid), selectable);
    try {
      await this.#channel.request(CANDM_COMMANDS.modifySelectOpts, data);
      return 'done';
    } catch (error) {
      if (error instanceof ChronydError && error.status === CandmStatus.INVALID_COMMAND) return 'unsupported';
      throw error;
    }
  }

  /**
   * Rejects at once, with ECANCELED, everything that is under way or waits. The next request goes out without
   * delay; answers that still come for what was cancelled are ignored. A command that was under way may have been
   * carried out: `unanswered` says so, and `uncertainNs` of an OffsetChangeError.
   *
   * @param reason for the messages, such as "a new disruption".
   */
  cancelPending(reason: string): void {
    this.#channel.cancelPending(reason);
  }

  /** Bytes of requests that chronyd has not read yet; what it has read is carried out. @throws SystemError */
  pendingBytes(): number {
    return this.#channel.pendingBytes();
  }

  /** Rejects what is under way and removes our socket from chronyd's directory. */
  close(): void {
    this.#channel.close();
  }

  /** Gives a command. @returns undefined when it was carried out. */
  async #failureOf(command: CandmCommand, data: Uint8Array): Promise<ChronydError | undefined> {
    try {
      await this.#channel.request(command, data);
      return undefined;
    } catch (error) {
      if (error instanceof ChronydError) return error;
      throw error;
    }
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
