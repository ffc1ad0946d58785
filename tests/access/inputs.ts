import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';

/** Which type of record an input field names. */
const NAMED: Readonly<Record<string, string>> = {
  orderId: 'DrugOrder',
  postId: 'Story',
  onId: 'Story',
  caseId: 'ModerationCase',
  revisionId: 'ArticleRevision',
  documentId: 'PatientDocument',
  batchId: 'PayoutBatch',
  lotId: 'StockLot',
  taskId: 'CareTask',
  noticeId: 'CareNotice',
  carrierOrganisationId: 'Organisation',
};
const NAMED_BY: Readonly<Record<string, string>> = {
  markPharmacyNoticeRead: 'PharmacyNotice',
  markCommunityNoticeRead: 'CommunityNotice',
};
const recordOf = (mutation: string, field: string): string =>
  NAMED_BY[mutation] ?? NAMED[field] ?? `${field[0]?.toUpperCase()}${field.slice(1, -2)}`;

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

/** What an input must be to be looked at, where the first thing that fits its type is not. GraphQL. */
const FITTING: Readonly<Record<string, string>> = {
  MoneyInput: '{ amount: "100.00", currency: CNY }',
  amount: '"100.00"',
  expectedVersion: '999',
  version: '1',
  textNumber: '1',
  confirmation: '"no"',
  reason: '"A reason that is long enough to be one."',
  body: '"Some words that can be published, and more of them."',
  text: '"Some words that can be published, and more of them."',
  title: '"A title of words"',
  startsAt: `"${day(7)}"`,
  endsAt: `"${day(8)}"`,
  occurrenceOn: `"${day(0).slice(0, 10)}"`,
  on: `"${day(-1).slice(0, 10)}"`,
  diagnosedOn: '"2026-01-05"',
  incurredOn: '"2026-01-05"',
  birthDate: '"1990-01-01"',
  at: `"${day(-0.01)}"`,
  startedAt: `"${day(-0.01)}"`,
  seconds: '[0]',
  celsius: '[5.0]',
  sha256: `"${'0'.repeat(64)}"`,
  byteSize: '100',
  fileName: '"record.pdf"',
  nationalId: '"999999199001011003"',
  phone: '"19900000008"',
  bankCode: '"999000000001"',
  accountNumber: '"6222000000000000001"',
  holderName: '"Some Holder"',
  code: '"fatigue"',
  paidByOthers: '[]',
  tasks: '[{ title: "X", kind: VISIT, firstDueOn: "2026-12-31" }]',
  expenses:
    '[{ invoice: { issuer: "X", number: "1", incurredOn: "2026-01-05", amount: { amount: "100.00", currency: CNY } }, paidByOthers: [] }]',
};

/** Not required of all, and looked at before the record is. */
const ASKED_FOR: ReadonlySet<string> = new Set(['expectedVersion', 'reason']);

/** Of some mutations alone. */
const FITTING_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  answerQuestionnaire: { code: '"wellbeing"' },
  acceptCareInvitation: { code: '"AAAA-BBBB-CCCC"' },
};

/** An input as GraphQL, and the types of the records that it names. */
export interface Filled {
  readonly text: string;
  readonly names: readonly string[];
}

/**
 * The arguments of a mutation, filled in with whatever is required.
 *
 * @param idOf the id of a record of a type; undefined for what there is none of
 */
export function inputFor(schema: GraphQLSchema, mutation: string, idOf: (type: string) => string | undefined): Filled {
  const names: string[] = [];
  const special = FITTING_OF[mutation] ?? {};
  const fill = (name: string, type: GraphQLInputType): string => {
    const named: GraphQLNamedType = getNamedType(type);
    if (name === 'idempotencyKey') return JSON.stringify(crypto.randomUUID());
    const fitting = special[name] ?? FITTING[named.name] ?? (isEnumType(named) ? undefined : FITTING[name]);
    if (fitting) return fitting;
    if (isNonNullType(type)) return fill(name, type.ofType);
    if (isListType(type)) return `[${fill(name.replace(/s$/, ''), type.ofType)}]`;
    if (isEnumType(named)) return named.getValues()[0]?.name as string;
    if (isInputObjectType(named)) return object(named);
    if (named.name === 'ID') {
      const record = recordOf(mutation, name);
      names.push(record);
      return JSON.stringify(idOf(record) ?? crypto.randomUUID());
    }
    return (
      { Int: '2', Float: '2.0', Boolean: 'true', Date: `"${day(30).slice(0, 10)}"`, DateTime: `"${day(1)}"` }[
        named.name
      ] ?? '"words"'
    );
  };
  const object = (type: GraphQLInputObjectType): string => {
    const fields = Object.values(type.getFields()).filter(
      (field) => isRequiredInputField(field) || ASKED_FOR.has(field.name),
    );
    return `{ ${fields.map((field) => `${field.name}: ${fill(field.name, field.type)}`).join(', ')} }`;
  };
  const [argument] = schema.getMutationType()?.getFields()[mutation]?.args ?? [];
  return { text: argument ? `(input: ${object(getNamedType(argument.type) as GraphQLInputObjectType)})` : '', names };
}
