import { describe, expect, test } from '@jest/globals';
import { Locale } from '../../common/scalars.js';
import { SUBGRAPH_NAMES } from '../../common/settings.js';
import { DataExportStatus } from './data-export.js';
import { expiresAt, exportDocument, statusNow } from './data-export.rules.js';
import { ErasureObstacleKind } from './erasure.js';
import { certificateContent, certificateText, ERASURE_ORDER, explained } from './erasure.rules.js';

const AT = new Date('2026-11-22T08:00:00.123Z');

describe('an export', () => {
  test('has a place for every subgraph, and carries each part as it came', () => {
    const parts = new Map<string, string>([['fund', '{"claims":[{"awarded":{"amount":"90071992547409931.07"}}]}']]);
    const document = exportDocument('p', AT, parts);
    expect(document).toContain(parts.get('fund'));
    const { data, generatedAt } = JSON.parse(document);
    expect(generatedAt).toBe('2026-11-22T08:00:00.123Z');
    expect(Object.keys(data)).toEqual([...SUBGRAPH_NAMES]);
    expect(data.pharmacy).toBeNull();
  });

  test('has expired from the moment on that it says', () => {
    const expires = expiresAt(AT);
    const before = new Date(expires.getTime() - 1);
    expect(statusNow(DataExportStatus.READY, expires, before)).toBe(DataExportStatus.READY);
    expect(statusNow(DataExportStatus.READY, expires, expires)).toBe(DataExportStatus.EXPIRED);
    expect(statusNow(DataExportStatus.RUNNING, null, expires)).toBe(DataExportStatus.RUNNING);
  });
});

describe('an erasure', () => {
  test('goes through every subgraph once, and forgets last who it was', () => {
    expect([...ERASURE_ORDER].sort()).toEqual([...SUBGRAPH_NAMES].sort());
    expect(ERASURE_ORDER.at(-1)).toBe('patient');
  });

  test('says of each obstacle what to do', () => {
    for (const kind of Object.values(ErasureObstacleKind)) {
      expect(explained({ subgraph: 'fund', kind }).message).toMatch(/^[A-Z].*[.] .*[.]$/);
    }
  });

  test('is certified by the same text for the same facts, and told in both languages', () => {
    const steps = [{ subgraph: 'fund', deleted: 3, pseudonymised: 4, finishedAt: AT }];
    const content = certificateContent({ id: 'e', requestedAt: AT, finishedAt: AT, steps });
    expect(content).toBe(
      '{"format":"care-erasure-certificate/1","erasureId":"e","requestedAt":"2026-11-22T08:00:00.123Z","finishedAt":"2026-11-22T08:00:00.123Z","foundAfterwards":0,' +
        '"steps":[{"subgraph":"fund","deleted":3,"pseudonymised":4,"finishedAt":"2026-11-22T08:00:00.123Z"}]}',
    );
    expect(certificateText(content, 'abc', Locale.EN)).toMatch(
      /Number e\n.*fund: 3 records deleted, 4 kept.*SHA-256 abc$/s,
    );
    expect(certificateText(content, 'abc', Locale.ZH)).toMatch(/编号 e\n.*删除 3 条.*SHA-256 abc$/s);
  });
});
