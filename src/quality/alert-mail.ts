import { type Alert, renderAlertText } from './alert.js';

/** Bytes of a word: with the name of the header before it a line has less than 78 characters. */
const WIDTH = 39;

/** A message as `sendmail ADDRESS < alert.eml` takes it: no sender and no recipient, for those are not known here. */
export function renderAlertMail(alert: Alert): string {
  const headers = [
    `Subject: ${encodedWords(alert.subject)}`,
    `X-Partnerday: ${alert.partner} ${alert.date} ${alert.level}`,
    ...(alert.level === 'error' ? ['Importance: high'] : []),
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  // Base64: lines may be longer than mail allows, and hold any character.
  const body =
    Buffer.from(renderAlertText(alert))
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return `${[...headers, '', ...body].join('\r\n')}\r\n`;
}

/** RFC 2047, in words of at most 75 characters; a character is never split. */
function encodedWords(text: string): string {
  if (/^[\x20-\x7e]{1,60}$/.test(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > WIDTH) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join('\r\n ');
}
