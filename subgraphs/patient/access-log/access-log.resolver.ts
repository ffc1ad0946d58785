import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { RequiresScopes } from '../../common/access.js';
import { type ConnectionSource, connection, connectionType, PageArgs, pageOf } from '../../common/connection.js';
import type { PatientContext } from '../context.js';
import { Physician } from '../physician/physician.js';
import { Patient } from '../profile/patient.js';
import { AccessLogEntry } from './access-log.js';
import type { AccessLogRow } from './access-log.loader.js';

const AccessLogEntryConnection = connectionType(AccessLogEntry, 'the access log');

@Resolver(() => Patient)
export class PatientAccessLogResolver {
  @FieldResolver(() => AccessLogEntryConnection, {
    nullable: true,
    description:
      'Who else read the records of the patient, in all of this API, newest first. For the patient and their caregivers.',
  })
  @RequiresScopes('patient:self')
  async accessLog(
    @Root() { id }: Patient,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { accessLog }: PatientContext,
  ): Promise<ConnectionSource<AccessLogEntry>> {
    const page = pageOf(args);
    return connection(await accessLog.ofPatient(id, page), page, () => accessLog.countOfPatient(id));
  }
}

@Resolver(() => AccessLogEntry)
export class AccessLogEntryResolver {
  @FieldResolver(() => Physician, {
    nullable: true,
    description: 'The physician who read it; null for everybody else, and while no longer in the directory.',
  })
  physician(@Root() { physicianId }: AccessLogRow, @Ctx() { physicians }: PatientContext): Promise<Physician | null> {
    return physicianId === null ? Promise.resolve(null) : physicians.byId(physicianId);
  }
}
