/** What a program has written last. The rest is read, so that the program does not wait, and thrown away. */
export class OutputTail {
  readonly #limitBytes: number;
  #bytes = Buffer.alloc(0);

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-this.#limitBytes);
  }

  /** The last line that is not empty, control characters replaced; "" when nothing was written. */
  get lastLine(): string {
    const lines = this.#bytes.toString('utf8').split('\n');
    const line = lines.findLast((one) => one.trim() !== '') ?? '';
    return line.trim().replace(/\p{Cc}/gu, '?');
  }
}
