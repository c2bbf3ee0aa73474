import { fitTo } from './text-width.js';

export interface Frame {
  /** The whole picture, redrawn in place on a terminal. */
  lines: string[];
  /** What is new since the last frame: one line each where nothing can be redrawn. */
  changes: string[];
}

interface Terminal {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  write(text: string): unknown;
}

/** In-place redraw on a terminal, plain lines everywhere else. Writes to stderr: progress is not data. */
export class LiveView {
  readonly #stream: Terminal;
  #drawn: string[] = [];

  constructor(stream: Terminal) {
    this.#stream = stream;
  }

  get redraws(): boolean {
    return this.#stream.isTTY === true;
  }

  update(frame: Frame): void {
    if (!this.redraws) {
      for (const line of frame.changes) this.#stream.write(`${line}\n`);
      return;
    }
    const columns = this.#stream.columns ?? 80;
    // Lines above the top of the screen cannot be redrawn: only as many as fit are drawn at all.
    const room = Math.max(1, (this.#stream.rows ?? 24) - 1);
    const lines = frame.lines.map((line) => fitTo(line, columns));
    this.#draw(
      lines.length > room ? [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`] : lines,
    );
  }

  /** A line that stays, above the picture. */
  note(line: string): void {
    if (!this.redraws) {
      this.#stream.write(`${line}\n`);
      return;
    }
    const picture = this.#drawn;
    this.#draw([]);
    this.#stream.write(`${line}\n`);
    this.#draw(picture);
  }

  /** Leaves the last picture where it is. */
  end(): void {
    this.#drawn = [];
  }

  #draw(lines: string[]): void {
    const up = this.#drawn.length > 0 ? `\x1b[${this.#drawn.length}A` : '';
    const body = lines.map((line) => `\x1b[2K${line}\n`).join('');
    this.#stream.write(`${up}\r${body}\x1b[0J`);
    this.#drawn = lines;
  }
}
