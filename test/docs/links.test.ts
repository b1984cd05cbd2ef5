import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = process.cwd();

const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];

describe('the relative links', () => {
  test.each(PAGES)('of %s lead somewhere', (page) => {
    const broken = links(page).filter(({ file }) => !existsSync(join(ROOT, file)));
    expect(broken).toEqual([]);
  });

  test.each(PAGES)('of %s to a heading find that heading', (page) => {
    const wrong = links(page).filter(
      ({ file, heading }) => heading !== '' && existsSync(join(ROOT, file)) && !headings(file).includes(heading),
    );
    expect(wrong).toEqual([]);
  });

  test('are found at all', () => {
    expect(links('README.md').map(({ file }) => file)).toContain('docs/recovery.md');
  });
});

/** Where a page's relative links lead: from the root of the repository, and the heading behind the "#", "" without. */
function links(page: string): { file: string; heading: string }[] {
  const targets = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^[a-z]+:/i.test(target))
    .map((target) => {
      const [path = '', heading = ''] = target.split('#');
      return { file: path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path)), heading };
    });
}

/** The names by which a page's headings are linked to, as GitHub and GitLab make them. */
function headings(page: string): string[] {
  return [...withoutCode(page).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

function withoutCode(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
}
