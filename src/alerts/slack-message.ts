import type { Alert } from '../quality/alert.js';

/** Slack takes 150 characters of a header and 3,000 of a section, and refuses messages with more. */
const HEADER = 150;
const SECTION = 2_800;
const LINE = 600;

interface SlackText {
  type: 'plain_text' | 'mrkdwn';
  text: string;
  emoji?: boolean;
  verbatim?: boolean;
}

export interface SlackMessage {
  /** For notifications, and for whoever shows no blocks. */
  text: string;
  blocks: ({ type: 'header' | 'section'; text: SlackText } | { type: 'context'; elements: SlackText[] })[];
}

const WORDS = { late: 'LATE', warning: 'WARNING', error: 'ERROR' } as const;

/**
 * Block Kit. Whatever a partner chose (names, values in errors) stands in a code block, where Slack knows no format, or
 * in plain text; `&`, `<` and `>` are escaped, so that nothing becomes a link, a mention or a call to a channel.
 */
export function slackMessage(alert: Alert): SlackMessage {
  const { level, subject, sections, partner, date } = alert;
  const title = `${WORDS[level]}: ${subject}`;
  return {
    text: escaped(title, LINE),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: escaped(title, HEADER), emoji: false } },
      ...sections.map(({ title: name, lines }) => ({
        type: 'section' as const,
        text: { type: 'mrkdwn' as const, text: `*${name}*\n${codeBlock(lines)}`, verbatim: true },
      })),
      {
        type: 'context',
        elements: [{ type: 'plain_text', text: `Partnerday, ${partner} ${date}`, emoji: false }],
      },
    ],
  };
}

/** Lines in a code block; those for which there is no room are counted. */
function codeBlock(lines: readonly string[]): string {
  const shown: string[] = [];
  let length = 0;
  for (const line of lines) {
    const text = escaped(line, LINE);
    length += text.length + 1;
    if (length > SECTION) break;
    shown.push(text);
  }
  if (shown.length < lines.length) shown.push(`and ${lines.length - shown.length} more`);
  return `\`\`\`\n${shown.join('\n')}\n\`\`\``;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '`': 'ˋ' };

/**
 * No mention, link or code can begin in it. Of at most so many characters, entities included; neither a character nor an
 * entity is cut in two.
 */
function escaped(text: string, most: number): string {
  let shown = '';
  for (const character of text) {
    const next = ENTITIES[character] ?? character;
    if (shown.length + next.length > most - 1) return `${shown}…`;
    shown += next;
  }
  return shown;
}
