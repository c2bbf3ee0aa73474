import { styleText } from 'node:util';

export type ColorMode = 'auto' | 'always' | 'never';
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Colour is never the only bearer of a meaning: what is red also says "failed". */
export function styleFor(stream: { isTTY?: boolean }, mode: ColorMode, env: NodeJS.ProcessEnv): Style {
  const on =
    mode === 'always' ||
    (mode === 'auto' &&
      !env.NO_COLOR &&
      (Boolean(env.FORCE_COLOR && env.FORCE_COLOR !== '0') ||
        (stream.isTTY === true && env.TERM !== 'dumb')));
  return on ? (format, text) => styleText(format, text, { validateStream: false }) : (_format, text) => text;
}
