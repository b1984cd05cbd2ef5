import { describe, expect, test } from '@jest/globals';
import { EventFollower } from '../../../src/cli/events/event-follower.js';
import type { EventStatus, StatusDocument } from '../../../src/daemon/status-document.js';
import { exampleStatus } from '../../daemon/status/example-status.js';

function status(pid: number, uptimeSeconds: number, ...numbers: readonly number[]): StatusDocument {
  const events = numbers.map(
    (number): EventStatus => ({ number, kind: 'holding', at: '', agoSeconds: 0, message: '', facts: {} }),
  );
  return { ...exampleStatus(), pid, uptimeSeconds, events };
}

/** Numbers of events, and words for the rest. */
function told(follower: EventFollower, document: StatusDocument): readonly (number | string)[] {
  return follower.take(document).map((news) => (news.kind === 'event' ? news.event.number : JSON.stringify(news)));
}

describe('EventFollower', () => {
  test('tells what is kept at first, and then each event once', () => {
    const follower = new EventFollower();
    expect(told(follower, status(1, 10, 7, 8))).toEqual([7, 8]);
    expect(told(follower, status(1, 11, 7, 8))).toEqual([]);
    expect(told(follower, status(1, 12, 8, 9, 10))).toEqual([9, 10]);
  });

  test('tells how many were missed', () => {
    const follower = new EventFollower();
    told(follower, status(1, 10, 1));
    expect(told(follower, status(1, 11, 5, 6))).toEqual(['{"kind":"missed","count":3}', 5, 6]);
  });

  test('tells of another daemon, also of one with the same PID, and begins anew', () => {
    const follower = new EventFollower();
    told(follower, status(1, 10, 1, 2, 3));
    expect(told(follower, status(2, 20, 1))).toEqual(['{"kind":"restarted","pid":2}', 1]);
    expect(told(follower, status(2, 1, 1))).toEqual(['{"kind":"restarted","pid":2}', 1]);
    expect(told(follower, status(2, 2, 1))).toEqual([]);
  });
});
