import type { Settings } from '../config/settings.js';
import type { EventKind } from '../events/event-kind.js';

/** The program for each kind of event; "": none. */
export function hookPrograms(settings: Settings): Readonly<Record<EventKind, string>> {
  return {
    disruption: settings.hookDisruption,
    recovered: settings.hookRecovered,
    'generation-change': settings.hookGenerationChange,
    'disruption-soon': settings.hookDisruptionSoon,
    'disruption-imminent': settings.hookDisruptionImminent,
    'disruption-unannounced': settings.hookDisruptionUnannounced,
    unreliable: settings.hookUnreliable,
    reliable: settings.hookReliable,
    holding: settings.hookHolding,
    feeding: settings.hookFeeding,
  };
}
