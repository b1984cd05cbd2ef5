import { clockStatusName, leapName, vmclockFlagNames } from '../ioctl/vmclock-flags.js';
import { type ChronydView, followsUs } from './chronyd-watch.js';
import type { DisruptionRecord } from './disruption-record.js';
import type { DaemonEvent } from './events/daemon-event.js';
import { describeEvents } from './events/describe-events.js';
import type { FeederReport } from './feeder-types.js';
import type { PhcPort } from './ports.js';
import type { DisruptionStatus, StatusDocument } from './status-document.js';

/** What the status document says that the loop does not know. */
export interface DaemonFacts {
  readonly version: string;
  readonly pid: number;
  readonly phc: PhcPort;
  readonly vmclockPath: string | undefined;
  readonly watching: 'poll' | 'look';
  readonly sockPath: string;
  readonly chronydPath: string | undefined;
  readonly refid: string;
  readonly maxDriftPpm: number;
  readonly events: readonly DaemonEvent[];
}

/** The status document of this instant. Pure. */
export function describeFeeder(report: FeederReport, facts: DaemonFacts): StatusDocument {
  const { state } = report;
  const nowRawNs = report.now.monotonicRawNs;
  return {
    schema: 1,
    version: facts.version,
    pid: facts.pid,
    uptimeSeconds: secondsBetween(report.startedRawNs, nowRawNs),
    state: { name: state.name, reason: state.reason, forSeconds: secondsBetween(state.sinceRawNs, nowRawNs) },
    phc: describePhc(report, facts.phc),
    vmclock: describePage(report, facts),
    sample: describeSample(report, facts.maxDriftPpm),
    rate: report.knowledge?.rate ?? null,
    sock: {
      path: facts.sockPath,
      sent: report.sends.sent,
      dropped: report.sends.dropped,
      failing: report.sends.failing,
    },
    chronyd: describeChronyd(report.chronyd, facts, nowRawNs),
    disruptions: {
      count: report.disruptions,
      last: report.lastDisruption === undefined ? null : describeDisruption(report.lastDisruption, nowRawNs),
    },
    events: describeEvents(facts.events, report.now.monotonicRawNs),
    counters: { ...report.counters },
  };
}

function describePhc(report: FeederReport, phc: PhcPort): StatusDocument['phc'] {
  const verdict = report.knowledge?.timescale;
  return {
    path: phc.path,
    name: phc.clockName,
    method: phc.method ?? null,
    refusals: phc.refusals.map(({ method, code, meaning }) => ({ method, code, meaning })),
    timescale: verdict?.kind === 'known' ? verdict.scale : null,
    shiftSeconds: verdict?.kind === 'known' ? verdict.shiftSeconds : null,
    timescaleReason: verdict?.reason ?? 'no reading yet',
  };
}

function describePage(report: FeederReport, facts: DaemonFacts): StatusDocument['vmclock'] {
  const { page, unsettledSinceRawNs } = report;
  if (page === undefined || facts.vmclockPath === undefined) return null;
  return {
    path: facts.vmclockPath,
    marker: page.disruptionMarker.toString(),
    generation: page.vmGenerationCounter?.toString() ?? null,
    seqCount: page.seqCount,
    clockStatus: clockStatusName(page.clockStatus),
    flags: vmclockFlagNames(page.flags),
    leap: leapName(page.leapIndicator),
    watching: facts.watching,
    unsettledForSeconds:
      unsettledSinceRawNs === undefined ? null : secondsBetween(unsettledSinceRawNs, report.now.monotonicRawNs),
  };
}

function describeSample(report: FeederReport, maxDriftPpm: number): StatusDocument['sample'] {
  const { sample, knowledge } = report;
  if (sample === undefined || knowledge === undefined) return null;
  const now = knowledge.carry(sample, report.now, maxDriftPpm);
  return {
    offsetNs: now.offsetNs,
    bracketNs: sample.bracketNs,
    boundNs: now.boundNs,
    hostErrorNs: sample.host?.maxErrorNs ?? null,
    ageSeconds: secondsBetween(sample.rawNs, report.now.monotonicRawNs),
  };
}

function describeChronyd(
  view: ChronydView | undefined,
  facts: DaemonFacts,
  nowRawNs: bigint,
): StatusDocument['chronyd'] {
  if (view === undefined || facts.chronydPath === undefined) return null;
  const { tracking, source } = view;
  return {
    path: facts.chronydPath,
    reachable: view.reachable,
    error: view.error,
    synchronised: followsUs(view, facts.refid),
    selectsUs: source?.state === 'selected',
    refid: tracking?.refName ?? '',
    stratum: tracking?.stratum ?? 0,
    offsetNs: tracking?.currentCorrectionNs ?? 0,
    frequencyPpm: tracking?.frequencyPpm ?? 0,
    skewPpm: tracking?.skewPpm ?? 0,
    rootDispersionNs: tracking?.rootDispersionNs ?? 0,
    poll: source?.poll ?? null,
    ageSeconds: tracking === undefined ? 0 : secondsBetween(view.answeredRawNs, nowRawNs),
  };
}

function describeDisruption(record: DisruptionRecord, nowRawNs: bigint): DisruptionStatus {
  const msUntil = (rawNs: bigint | undefined) =>
    rawNs === undefined ? null : Number(rawNs - record.noticedRawNs) / 1e6;
  return {
    cause: record.cause,
    noticedAt: new Date(Number(record.noticedRealtimeNs / 1_000_000n)).toISOString(),
    agoSeconds: secondsBetween(record.noticedRawNs, nowRawNs),
    marker: record.epoch?.marker.toString() ?? null,
    generation: record.epoch?.generation?.toString() ?? null,
    resetAnsweredMs: msUntil(record.recovery?.resetAnsweredRawNs),
    correctedMs: msUntil(record.recovery?.correctedRawNs),
    firstSampleMs: msUntil(record.firstSampleRawNs),
    synchronisedMs: msUntil(record.synchronisedRawNs),
    offsetThenNs: record.offsetThenNs ?? null,
  };
}

function secondsBetween(fromRawNs: bigint, toRawNs: bigint): number {
  return Number(toRawNs - fromRawNs) / 1e9;
}
