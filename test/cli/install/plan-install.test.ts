import { describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../src/cli/install/manifest.js';
import { planInstall, planUninstall, type Step, sumOf } from '../../../src/cli/install/plan-install.js';

const PROGRAM = { to: '/usr/local/unit', text: 'unit 2' };
const CONFIG = { to: '/etc/conf', text: 'conf 2' };
const EMPTY: Manifest = new Map();

const reader = (files: Readonly<Record<string, string>>) => (path: string) => files[path];
const kinds = (steps: readonly Step[]) => steps.map(({ kind, path }) => `${kind} ${path}`);

describe('install', () => {
  test('writes everything where there is nothing', () => {
    const { steps, manifest } = planInstall([PROGRAM, CONFIG], EMPTY, reader({}));
    expect(kinds(steps)).toEqual(['write /usr/local/unit', 'write /etc/conf']);
    expect([...manifest]).toEqual([
      ['/usr/local/unit', sumOf('unit 2')],
      ['/etc/conf', sumOf('conf 2')],
    ]);
  });

  test('does nothing the second time', () => {
    const there = reader({ '/usr/local/unit': 'unit 2', '/etc/conf': 'conf 2' });
    const { steps } = planInstall([PROGRAM, CONFIG], EMPTY, there);
    expect(kinds(steps)).toEqual(['keep /usr/local/unit', 'keep /etc/conf']);
  });

  test('replaces configuration that was not changed since an earlier install', () => {
    const before = new Map([['/etc/conf', sumOf('conf 1')]]);
    const { steps } = planInstall([CONFIG], before, reader({ '/etc/conf': 'conf 1' }));
    expect(kinds(steps)).toEqual(['write /etc/conf']);
  });

  test.each([
    ['an earlier install', new Map([['/etc/conf', sumOf('conf 1')]])],
    ['no install', EMPTY],
  ])('never overwrites configuration changed since %s', (_, before) => {
    const mine = { '/etc/conf': 'mine' };
    const { steps, manifest } = planInstall([CONFIG], before, reader(mine));
    expect(kinds(steps)).toEqual(['beside /etc/conf.new']);
    // Nor does the one after it, nor does uninstall take it away.
    const again = planInstall([CONFIG], manifest, reader({ ...mine, '/etc/conf.new': 'conf 2' }));
    expect(kinds(again.steps)).toEqual(['keep /etc/conf']);
    expect(kinds(planUninstall(again.manifest, reader(mine)))).not.toContain('remove /etc/conf');
  });

  test('takes away what an earlier version had and this one has not', () => {
    const before = new Map([['/usr/local/old', sumOf('old')]]);
    expect(kinds(planInstall([], before, reader({ '/usr/local/old': 'old' })).steps)).toEqual([
      'remove /usr/local/old',
    ]);
  });
});

describe('uninstall', () => {
  const manifest = new Map([['/etc/conf', sumOf('conf')]]);

  test('removes what is as it was written, and nothing that is gone', () => {
    expect(kinds(planUninstall(manifest, reader({ '/etc/conf': 'conf' })))).toEqual(['remove /etc/conf']);
    expect(planUninstall(manifest, reader({}))).toEqual([]);
  });

  test('removes what was written beside a changed file, also when that file is gone', () => {
    const there = { '/etc/conf': 'mine', '/etc/conf.new': 'conf 2' };
    const both = new Map([...manifest, ['/etc/conf.new', sumOf('conf 2')]]);
    expect(kinds(planUninstall(both, reader(there)))).toEqual(['keep /etc/conf', 'remove /etc/conf.new']);
    expect(kinds(planUninstall(both, reader({ '/etc/conf.new': 'conf 2' })))).toEqual(['remove /etc/conf.new']);
  });

  test('leaves a .new file that somebody else wrote', () => {
    const there = reader({ '/etc/conf': 'conf', '/etc/conf.new': 'theirs' });
    expect(kinds(planUninstall(manifest, there))).toEqual(['remove /etc/conf']);
  });

  test('keeps what is held, and says why', () => {
    const held = new Map([['/etc/conf', 'it is needed']]);
    const kept = { kind: 'keep', path: '/etc/conf', why: 'it is needed' };
    expect(planUninstall(manifest, reader({ '/etc/conf': 'conf' }), held)).toEqual([kept]);
    const { steps, manifest: after } = planInstall([], manifest, reader({ '/etc/conf': 'conf' }), held);
    expect(steps).toEqual([kept]);
    expect(after).toEqual(manifest);
  });
});

describe('files of somebody else', () => {
  test('are not recorded when they have the same text, so uninstall leaves them', () => {
    expect(planInstall([CONFIG], EMPTY, reader({ '/etc/conf': 'conf 2' })).manifest).toEqual(EMPTY);
  });

  test('are kept at the place of a program file: ours goes beside, and only ours goes again', () => {
    const theirs = { '/usr/local/unit': 'by hand' };
    const { steps, manifest } = planInstall([PROGRAM], EMPTY, reader(theirs));
    expect(kinds(steps)).toEqual(['beside /usr/local/unit.new']);
    expect(manifest).toEqual(new Map([['/usr/local/unit.new', sumOf('unit 2')]]));
    const there = reader({ ...theirs, '/usr/local/unit.new': 'unit 2' });
    expect(kinds(planUninstall(manifest, there))).toEqual(['remove /usr/local/unit.new']);
  });

  test('are kept at the place of the .new file, too', () => {
    const there = reader({ '/etc/conf': 'mine', '/etc/conf.new': 'mine, too' });
    const { steps, manifest } = planInstall([CONFIG], EMPTY, there);
    expect(kinds(steps)).toEqual(['keep /etc/conf']);
    expect(manifest).toEqual(EMPTY);
  });
});
