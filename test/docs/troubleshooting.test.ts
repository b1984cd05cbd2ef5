import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { messageText, quotedMessages, says } from './quoted-messages.js';

const SOURCES = readdirSync(join(process.cwd(), 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => messageText(readFileSync(join(process.cwd(), 'src', path), 'utf8')));

const PAGES = ['troubleshooting.md', 'disruptions.md', 'platforms.md', 'threat-model.md'];

describe('the messages that the docs quote', () => {
  test.each(PAGES)('of docs/%s are all in the sources', (page) => {
    const messages = quotedMessages(readFileSync(join(process.cwd(), 'docs', page), 'utf8'));
    expect(messages.filter((message) => !SOURCES.some((text) => says(text, message)))).toEqual([]);
  });

  test('are found in docs/troubleshooting.md at all', () => {
    const messages = quotedMessages(readFileSync(join(process.cwd(), 'docs/troubleshooting.md'), 'utf8'));
    expect(messages.length).toBeGreaterThan(40);
    // A message of nothing but what varies would be in every file.
    expect(messages.filter((message) => message.replaceAll('…', '').trim().length < 12)).toEqual([]);
  });
});

/** What a source writes where something is filled in. */
const filledIn = (expression: string) => `$\{${expression}}`;

describe('says()', () => {
  const source = [
    `log.warn(\`no ${filledIn('path')}: \`);`,
    "throw new Error('one ' +",
    `  \`two ${filledIn('x({ y })')} three\`);`,
    "fail('it\\'s four');",
  ].join('\n');
  test.each(['one two', 'one two … three', "it's four"])('finds "%s"', (message) => {
    expect(says(messageText(source), message)).toBe(true);
  });
  test.each(['one three', 'two … four', 'no … one'])('does not piece "%s" together', (message) => {
    expect(says(messageText(source), message)).toBe(false);
  });
});
