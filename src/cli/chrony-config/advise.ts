import type { Settings } from '../../daemon/config/settings.js';
import { type ChronyVersion, isSince, NEWEST_KNOWN, OLDEST_KNOWN } from './chrony-version.js';
import { COMPANIONS, type Companion } from './companions.js';
import { PURPOSES, type PurposeName } from './purpose.js';

/** The settings of vmclockd that its line in chrony.conf depends on. */
export type AdviceSettings = Pick<
  Settings,
  'sock' | 'refid' | 'slowIntervalMs' | 'samplesPerPoll' | 'withdrawAfterSeconds' | 'recovery'
>;

export interface AdviceInput {
  /** undefined: not known, so nothing that any release from OLDEST_KNOWN on would refuse. */
  readonly version: ChronyVersion | undefined;
  readonly purpose: PurposeName;
  /** Our time counts even where chronyd's other sources agree on another. */
  readonly trust: boolean;
  readonly settings: AdviceSettings;
}

/** A word, with its value, of the refclock line. */
export interface AdvisedWord {
  readonly text: string;
  readonly why: string;
}

/** What chronyd's configuration should say. */
export interface Advice {
  readonly words: readonly AdvisedWord[];
  /** The words as a line of chrony.conf. */
  readonly line: string;
  /** What this chronyd, or these settings, cannot do. */
  readonly warnings: readonly string[];
  /** What else matters in chrony.conf. */
  readonly companions: readonly Companion[];
}

/** chrony before 4.7 gives nothing out for a poll with fewer samples than this (or than `filter`, if that is less). */
const FEWEST_SAMPLES = 4;
const USUAL_FILTER = 16;
const LARGEST_FILTER = 256;
/** A vmclockd that is being restarted is not to be dropped, s. */
const USUAL_SILENCE_SECONDS = 60;
/** chrony's own default: longer than anybody waits. */
const LARGEST_MAXUNREACH = 100_000;

/** The line for a release of chrony, a purpose and vmclockd's settings, each word with its reason. */
export function advise(input: AdviceInput): Advice {
  const { version, settings } = input;
  const { poll, whyPoll, noselect } = PURPOSES[input.purpose];
  const pollMs = 1000 * 2 ** poll;
  const { slowIntervalMs } = settings;
  const samples = slowIntervalMs === 'auto' ? settings.samplesPerPoll : Math.floor(pollMs / slowIntervalMs);
  const words: AdvisedWord[] = [
    {
      text: `refclock SOCK ${settings.sock}`,
      why: 'as `sock` in vmclockd.toml. chronyd makes this socket when it starts; AppArmor lets it do so at /run/chrony.*.sock on every release of Debian and Ubuntu, and chronyd does not start with a path that it may not use',
    },
    {
      text: `refid ${settings.refid}`,
      why: "how vmclockd knows itself in chronyd's answers, as `refid` in vmclockd.toml",
    },
    { text: `poll ${poll}`, why: whyPoll },
    filterWord(samples, version),
    {
      text: 'precision 1e-9',
      why: "nothing is added to each sample's dispersion for a coarse clock: vmclockd has already chosen among its readings. chronyd takes the larger of this and its own clock's",
    },
    ...unreachWord(version, pollMs, settings.withdrawAfterSeconds),
  ];
  if (input.trust) {
    words.push({
      text: 'trust prefer',
      why: "the host's time counts even where other sources agree on another. Without it chronyd believes the majority, and of two sources that differ by more than their claimed error, neither",
    });
  }
  if (noselect) {
    words.push({ text: 'noselect', why: 'chronyd shows the source (`chronyc sourcestats`) and does not follow it' });
  }
  return {
    words,
    line: words.map(({ text }) => text).join(' '),
    warnings: warningsFor(input, samples),
    companions: COMPANIONS.filter(({ since, before }) => {
      const at = version ?? { major: 4, minor: 3, text: OLDEST_KNOWN };
      return (since === undefined || isSince(at, since)) && (before === undefined || !isSince(at, before));
    }),
  };
}

function wantsFourSamples(version: ChronyVersion | undefined): boolean {
  return version === undefined || !isSince(version, '4.7');
}

function filterWord(samples: number, version: ChronyVersion | undefined): AdvisedWord {
  if (samples < FEWEST_SAMPLES && wantsFourSamples(version)) {
    return {
      text: 'filter 1',
      why: `chrony before 4.7 gives nothing out for a poll with fewer than ${FEWEST_SAMPLES} samples, and vmclockd is set to send ${samples}; without a filter one is enough`,
    };
  }
  const length = Math.min(LARGEST_FILTER, Math.max(USUAL_FILTER, samples));
  return {
    text: `filter ${length}`,
    why: `at least as many as the samples of one poll (${samples}), so that none is lost: more change nothing. chronyd uses the middle three fifths of them`,
  };
}

function unreachWord(
  version: ChronyVersion | undefined,
  pollMs: number,
  withdrawAfterSeconds: number,
): readonly AdvisedWord[] {
  if (version === undefined || !isSince(version, '4.8')) return [];
  const seconds = Math.max(USUAL_SILENCE_SECONDS, withdrawAfterSeconds);
  const polls = Math.min(LARGEST_MAXUNREACH, Math.ceil((1000 * seconds) / pollMs));
  return [
    {
      text: `maxunreach ${polls}`,
      why: `when vmclockd has been silent for ${(polls * pollMs) / 1000} s, chronyd goes over to another source where it has one. By default it stays with a silent one for 100000 polls`,
    },
  ];
}

function warningsFor({ version, purpose, settings }: AdviceInput, samples: number): readonly string[] {
  const warnings: string[] = [];
  if (version === undefined) {
    warnings.push(
      `the version of chronyd is not known: this is what every release from ${OLDEST_KNOWN} on takes. From 4.8 on there is more to say: give --chrony-version`,
    );
  } else if (!isSince(version, '4.0')) {
    warnings.push(
      `chrony ${version.text} cannot be told to forget its samples (\`reset sources\` came with 4.0): set recovery = "feed-only" in vmclockd.toml, or upgrade. It reads no conf.d either: append this to chrony.conf`,
    );
  } else if (!isSince(version, OLDEST_KNOWN)) {
    warnings.push(
      `chrony ${version.text} is older than ${OLDEST_KNOWN}, the oldest that was tried. It takes this line; its filter copes worse with polls that lack samples (mended in 4.3)`,
    );
  } else if (version.major > 4 || version.minor > 9) {
    warnings.push(
      `chrony ${version.text} is newer than ${NEWEST_KNOWN}, the newest known here: this is the advice for ${NEWEST_KNOWN}`,
    );
  }
  if (samples < 1) {
    warnings.push(
      'sampling.slow_interval_ms in vmclockd.toml is longer than one poll, so that chronyd counts polls without a sample: leave it at "auto"',
    );
  } else if (samples < FEWEST_SAMPLES && wantsFourSamples(version)) {
    warnings.push(
      `vmclockd is set to send ${samples} samples in each poll, too few for chrony's filter before 4.7: leave sampling.slow_interval_ms at "auto" and sampling.samples_per_poll at 5`,
    );
  }
  if (PURPOSES[purpose].noselect && settings.recovery !== 'feed-only') {
    warnings.push(
      'set recovery = "feed-only" in vmclockd.toml while chronyd only looks on: a reset makes it forget its other sources too',
    );
  }
  return warnings;
}
