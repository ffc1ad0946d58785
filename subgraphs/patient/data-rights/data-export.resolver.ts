import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import { IdempotencyConflict, InvalidInput, NotFound } from '../../common/errors.js';
import { checkedId } from '../../common/ids.js';
import { type Failure, orFailure, resultUnion } from '../../common/unions.js';
import type { PatientContext } from '../context.js';
import { Patient } from '../profile/patient.js';
import { DataExport } from './data-export.js';
import type { LoadedDataExport } from './data-export.loader.js';
import { requestDataExport } from './data-export.service.js';

@InputType({ description: 'Whose data is to be put together.' })
class RequestDataExportInput {
  @Field(() => ID, { description: 'Yourself, or a patient for whom you have all scopes of care.' })
  patientId!: string;

  @Field(() => ID, { description: 'A key of your making: sending the same again asks once.' })
  idempotencyKey!: string;
}

const RequestDataExportResult = resultUnion(
  'RequestDataExportResult',
  'The export, or why there is none.',
  DataExport,
  [NotFound, InvalidInput, IdempotencyConflict],
);
const DataExportConnection = connectionType(DataExport, 'exports');

@Resolver(() => DataExport)
export class DataExportResolver {
  @Query(() => DataExport, {
    nullable: true,
    description: 'An export of somebody’s data by id; null when there is none that you may see.',
  })
  @RequiresScopes('patient:self')
  dataExport(
    @Arg('id', () => ID, { description: 'The id of the export.' }) id: string,
    @Ctx() { dataExports }: PatientContext,
  ): Promise<DataExport | null> {
    return dataExports.byId(checkedId(id));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The document: JSON in UTF-8, by part of this API and kind of record. Null until it is READY, and after it has expired. What you wrote in the community is in it only when you asked for your own.',
  })
  @RequiresScopes('patient:self')
  content(@Root() source: LoadedDataExport, @Ctx() { dataExports }: PatientContext): Promise<string | null> {
    return dataExports.content(source);
  }

  @Mutation(() => RequestDataExportResult, {
    nullable: true,
    description:
      'Puts together everything that is known about a patient, for them to take away. It takes some seconds; a notice tells when it is ready. While one that you asked for is under way, you get that one.',
  })
  @RequiresScopes('patient:self')
  requestDataExport(
    @Arg('input', () => RequestDataExportInput, { description: 'Whose data.' }) input: RequestDataExportInput,
    @Ctx() context: PatientContext,
  ): Promise<DataExport | Failure | null> {
    input.patientId = checkedId(input.patientId, 'patientId');
    return orFailure(requestDataExport(context, input).then((id) => context.dataExports.byId(id)));
  }
}

@Resolver(() => Patient)
export class PatientExportsResolver {
  @FieldResolver(() => DataExportConnection, {
    nullable: true,
    description: 'Exports of this patient’s data, newest first. A caregiver sees those that they asked for.',
  })
  @RequiresScopes('patient:self')
  async exports(
    @Root() { id }: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { dataExports }: PatientContext,
  ): Promise<ConnectionSource<DataExport>> {
    const page = pageOf(args);
    return connection(await dataExports.ofPatient(id, page), page, () => dataExports.countOfPatient(id));
  }
}
