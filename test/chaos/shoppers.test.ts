import { describe, expect, it } from 'vitest';
import { countMeetings } from '../../chaos/meetings.ts';
import type { JournalCommand } from '../../chaos/journal.ts';
import { userOf } from '../../chaos/shop/users.ts';

describe('who shops', () => {
  it('is a user on two devices, users on one, and guests', () => {
    const subjects = Array.from({ length: 10 }, (_, index) => userOf(index)?.subject);
    const devicesOf = (subject?: string) => subjects.filter((one) => one === subject).length;
    const users = [...new Set(subjects)].filter((subject) => subject !== undefined);
    expect(users.map(devicesOf)).toEqual([2, 1, 1]);
    expect(devicesOf(undefined)).toBe(6);
  });
});

describe('commands that meet', () => {
  const command = (cartId: string, sentAt: number, settledAt: number): JournalCommand => ({
    ...{ cartId, sentAt, settledAt, key: `${cartId} ${sentAt}` },
    ...{ type: 'clearItems', outcome: 'applied' },
  });

  it('are those of one cart that were under way at one time', () => {
    const meeting = [command('one', 10, 50), command('one', 20, 30), command('one', 45, 60)];
    const alone = [command('one', 0, 10), command('one', 60, 70), command('other', 20, 40)];
    expect(countMeetings([...alone, ...meeting])).toBe(meeting.length);
  });
});
