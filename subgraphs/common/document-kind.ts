import { registerEnumType } from 'type-graphql';

/** The kinds of papers: policies of the fund name those that an application needs, patients upload them. */
export enum DocumentKind {
  IDENTITY = 'IDENTITY',
  DIAGNOSIS_CERTIFICATE = 'DIAGNOSIS_CERTIFICATE',
  MEDICAL_RECORD = 'MEDICAL_RECORD',
  PRESCRIPTION = 'PRESCRIPTION',
  INVOICE = 'INVOICE',
  INCOME_PROOF = 'INCOME_PROOF',
}
registerEnumType(DocumentKind, {
  name: 'DocumentKind',
  description: 'What a paper proves.',
  valuesConfig: {
    IDENTITY: { description: 'Who the patient is, for example an identity card.' },
    DIAGNOSIS_CERTIFICATE: { description: 'The diagnosis, certified by a hospital.' },
    MEDICAL_RECORD: { description: 'Findings and treatment, from the medical record.' },
    PRESCRIPTION: { description: 'What was prescribed.' },
    INVOICE: { description: 'What treatment has cost.' },
    INCOME_PROOF: { description: 'What the family earns.' },
  },
});
