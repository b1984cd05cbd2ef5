import { randomInt } from 'node:crypto';
import type { CandmCommand } from './candm-command.js';
import { type CandmReply, decodeCandmReply } from './candm-reply.js';
import { encodeCandmRequest } from './candm-request.js';
import { CandmStatus, candmStatusWord } from './candm-status.js';
import type { ChannelLoop, ChannelWatch } from './channel-loop.js';
import { ChronydError, type ChronydErrorDetails } from './chronyd-error.js';
import { commandRemedy } from './command-remedy.js';
import { DecodeError } from './decode-error.js';
import { errnoOf } from './errno-of.js';
import { Exchange } from './exchange.js';
import { ReplySocket } from './reply-socket.js';

/** More requests than this at once mean that somebody asks faster than chronyd answers. */
const WAITING_LIMIT = 32;
/** Requests under way at once: the kernel keeps ten unread datagrams for a socket, and chronyd reads one at a time. */
const UNDER_WAY_LIMIT = 8;
/** Datagrams taken per wake-up: a flood must not keep the event loop. */
const DATAGRAMS_PER_WAKE = 64;
const SEQUENCE_RANGE = 2 ** 32;

/** What happened on the channel so far. */
export interface ChannelCounts {
  /** Requests sent for the first time. */
  readonly requests: number;
  readonly retries: number;
  readonly timeouts: number;
  /** Datagrams that were no answer to the request under way: late, too short, too long, garbage. */
  readonly ignored: number;
}

/**
 * Gives chronyd requests and waits for their answers. chronyd carries requests out in the order in which they were given, so
 * the next need not wait for the answer to the one before: a few are under way at once.
 *
 * A request is answered by the datagram that has its sequence number and decodes; all others are counted and
 * ignored. A question that changes nothing is asked once more when no answer comes; a command is not, since
 * it may have been carried out. Between requests nothing keeps the process alive.
 */
export class CommandChannel {
  readonly path: string;
  readonly #timeoutMs: number;
  readonly #loop: ChannelLoop;
  readonly #waiting: Exchange[] = [];
  /** In the order in which they were given. */
  readonly #underWay = new Set<Exchange>();
  // Random, so that a reply to an earlier process of the same PID cannot pass for one to us.
  #sequence = randomInt(SEQUENCE_RANGE);
  #socket: ReplySocket | undefined;
  #watch: ChannelWatch | undefined;
  #closed = false;
  #counts = { requests: 0, retries: 0, timeouts: 0, ignored: 0 };

  /** @param path chronyd's command socket. */
  constructor(path: string, timeoutMs: number, loop: ChannelLoop) {
    this.path = path;
    this.#timeoutMs = timeoutMs;
    this.#loop = loop;
  }

  get counts(): ChannelCounts {
    return { ...this.#counts };
  }

  /**
   * Gives one command, behind those that were given before.
   *
   * @param data the request's own data, in network byte order.
   * @returns the reply's data; empty for a command that answers with a status only.
   * @throws ChronydError (as a rejection) when it could not be asked, was refused or not answered
   */
  request(command: CandmCommand, data?: Uint8Array): Promise<DataView> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(command, data, resolve, reject);
      if (this.#closed) return reject(this.#error(exchange, 'ECANCELED', 'the client is closed'));
      if (this.#underWay.size + this.#waiting.length >= WAITING_LIMIT) {
        return reject(this.#error(exchange, 'EBUSY', `${WAITING_LIMIT} requests are waiting already`));
      }
      this.#waiting.push(exchange);
      this.#next();
    });
  }

  /**
   * Rejects what is under way and what waits, at once (ECANCELED). The next request goes out without delay, and
   * an answer that still comes for a cancelled one is ignored.
   *
   * @param reason for the messages, such as "a new disruption".
   */
  cancelPending(reason: string): void {
    const waiting = this.#waiting.splice(0);
    for (const exchange of [...this.#underWay]) {
      const unknown = exchange.unanswered ? '; it was sent, and whether it was carried out is not known' : '';
      this.#finish(exchange);
      exchange.reject(this.#error(exchange, 'ECANCELED', `${reason}${unknown}`));
    }
    for (const exchange of waiting) exchange.reject(this.#error(exchange, 'ECANCELED', `${reason}; it was not sent`));
    this.#next();
  }

  /** What was sent and chronyd has not read yet (see `unreadBytes`): what it has read is carried out. @throws SystemError */
  pendingBytes(): number {
    return this.#socket?.pendingBytes(this.path) ?? 0;
  }

  /** Rejects what is under way (ECANCELED), closes the socket and removes it from chronyd's directory. */
  close(): void {
    this.#closed = true;
    this.cancelPending('the client was closed before the answer came');
    this.#closeSocket();
  }

  #next(): void {
    while (this.#underWay.size < UNDER_WAY_LIMIT) {
      const exchange = this.#waiting.shift();
      if (exchange === undefined) break;
      this.#underWay.add(exchange);
      this.#counts.requests += 1;
      this.#sequence = (this.#sequence + 1) % SEQUENCE_RANGE;
      exchange.sequence = this.#sequence;
      this.#transmit(exchange);
    }
    if (this.#underWay.size === 0) this.#watch?.awaiting(false);
  }

  #transmit(exchange: Exchange): void {
    try {
      const socket = this.#openSocket();
      const { command, sequence, attempt, data } = exchange;
      socket.send(
        encodeCandmRequest({ command, sequence, attempt, ...(data === undefined ? {} : { data }) }),
        this.path,
      );
      exchange.sent = true;
      this.#watch?.awaiting(true);
      this.#watch ??= this.#loop.watch(socket.fd, socket.path, (last) => this.#readable(last));
    } catch (error) {
      this.#refused(exchange, error);
      return;
    }
    exchange.cancelTimer = this.#loop.after(this.#timeoutMs, () => this.#timedOut(exchange));
  }

  #openSocket(): ReplySocket {
    // chronyd's directory may have been made anew (systemd's RuntimeDirectory) and our path gone with the old one.
    if (this.#socket !== undefined && !this.#socket.reachable) this.#loseSocket();
    this.#socket ??= new ReplySocket(this.path);
    return this.#socket;
  }

  /** Answers to what is under way cannot arrive any more. */
  #loseSocket(): void {
    this.#closeSocket();
    for (const exchange of [...this.#underWay]) {
      if (exchange.sent) this.#refused(exchange, new Error('the socket for the answers is gone from its place'));
    }
  }

  #closeSocket(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #readable(last: boolean): void {
    try {
      for (let taken = 0; taken < DATAGRAMS_PER_WAKE; taken += 1) {
        const datagram = this.#socket?.receive();
        if (datagram === undefined) break;
        this.#take(datagram);
      }
      if (last) throw new Error('the socket for the answers broke');
    } catch (error) {
      // The next request opens another one.
      this.#closeSocket();
      for (const exchange of [...this.#underWay]) this.#refused(exchange, error);
    }
  }

  #take(datagram: Uint8Array | { readonly tooLong: number }): void {
    let unusable = '';
    for (const exchange of this.#underWay) {
      const reply = decoded(exchange, datagram);
      if (reply instanceof DecodeError) {
        unusable ||= reply.message;
        continue;
      }
      // It is answered: whatever comes next, this one's outcome is known.
      exchange.sent = false;
      this.#finish(exchange);
      if (reply.status === CandmStatus.SUCCESS) exchange.resolve(reply.data);
      else exchange.reject(this.#statusError(exchange, reply.status));
      this.#next();
      return;
    }
    for (const exchange of this.#underWay) exchange.unusable = unusable;
    this.#counts.ignored += 1;
  }

  #timedOut(exchange: Exchange): void {
    if (exchange.command.readOnly && exchange.attempt === 0) {
      exchange.attempt += 1;
      this.#counts.retries += 1;
      this.#transmit(exchange);
      return;
    }
    this.#counts.timeouts += 1;
    this.#finish(exchange);
    const asked = exchange.attempt > 0 ? ', asked twice' : '';
    const unknown = exchange.command.readOnly ? '' : '; whether it was carried out is not known';
    const seen = exchange.unusable === '' ? '' : `; what came was no answer (${exchange.unusable})`;
    const advice = 'chronyd hangs, or may not write to our socket beside its own (SELinux, AppArmor)';
    exchange.reject(
      this.#error(exchange, 'ETIMEDOUT', `no answer within ${this.#timeoutMs} ms${asked}${unknown}${seen}: ${advice}`),
    );
    this.#next();
  }

  /** The kernel did not let the request out, or the answer in. */
  #refused(exchange: Exchange, error: unknown): void {
    this.#finish(exchange);
    const code = errnoOf(error) ?? 'EIO';
    const reason = error instanceof Error ? error.message : String(error);
    exchange.reject(this.#error(exchange, code, `${reason}. ${commandRemedy(code, this.path)}`, { cause: error }));
    this.#next();
  }

  #finish(exchange: Exchange): void {
    exchange.cancelTimer();
    this.#underWay.delete(exchange);
  }

  #statusError(exchange: Exchange, status: number): ChronydError {
    return this.#error(exchange, 'EPROTO', `chronyd answered "${candmStatusWord(status)}" (${status})`, { status });
  }

  #error(exchange: Exchange, code: string, reason: string, details: ChronydErrorDetails = {}): ChronydError {
    const { unanswered } = exchange;
    return new ChronydError(exchange.command.name, this.path, code, reason, { unanswered, ...details });
  }
}

/** DecodeError for a datagram that does not answer the exchange. */
function decoded(exchange: Exchange, datagram: Uint8Array | { readonly tooLong: number }): CandmReply | DecodeError {
  try {
    if ('tooLong' in datagram) {
      throw new DecodeError(`${exchange.command.name} reply`, 'length', datagram.tooLong, 'that of a reply');
    }
    // A copy: the next datagram overwrites the buffer before whoever asked has looked at this one.
    return decodeCandmReply(datagram.slice(), exchange.command, exchange.sequence);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}
