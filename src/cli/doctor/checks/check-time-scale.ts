import { detectTimescale } from '../../../daemon/timescale.js';
import { documentedTimescale } from '../../../ioctl/clock-kind.js';
import type { DoctorFacts } from '../doctor-facts.js';
import { about, type Finding } from '../finding.js';
import { followedClock } from './followed-clock.js';

const { ok, fail, skip } = about({
  id: 'time-scale',
  name: 'Time scale',
  expected: 'UTC, TAI or a known shift, on evidence that agrees',
  why: 'taken for the wrong one, the clock would be set wrong by 37 s; so nothing is fed while it is in doubt',
});

/** Whether it is known what the clock ticks: by the daemon's word, or judged as the daemon would. */
export function checkTimeScale(facts: DoctorFacts): Finding {
  const { status, settings, file } = facts.daemon;
  const remedy =
    `set the system clock to within 10 s (\`date -s\`), or settle it with timescale = "utc", "tai" or the seconds ` +
    `of PHC − UTC in ${file} and \`systemctl restart vmclockd\``;
  if (status?.phc) {
    const { timescale, shiftSeconds, timescaleReason } = status.phc;
    if (timescale !== null) return ok(`${scaleText(timescale, shiftSeconds ?? 0)}: ${timescaleReason}`);
    if (status.state.name === 'starting') return skip('not found out yet');
    return fail(timescaleReason || 'not known', remedy);
  }
  const clock = followedClock(facts);
  if (!clock?.reading) return skip('no clock to judge');
  const page = facts.pages.find(({ contents }) => contents !== null)?.contents;
  const verdict = detectTimescale({
    setting: settings.timescale,
    driver: documentedTimescale(clock.name),
    phcMinusSystemNs: clock.reading.offsetNs,
    pageTaiOffsetSeconds: page?.taiOffsetSeconds ?? undefined,
    kernelTaiOffsetSeconds: facts.kernelTaiOffsetSeconds,
    rememberedShiftSeconds: undefined,
  });
  if (verdict.kind === 'known') return ok(`${scaleText(verdict.scale, verdict.shiftSeconds)}: ${verdict.reason}`);
  return fail(verdict.reason, remedy);
}

function scaleText(scale: string, shiftSeconds: number): string {
  if (shiftSeconds === 0) return scale;
  return `${scale}, ${Math.abs(shiftSeconds)} s ${shiftSeconds > 0 ? 'ahead of' : 'behind'} UTC`;
}
