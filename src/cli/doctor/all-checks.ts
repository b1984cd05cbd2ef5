import { checkChronyVersion } from './checks/check-chrony-version.js';
import { checkChronydRuns } from './checks/check-chronyd-runs.js';
import { checkClock } from './checks/check-clock.js';
import { checkClocksAgree } from './checks/check-clocks-agree.js';
import { checkClocksource } from './checks/check-clocksource.js';
import { checkCompetitors } from './checks/check-competitors.js';
import { checkDaemon } from './checks/check-daemon.js';
import { checkDaemonRights } from './checks/check-daemon-rights.js';
import { checkDeviceModes } from './checks/check-device-modes.js';
import { checkDisruptionAhead } from './checks/check-disruption-ahead.js';
import { checkDisruptionPast } from './checks/check-disruption-past.js';
import { checkFollows } from './checks/check-follows.js';
import { checkForgeablePage } from './checks/check-forgeable-page.js';
import { checkKernel } from './checks/check-kernel.js';
import { checkLeapSeconds } from './checks/check-leap-seconds.js';
import { checkMakestep } from './checks/check-makestep.js';
import { checkModules } from './checks/check-modules.js';
import { checkPage } from './checks/check-page.js';
import { checkPhcRefclock } from './checks/check-phc-refclock.js';
import { checkRefclock } from './checks/check-refclock.js';
import { checkSettings } from './checks/check-settings.js';
import { checkSock } from './checks/check-sock.js';
import { checkSockPath } from './checks/check-sock-path.js';
import { checkTimeScale } from './checks/check-time-scale.js';
import type { DoctorFacts } from './doctor-facts.js';
import { about, type Finding } from './finding.js';

/** A check: from facts to a finding, with nothing in between. */
export type Check = (facts: DoctorFacts) => Finding;

/** Every check there is, along the way of the time: machine, clock, chronyd, daemon. A new one is a line here. */
export const CHECKS: readonly Check[] = [
  checkKernel,
  checkModules,
  checkClocksource,
  checkClock,
  checkDeviceModes,
  checkForgeablePage,
  checkPage,
  checkTimeScale,
  checkClocksAgree,
  checkDisruptionAhead,
  checkDisruptionPast,
  checkSettings,
  checkChronyVersion,
  checkChronydRuns,
  checkRefclock,
  checkSockPath,
  checkSock,
  checkMakestep,
  checkLeapSeconds,
  checkPhcRefclock,
  checkCompetitors,
  checkDaemon,
  checkDaemonRights,
  checkFollows,
];

/** Has every check judge. One that fails is a finding too, and so are facts that could not be gathered. */
export function judge(facts: DoctorFacts, checks: readonly Check[] = CHECKS): Finding[] {
  const findings = checks.map((check) => {
    try {
      return check(facts);
    } catch (error) {
      return defect(`${check.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return [...findings, ...facts.troubles.map((trouble) => defect(trouble))];
}

function defect(what: string): Finding {
  return about({
    id: 'doctor',
    name: 'Doctor',
    expected: 'a check that comes to an end',
    why: 'what it would have found is not known',
  }).warn(what, 'report it as a fault of vmclockd, with this line');
}
