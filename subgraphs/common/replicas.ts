import { BrokenCircuitError } from 'cockatiel';
import { type Dispatcher, Pool } from 'undici';
import { BrokenAnswer, type GraphQLAnswer, readAnswer } from './answer.js';
import { Breaker, type BreakerState } from './breaker.js';

/** No answer of ours is nearly as long. */
const LONGEST_ANSWER_BYTES = 32 * 1024 * 1024;
const PATIENCE_WITH_HEALTH_MS = 2_000;

/** The connection could not be made, so nothing was sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** It broke; what was sent may have arrived. */
const BROKEN_OFF = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code);

/** Whether a request failed before anything of it was sent. */
export const wasNotSent = (error: unknown): boolean => NOT_SENT.has(codeOf(error));

/** There is no time left to ask. */
export class OutOfTime extends Error {}

/** One operation. */
export interface Question {
  /** As it is sent. */
  readonly body: string;
  /** Signs the body anew for each time it is sent: a signature is good for once. */
  readonly sign: () => string;
  readonly trace: string;
  readonly isChange: boolean;
  /** When the answer must be there, by `performance.now()`. */
  readonly until: number;
  /** How many entities are asked for by their references; left out where none are. */
  readonly references?: number;
}

/** What is asked in one place. */
export interface Replica {
  readonly origin: string;
  readonly path: string;
  readonly breaker: Breaker;
  readonly pool: Pool;
}

export interface ReplicasOptions {
  readonly subgraph: string;
  /** Where each answers. */
  readonly urls: readonly string[];
  /** Connections to each. */
  readonly connections: number;
  /** How long a connection may take to be made. */
  readonly connectTimeoutMs: number;
}

/**
 * All processes of one subgraph. They are asked in turn, on connections that are kept; one that does not answer is left out,
 * and asked again by one caller a second.
 */
export class Replicas {
  private readonly replicas: readonly Replica[];
  private turn = 0;

  constructor({ subgraph, urls, connections, connectTimeoutMs }: ReplicasOptions) {
    this.replicas = urls.map((url, replica) => {
      const { origin, pathname, search } = new URL(url);
      const breaker = new Breaker(subgraph, urls.length > 1 ? replica : undefined);
      const pool = new Pool(origin, {
        connections,
        pipelining: 1,
        maxResponseSize: LONGEST_ANSWER_BYTES,
        connectTimeout: connectTimeoutMs,
        // how long an answer may take is said at each question
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      return { origin, path: pathname + search, breaker, pool };
    });
  }

  /** Of the one that is best off. */
  get state(): BreakerState {
    const states = this.replicas.map(({ breaker }) => breaker.state);
    if (states.includes('CLOSED')) return 'CLOSED';
    return states.includes('HALF_OPEN') ? 'HALF_OPEN' : 'OPEN';
  }

  /**
   * Asks one of them. When the connection fails a read is asked once more, of another one if there is one; a change only when
   * nothing of it was sent, for it may have been done.
   *
   * @throws when there is no good answer in time: what it is, only a log may say
   */
  async ask(question: Question): Promise<GraphQLAnswer> {
    const { isChange } = question;
    const first = this.choose(isChange);
    try {
      return await send(first, question);
    } catch (error) {
      if (!wasNotSent(error) && (isChange || !BROKEN_OFF.has(codeOf(error)))) throw error;
      return await send(this.choose(isChange, first), question);
    }
  }

  /**
   * Whose turn it is.
   *
   * @param isChange then none is tried that may not answer, as long as there is another
   * @param except only if there is no other
   * @throws {BrokenCircuitError} when none is to be asked
   */
  choose(isChange: boolean, except?: Replica): Replica {
    // to ask once more takes nobody's turn
    const turn = (except ? this.turn : this.turn++) % this.replicas.length;
    const inTurn = [...this.replicas.slice(turn), ...this.replicas.slice(0, turn)];
    const passable = inTurn.filter(({ breaker }) => breaker.isPassable);
    const others = passable.filter((replica) => replica !== except);
    const candidates = others.length > 0 ? others : passable;
    const sound = isChange ? candidates.find(({ breaker }) => breaker.state === 'CLOSED') : undefined;
    const chosen = sound ?? candidates[0];
    if (!chosen) throw new BrokenCircuitError();
    return chosen;
  }

  /** Whether one of them says that it can answer. */
  async ready(): Promise<boolean> {
    return (await Promise.all(this.replicas.map(isReady))).some(Boolean);
  }

  /** Gives up the connections, when the last answer has come. */
  async close(): Promise<void> {
    await Promise.all(this.replicas.map(({ pool }) => pool.close()));
  }
}

async function send({ pool, path, breaker }: Replica, question: Question): Promise<GraphQLAnswer> {
  const { body, sign, trace, until, references } = question;
  const left = Math.ceil(until - performance.now());
  if (left <= 0) throw new OutOfTime();
  return breaker.run(async () => {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Signed ${sign()}`,
    };
    if (trace !== '') headers.traceparent = trace;
    const { status, digest, text } = await received(left, (taker) =>
      pool.dispatch({ method: 'POST', path, headers, body }, taker),
    );
    const answer = readAnswer(status, text, digest);
    if (references !== undefined && answer.data && !isListOf(references, answer.data._entities))
      throw new BrokenAnswer('another number of entities');
    return answer;
  });
}

interface Received {
  readonly status: number;
  /** Its `Content-Digest`, if it has one. */
  readonly digest?: string;
  readonly text: string;
}

/**
 * What comes back of a request. A stream and a signal for each would cost more than all else that is done with it here.
 *
 * @throws {OutOfTime} when not all of it has come after so many milliseconds, and whatever else goes wrong
 */
function received(ms: number, dispatch: (taker: Dispatcher.DispatchHandler) => void): Promise<Received> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let digest: string | undefined;
    let begun: Dispatcher.DispatchController | undefined;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      begun?.abort(new OutOfTime());
      reject(new OutOfTime());
    }, ms);
    dispatch({
      onRequestStart: (controller) => {
        begun = controller;
        if (isLate) controller.abort(new OutOfTime());
      },
      onResponseStart: (_, code, headers) => {
        status = code;
        const given = headers['content-digest'];
        digest = given === undefined ? undefined : String(given);
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        clearTimeout(timer);
        const [first] = chunks;
        resolve({ status, digest, text: (first && chunks.length === 1 ? first : Buffer.concat(chunks)).toString() });
      },
      onResponseError: (_, error) => {
        clearTimeout(timer);
        reject(error);
      },
    });
  });
}

const isListOf = (length: number, value: unknown): boolean => Array.isArray(value) && value.length === length;

async function isReady({ pool }: Replica): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/health/ready',
      signal: AbortSignal.timeout(PATIENCE_WITH_HEALTH_MS),
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
