import { PTP_MAX_SAMPLES, type PtpRequest, STAMP_BYTES, STAMPS_AT } from './ptp-abi.js';
import { PtpAnswerError } from './ptp-answer-error.js';

const NS_PER_SECOND = 1_000_000_000n;
const TWO_TO_32 = 0x1_0000_0000;

/** Reads the time stamps out of one answer, each checked. */
export class PtpStamps {
  readonly #request: PtpRequest;
  readonly #view: DataView;
  // Most stamps of a batch share their second: one bigint product instead of seventy-five.
  #second = 0;
  #secondNs = 0n;

  /** @throws PtpAnswerError when there are fewer bytes than the structure has */
  constructor(bytes: Uint8Array, request: PtpRequest) {
    if (bytes.byteLength < request.size) {
      throw new PtpAnswerError(request.name, 'length', `${bytes.byteLength} bytes instead of ${request.size}`);
    }
    this.#request = request;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The number of readings the answer says it has. @throws PtpAnswerError when it is not within 1 … 25 */
  count(): number {
    const count = this.#view.getUint32(0, true);
    if (count >= 1 && count <= PTP_MAX_SAMPLES) return count;
    throw new PtpAnswerError(this.#request.name, 'sample count', `${count}, not within 1 … ${PTP_MAX_SAMPLES}`);
  }

  /** The stamp with this index, for EXTENDED and BASIC, ns. @throws PtpAnswerError */
  indexed(index: number): bigint {
    return this.at(STAMPS_AT + index * STAMP_BYTES);
  }

  /** The stamp at this offset, ns. @throws PtpAnswerError */
  at(offset: number): bigint {
    const second = this.#view.getInt32(offset + 4, true) * TWO_TO_32 + this.#view.getUint32(offset, true);
    const nanosecond = this.#view.getUint32(offset + 8, true);
    if (nanosecond >= 1e9) {
      throw new PtpAnswerError(this.#request.name, 'nanoseconds', `${nanosecond} at byte ${offset}, not below 10^9`);
    }
    if (second !== this.#second) {
      if (!Number.isSafeInteger(second)) {
        throw new PtpAnswerError(this.#request.name, 'seconds', `${second} at byte ${offset}`);
      }
      this.#second = second;
      this.#secondNs = BigInt(second) * NS_PER_SECOND;
    }
    return this.#secondNs + BigInt(nanosecond);
  }

  /**
   * Refuses a clock that went backwards: it was stepped in the midst of the batch, or the bracket proves nothing.
   *
   * @throws PtpAnswerError
   */
  requireOrder(earlierNs: bigint, laterNs: bigint, which: string): void {
    if (laterNs >= earlierNs) return;
    throw new PtpAnswerError(this.#request.name, 'order', `${which} went back by ${earlierNs - laterNs} ns`);
  }
}
