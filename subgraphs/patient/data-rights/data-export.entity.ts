import { defineEntity } from '@mikro-orm/core';
import type { SubgraphName } from '../../common/settings.js';
import { PatientEntity } from '../profile/patient.entity.js';
import type { DataExportStatus } from './data-export.js';

/** Everything about a patient, put together for them. */
export const DataExportEntity = defineEntity({
  name: 'DataExport',
  tableName: 'data_export',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    requestedBy: p.text(),
    requestedAt: p.datetime(),
    status: p.text().$type<DataExportStatus>(),
    /** How many subgraphs have answered. */
    done: p.integer().default(0),
    finishedAt: p.datetime().nullable(),
    expiresAt: p.datetime().nullable(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'data_export_own',
      command: 'select',
      using: `caller_is_patient(patient_id) or (requested_by = caller_subject() and caller_cares_wholly_for(patient_id)) or (select caller_is_system())`,
    },
    {
      name: 'data_export_requested',
      command: 'insert',
      check: `requested_by = caller_subject() and status = 'WAITING' and (caller_is_patient(patient_id) or caller_cares_wholly_for(patient_id))`,
    },
    {
      name: 'data_export_made',
      command: 'update',
      using: '(select caller_is_system())',
      check: '(select caller_is_system())',
    },
  ],
});

/** What one subgraph gave for an export, sealed. It goes when the export expires. */
export const DataExportPartEntity = defineEntity({
  name: 'DataExportPart',
  tableName: 'data_export_part',
  uniques: [{ name: 'data_export_part_once', properties: ['export', 'subgraph'] }],
  properties: (p) => ({
    id: p.uuid().primary(),
    export: () => p.manyToOne(DataExportEntity).ref(),
    subgraph: p.text().$type<SubgraphName>(),
    contentSealed: p.text().lazy(),
  }),
  policies: [
    {
      name: 'data_export_part_read',
      command: 'select',
      using: 'exists (select from data_export where data_export.id = export_id offset 0)',
    },
    {
      name: 'data_export_part_made',
      using: '(select caller_is_system())',
      check: '(select caller_is_system())',
    },
  ],
});

/** Where a part of an export stands sealed. */
export const partPlace = (id: string) => ({ table: 'data_export_part', column: 'content_sealed', row: id });
