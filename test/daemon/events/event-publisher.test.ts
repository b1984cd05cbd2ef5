import { describe, expect, test } from '@jest/globals';
import type { DaemonEvent } from '../../../src/daemon/events/daemon-event.js';
import { EventPublisher } from '../../../src/daemon/events/event-publisher.js';
import { EventSource } from '../../../src/daemon/events/event-source.js';
import { markerOnlyPage } from '../../../src/sim/virtual-page.js';
import { harness } from '../feeder-harness.js';

describe('EventPublisher', () => {
  test('a loop disrupted again and again: every disruption is an event, each followed by its recovery or the next', async () => {
    const published: DaemonEvent[] = [];
    let inLoop = false;
    let publisher: EventPublisher | undefined;
    const { world, feeder } = harness(
      { seed: 20, page: markerOnlyPage(7n), method: 'PRECISE', systemRatePpm: 'true' },
      { recovery: 'feed-forward' },
      {
        broken: (ports) => {
          const made = new EventPublisher({
            source: new EventSource(undefined),
            clock: ports.clock,
            timers: ports.timers,
            log: ports.log,
            onEvent: (event) => {
              expect(inLoop).toBe(false);
              published.push(event);
            },
          });
          publisher = made;
          // Calls of the loop's: nothing may be published from within them.
          const within = (call: () => void): void => {
            inLoop = true;
            call();
            inLoop = false;
          };
          return {
            ...ports,
            onPage: (page) => within(() => made.onPage(page)),
            onState: (state) => within(() => made.onState(state)),
            onDisruption: (record) => within(() => made.onDisruption(record)),
          };
        },
      },
    );
    publisher?.start();
    feeder.start();
    await world.run(10e9);
    for (let i = 0; i < 100; i += 1) {
      const tells = world.random.chance(0.3) ? 'both' : 'marker';
      world.disrupt({ stepNs: world.random.normal(10e6), ratePpm: world.random.between(-50, 50), tells });
      await world.run(world.random.between(50e6, 8e9));
    }
    await world.run(10e9);
    feeder.stop();
    publisher?.stop();
    expect(published.map(({ number }) => number)).toEqual(published.map((_, i) => i + 1));
    const kinds = published.map(({ kind }) => kind);
    expect(kinds[0]).toBe('feeding');
    expect(kinds.filter((kind) => kind === 'disruption')).toHaveLength(feeder.report().disruptions);
    expect(kinds.filter((kind) => kind === 'generation-change').length).toBeGreaterThan(10);
    // Between two recoveries there is a disruption, and the last disruption is recovered.
    const turns = kinds.filter((kind) => kind === 'disruption' || kind === 'recovered');
    expect(turns.at(-1)).toBe('recovered');
    expect(turns.filter((kind, i) => kind === 'recovered' && turns[i - 1] !== 'disruption')).toEqual([]);
    expect(publisher?.events).toEqual(published.slice(-50));
  });
});
