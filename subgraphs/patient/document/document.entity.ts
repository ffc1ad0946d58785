import { defineEntity } from '@mikro-orm/core';
import type { DocumentKind } from '../../common/document-kind.js';
import { PatientEntity } from '../profile/patient.entity.js';
import type { DocumentMediaType, DocumentRefusal, DocumentStatus } from './document.js';
import { AID_KINDS, MEDICAL_KINDS } from './document.rules.js';

const listed = (kinds: readonly DocumentKind[]): string => `array[${kinds.map((kind) => `'${kind}'`).join(', ')}]`;

/** SQL: whether the caller may add documents of a patient, and delete them. */
export const mayChange = (patient: string): string =>
  `(caller_acts_for(${patient}, 'CARE') or caller_acts_for(${patient}, 'APPLY'))`;

/** A paper of a patient. Its file lies in the store, under its own key, encrypted; its name is sealed. */
export const DocumentEntity = defineEntity({
  name: 'Document',
  tableName: 'document',
  properties: (p) => ({
    id: p.uuid().primary(),
    patient: () => p.manyToOne(PatientEntity).ref(),
    kind: p.text().$type<DocumentKind>(),
    mediaType: p.text().$type<DocumentMediaType>(),
    byteSize: p.integer(),
    sha256: p.text(),
    status: p.text().$type<DocumentStatus>(),
    /** Gone with the file. */
    fileNameSealed: p.text().nullable(),
    requestedAt: p.datetime(),
    /** Until when its upload may begin. */
    expiresAt: p.datetime(),
    /** Where its file lies in the store; there is one while it is STORED. */
    objectKey: p.uuid().nullable().unique('document_object_key_unique'),
    dataKeySealed: p.text().nullable(),
    uploadedAt: p.datetime().nullable(),
    refusedBecause: p.text().nullable().$type<DocumentRefusal>(),
    version: p.integer().version(),
  }),
  policies: [
    {
      name: 'document_seen',
      command: 'select',
      using: `caller_acts_for(patient_id, 'VIEW')
        or (status = 'STORED' and kind = any(${listed(MEDICAL_KINDS)}) and patient_id = any((select caller_treated())::uuid[]))
        or (status = 'STORED' and kind = any(${listed(AID_KINDS)}) and caller_has_role('REVIEWER')
          and patient_id = any((select caller_patients())::uuid[]) and has_consent(patient_id, 'AID_REVIEW', null))
        or (select caller_is_system())`,
    },
    { name: 'document_added', command: 'insert', check: `status = 'AWAITING_UPLOAD' and ${mayChange('patient_id')}` },
    { name: 'document_changed', command: 'update', using: mayChange('patient_id'), check: mayChange('patient_id') },
    {
      name: 'document_expired',
      command: 'update',
      using: `status = 'AWAITING_UPLOAD' and (select caller_is_system())`,
      check: `status = 'EXPIRED' and (select caller_is_system())`,
    },
  ],
});

/** Where the sealed values of a document stand. */
export const sealedPlaces = (documentId: string) => ({
  fileName: { table: 'document', column: 'file_name_sealed', row: documentId },
  dataKey: { table: 'document', column: 'data_key_sealed', row: documentId },
});
