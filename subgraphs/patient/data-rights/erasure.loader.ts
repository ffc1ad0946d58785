import type { Session } from '../../common/database.js';
import { statement } from '../../common/database.js';
import type { Identity } from '../../common/identity.js';
import type { FieldKeys } from '../../common/sealed.js';
import type { Erasure, ErasureStatus, ErasureStep } from './erasure.js';
import { ERASURE_ORDER, explained, type ObstacleFound } from './erasure.rules.js';
import { askedByIndex, sha256Of, signCertificate } from './signing.js';

const COLUMNS = `id, status, requested_at as "requestedAt", finished_at as "finishedAt", obstacles, certificate, signature, steps`;
/** More than a person can have in earnest. */
const MOST = 20;
const ASKED = statement(
  'erasures-asked-for',
  `select ${COLUMNS} from erasures_asked_by($1) where $2::uuid is null or id = $2 order by id desc limit ${MOST}`,
);

interface Row {
  readonly id: string;
  readonly status: ErasureStatus;
  readonly requestedAt: string;
  readonly finishedAt: string | null;
  readonly obstacles: readonly ObstacleFound[] | null;
  readonly certificate: string | null;
  readonly signature: string | null;
  readonly steps: readonly ErasureStep[];
}

/** Reads erasures that the caller asked for: also when nothing else is known of them any more. */
export class ErasureLoader {
  constructor(
    private readonly session: Session,
    private readonly identity: Identity,
    private readonly fieldKeys: FieldKeys,
  ) {}

  async byId(id: string): Promise<Erasure | null> {
    const [found] = await this.read(id);
    return found ?? null;
  }

  /** Newest first, at most 20. */
  own(): Promise<Erasure[]> {
    return this.read(null);
  }

  private async read(id: string | null): Promise<Erasure[]> {
    const index = askedByIndex(this.fieldKeys, this.identity.subject);
    return (await this.session.rows<Row>(ASKED, [index, id])).map((row) => this.loaded(row));
  }

  private loaded({ obstacles, certificate, signature, steps, ...row }: Row): Erasure {
    const place = ({ subgraph }: ErasureStep) => ERASURE_ORDER.indexOf(subgraph);
    return {
      ...row,
      steps: [...steps].sort((one, other) => place(one) - place(other)),
      progress: { done: steps.filter(({ status }) => status === 'DONE').length, total: ERASURE_ORDER.length },
      blockedBy: (obstacles ?? []).map(explained),
      certificate:
        certificate === null || signature === null
          ? null
          : {
              content: certificate,
              sha256: sha256Of(certificate),
              signature,
              genuine: signature === signCertificate(this.fieldKeys, row.id, certificate),
            },
    };
  }
}
