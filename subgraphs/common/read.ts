import type { Connection, PoolClient, Submittable } from 'pg';
import utils from 'pg/lib/utils.js';
import type { Statement } from './database.js';

/** A statement with its values, as they are sent. */
export interface Bound extends Statement {
  readonly values: readonly (string | Buffer | null)[];
}

export const bound = ({ name, text }: Statement, values: readonly unknown[]): Bound => ({
  name,
  text,
  values: values.map(utils.prepareValue),
});

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** What `pg` has and does not show in its types: messages one by one, and which statements a connection has prepared. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(statement: Statement): void;
  bind(bound: { statement: string; values: Bound['values'] }): void;
  describe(portal: { type: 'P' }): void;
  execute(): void;
  sync(): void;
}

/**
 * What is known of the columns of the statements that a connection has prepared. They never change: PostgreSQL rather refuses to run
 * such a statement. So they are asked for at its first run alone, which saves more than most reads cost otherwise.
 */
const known = new WeakMap<object, Map<string, readonly Column[]>>();

function columnsOn(connection: object): Map<string, readonly Column[]> {
  let columns = known.get(connection);
  if (!columns) {
    columns = new Map();
    known.set(connection, columns);
  }
  return columns;
}

/** Without a name it is prepared at each run. */
function send(wire: Wire, { name, text, values }: Bound): void {
  if (name === '' || !(wire.parsedStatements[name] || wire.submittedNamedStatements[name])) {
    wire.parse({ name, text });
    if (name !== '') wire.submittedNamedStatements[name] = text;
  }
  wire.bind({ statement: name, values });
}

/** A read on its way, which `pg` sends and hands the answer's messages. */
export class Read implements Submittable {
  /** How many statements it is. */
  readonly statements: number;
  /** The one that is answered next: by its name and text `pg` notes what the connection has prepared. */
  private answered: Bound;
  private columns?: readonly Column[];
  private readonly rows: object[] = [];
  private failure?: unknown;

  /**
   * @param first runs before it in the same transaction, and gives nothing: the identity. If it fails, PostgreSQL does not begin with the read
   * @param callback is called when all is answered, or has failed
   */
  constructor(
    private readonly client: PoolClient,
    private wanted: Bound,
    private readonly first: Bound | undefined,
    public callback: (error: unknown, rows?: object[]) => void,
  ) {
    this.statements = first ? 2 : 1;
    this.answered = first ?? wanted;
  }

  /** The read's own, whatever is answered now. */
  get statement(): Statement {
    return this.wanted;
  }

  get name(): string {
    return this.answered.name;
  }

  get text(): string {
    return this.answered.text;
  }

  /** Adds to the text what differs at every run: so it cannot be prepared. To be said before it is sent. */
  comment(comment: string): void {
    const { text, values } = this.wanted;
    this.wanted = { name: '', text: `${text} ${comment}`, values };
    this.answered = this.first ?? this.wanted;
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    wire.stream.cork();
    if (this.first) {
      send(wire, this.first);
      wire.execute();
    }
    send(wire, this.wanted);
    this.columns = columnsOn(connection).get(this.wanted.name);
    if (!this.columns) wire.describe({ type: 'P' });
    wire.execute();
    wire.sync();
    wire.stream.uncork();
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: this.client.getTypeParser(dataTypeID, 'text') as Column['parse'],
    }));
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    // the row without columns that the identity gives
    if (this.answered !== this.wanted) return;
    try {
      const row: Record<string, unknown> = {};
      const columns = this.columns as readonly Column[];
      for (let index = 0; index < columns.length; index++) {
        const { name, parse } = columns[index] as Column;
        const text = fields[index] as string | null;
        row[name] = text === null ? null : parse(text);
      }
      this.rows.push(row);
    } catch (error) {
      // thrown here it would end the process
      this.failure = error;
    }
  }

  handleCommandComplete(_: unknown, connection: Connection): void {
    const { answered, wanted, columns } = this;
    if (answered === wanted && columns && wanted.name !== '') columnsOn(connection).set(wanted.name, columns);
    this.answered = wanted;
  }

  handleReadyForQuery(): void {
    this.callback(this.failure, this.rows);
  }

  handleError(error: unknown, connection: Connection): void {
    // PostgreSQL has not looked at it, so it is not prepared
    if (this.answered !== this.wanted)
      delete (connection as unknown as Wire).submittedNamedStatements[this.wanted.name];
    this.callback(error);
  }
}

/** Reads on a connection. @param first see `Read` */
export async function read<Row extends object>(client: PoolClient, wanted: Bound, first?: Bound): Promise<Row[]> {
  try {
    return await new Promise<Row[]>((resolve, reject) => {
      client.query(new Read(client, wanted, first, (error, rows) => (error ? reject(error) : resolve(rows as Row[]))));
    });
  } catch (error) {
    // whose it is says more than which message it came in
    Error.captureStackTrace(error as object);
    throw error;
  }
}
