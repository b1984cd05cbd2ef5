import { describe, expect, test } from '@jest/globals';
import type { DisruptionRecord } from '../../../src/daemon/disruption-record.js';
import { EventSource, type Instant } from '../../../src/daemon/events/event-source.js';
import type { FeederState } from '../../../src/daemon/feeder-types.js';
import { VmclockFlag } from '../../../src/ioctl/vmclock-page.js';
import { markerOnlyPage } from '../../../src/sim/virtual-page.js';

const PAGE = { ...markerOnlyPage(7n), disruptionMarker: 0n };
const at = (seconds: number): Instant => ({ rawNs: BigInt(seconds * 1e9), realtimeNs: BigInt(seconds * 1e9) });
const state = (name: FeederState['name'], seconds: number, reason = ''): FeederState => ({
  name,
  reason,
  sinceRawNs: at(seconds).rawNs,
});
const record = (changes: Partial<DisruptionRecord> = {}): DisruptionRecord => ({
  cause: 'marker',
  epoch: { marker: 1n, generation: 7n },
  noticedRawNs: at(5).rawNs,
  noticedRealtimeNs: at(5).realtimeNs,
  ...changes,
});

describe('EventSource', () => {
  test('a page without news is no event, and each warning of the hypervisor is one', () => {
    const source = new EventSource(undefined);
    const flagged = (flags: bigint) => source.onPage({ ...PAGE, flags }, at(1)).map(({ kind }) => kind);
    expect(flagged(0n)).toEqual([]);
    expect(flagged(VmclockFlag.DISRUPTION_SOON)).toEqual(['disruption-soon']);
    expect(flagged(VmclockFlag.DISRUPTION_SOON | VmclockFlag.TAI_OFFSET_VALID)).toEqual([]);
    expect(flagged(VmclockFlag.DISRUPTION_SOON | VmclockFlag.DISRUPTION_IMMINENT)).toEqual(['disruption-imminent']);
    expect(flagged(0n)).toEqual(['disruption-unannounced']);
    expect(flagged(0n)).toEqual([]);
  });

  test('a host that says unreliable, and no longer', () => {
    const source = new EventSource(undefined);
    const kinds = [2, 4, 4, 2].map((clockStatus) => source.onPage({ ...PAGE, clockStatus }, at(1))[0]?.kind);
    expect(kinds).toEqual([undefined, 'unreliable', undefined, 'reliable']);
  });

  test('a disruption tells what it changed, and is recovered once', () => {
    const source = new EventSource(undefined);
    source.onPage(PAGE, at(1));
    source.onState(state('feeding', 2), at(2));
    const disruption = record({ recovery: { resetAnsweredRawNs: at(5.004).rawNs } });
    expect(source.onDisruption(disruption)).toMatchObject([
      { kind: 'disruption', rawNs: at(5).rawNs, facts: { cause: 'marker', marker: '1', previous_marker: '0' } },
    ]);
    expect(source.onState(state('recovering', 5), at(5))).toEqual([]);
    disruption.synchronisedRawNs = at(5.5).rawNs;
    disruption.offsetThenNs = -3;
    expect(source.onState(state('feeding', 5.5), at(5.5))).toMatchObject([
      { kind: 'recovered', facts: { reset_ms: '4', synchronised_ms: '500', offset_ns: '-3' } },
    ]);
    expect(source.onState(state('feeding', 6), at(6))).toEqual([]);
  });

  test('another generation may be a clone, also when it changed while the daemon was down', () => {
    const source = new EventSource({ marker: 1n, generation: 6n });
    source.onPage(PAGE, at(1));
    const kinds = (r: DisruptionRecord) => source.onDisruption(r).map(({ kind }) => kind);
    expect(kinds(record({ cause: 'while the daemon was down' }))).toEqual(['disruption', 'generation-change']);
    expect(kinds(record())).toEqual(['disruption']);
    expect(kinds(record({ epoch: { marker: 2n, generation: undefined } }))).toEqual(['disruption']);
  });

  test('a hold is news when it has lasted a second, once; then feeding is news again', () => {
    const source = new EventSource(undefined);
    expect(source.onState(state('feeding', 1), at(1)).map(({ kind }) => kind)).toEqual(['feeding']);
    source.onState(state('holding', 10, 'no reading'), at(10));
    expect(source.onTime(at(10.9))).toEqual([]);
    source.onState(state('feeding', 10.95), at(10.95));
    source.onState(state('holding', 20, 'no reading'), at(20));
    expect(source.onTime(at(21.1))).toMatchObject([{ kind: 'holding', facts: { reason: 'no reading' } }]);
    expect(source.onTime(at(22))).toEqual([]);
    expect(source.onState(state('feeding', 23), at(23)).map(({ kind }) => kind)).toEqual(['feeding']);
    source.onState(state('holding', 30, 'no reading'), at(30));
    expect(source.onTime(at(40))).toEqual([]);
    expect(source.onTime(at(82))).toMatchObject([{ kind: 'holding' }]);
  });

  test('a hold whose reason changes is one hold', () => {
    const source = new EventSource(undefined);
    source.onState(state('holding', 10, 'no reading'), at(10));
    source.onState(state('holding', 10.6, 'odd'), at(10.6));
    expect(source.onTime(at(11.1))).toMatchObject([{ kind: 'holding', message: 'odd' }]);
  });
});
