import { renderLines, type ToneLine } from '../format-tone.js';

// Alternate screen, no cursor, no wrapping at the right edge (a frame for the size of a moment ago stays flat).
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';

const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';

/** What is needed of process.stdout. */
export interface ScreenOutput {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** What is needed of process.stdin. */
export interface ScreenInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  pause(): unknown;
}

/**
 * The terminal while a screen is shown. It is given back as it was however the process ends, SIGKILL apart: by leave(),
 * by the exit of the process, and while it is stopped by Ctrl-Z.
 */
export class WatchScreen {
  readonly #output: ScreenOutput;
  readonly #input: ScreenInput;
  readonly #onQuit: () => void;
  readonly #onRedraw: () => void;
  readonly #colour: boolean;
  #shown = false;

  constructor(options: {
    readonly output: ScreenOutput;
    readonly input: ScreenInput;
    readonly colour: boolean;
    /** q or Ctrl-C. */
    onQuit(): void;
    /** The size is another one, or the screen has to be drawn anew. */
    onRedraw(): void;
  }) {
    this.#output = options.output;
    this.#input = options.input;
    this.#colour = options.colour;
    this.#onQuit = options.onQuit;
    this.#onRedraw = options.onRedraw;
  }

  /** Columns and rows now; 80 × 24 where the terminal does not say. */
  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  enter(): void {
    process.on('exit', this.#hide);
    process.on('SIGCONT', this.#continued);
    this.#output.on('resize', this.#onRedraw);
    this.#input.on('data', this.#key);
    this.#show();
  }

  leave(): void {
    this.#hide();
    this.#input.off('data', this.#key);
    this.#input.pause();
    this.#output.off('resize', this.#onRedraw);
    process.off('SIGCONT', this.#continued);
    process.off('exit', this.#hide);
  }

  /** @param lines as many as there are rows */
  draw(lines: readonly ToneLine[]): void {
    if (!this.#shown) return;
    // Each line is cleared before it is written: after a full one the cursor stands on its last character.
    const drawn = lines.map((line) => REST_OF_LINE + renderLines([line], this.#colour).slice(0, -1));
    this.#output.write(HOME + drawn.join('\r\n'));
  }

  #show(): void {
    this.#shown = true;
    if (this.#input.isTTY) this.#input.setRawMode?.(true);
    this.#output.write(ENTER);
  }

  readonly #hide = (): void => {
    if (!this.#shown) return;
    this.#shown = false;
    if (this.#input.isTTY) this.#input.setRawMode?.(false);
    this.#output.write(LEAVE);
  };

  readonly #continued = (): void => {
    if (!this.#shown) this.#show();
    this.#onRedraw();
  };

  readonly #key = (chunk: Buffer): void => {
    const keys = chunk.toString('latin1');
    if (keys === 'q' || keys === 'Q' || keys.includes(CTRL_C)) this.#onQuit();
    else if (keys.includes(CTRL_Z)) {
      // Raw mode took it from the terminal driver, which would have stopped us.
      this.#hide();
      process.kill(process.pid, 'SIGTSTP');
    }
  };
}
