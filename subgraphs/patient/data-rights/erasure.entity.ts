import { defineEntity } from '@mikro-orm/core';
import type { SubgraphName } from '../../common/settings.js';
import type { ErasureStatus, ErasureStepStatus } from './erasure.js';
import type { ObstacleFound } from './erasure.rules.js';

/** Everything about a person is erased. What it leaves of them is this row: that somebody was, and who may ask about it. */
export const ErasureEntity = defineEntity({
  name: 'Erasure',
  tableName: 'erasure',
  properties: (p) => ({
    id: p.uuid().primary(),
    /** Null once it is done. */
    patientId: p.uuid().nullable(),
    /** The person's sign-in; null for somebody who has none, and once it is done. */
    subject: p.text().nullable(),
    /** Who asked for it: the same for the same sign-in, made with a key, so that nobody can tell who it was. */
    askedByIndex: p.text(),
    status: p.text().$type<ErasureStatus>(),
    requestedAt: p.datetime(),
    beganAt: p.datetime().nullable(),
    /** Since when there is no way back: nothing stood in the way. */
    decidedAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
    /** What came in between. */
    obstacles: p.json<readonly ObstacleFound[]>().nullable(),
    /** What the certificate says, word for word. */
    certificate: p.text().nullable(),
    signature: p.text().nullable(),
  }),
  policies: [
    {
      name: 'erasure_requested',
      command: 'insert',
      check: `status = 'WAITING' and caller_may_erase(patient_id) and is_sign_in_of(patient_id, subject)`,
    },
    {
      name: 'erasure_done',
      using: '(select caller_is_system())',
      check: '(select caller_is_system())',
    },
  ],
});

/** What a subgraph has to do for an erasure, and what it did. */
export const ErasureStepEntity = defineEntity({
  name: 'ErasureStep',
  tableName: 'erasure_step',
  properties: (p) => ({
    erasure: () => p.manyToOne(ErasureEntity).ref().primary(),
    subgraph: p.text().$type<SubgraphName>().primary(),
    status: p.text().$type<ErasureStepStatus>(),
    deleted: p.integer().default(0),
    pseudonymised: p.integer().default(0),
    finishedAt: p.datetime().nullable(),
  }),
  policies: [
    {
      name: 'erasure_step_done',
      using: '(select caller_is_system())',
      check: '(select caller_is_system())',
    },
  ],
});

/** The column of the index over who asked. */
export const ASKED_BY = { table: 'erasure', column: 'asked_by_index' } as const;

/** Where a certificate is signed. */
export const certificatePlace = (id: string) => ({ table: 'erasure', column: 'certificate', row: id });
