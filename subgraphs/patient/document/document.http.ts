import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { GraphQLError } from 'graphql';
import { isSignedIn } from '../../common/identity.js';
import { describeError, log } from '../../common/log.js';
import { CannotOpen } from '../../common/sealed.js';
import type { HttpExchange } from '../../common/subgraph.js';
import type { PatientContext } from '../context.js';
import { FileRefused } from './document.errors.js';
import { type DocumentLink, type LinkPurpose, readLink } from './document-link.js';
import { DamagedContent } from './encrypted-chunks.js';
import { expired, FileService, noSuchFile } from './file.service.js';

type Exchange = HttpExchange<PatientContext>;

/** Of what stands on a page of another origin nothing may be shown or run, and nothing is kept on the way. */
const GUARDED = {
  'cache-control': 'private, no-store',
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** `PUT /documents/<link>` takes a file in, `GET /documents/<link>` gives it out. Failures are JSON as those of the API are. */
export async function answerDocument(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  try {
    if (request.method === 'PUT') await receive(exchange);
    else await send(exchange);
  } catch (error) {
    // whoever asked is gone
    if (response.destroyed) return;
    // too late to say anything: the answer breaks off, and its length tells so
    if (response.headersSent) {
      logDamage(error);
      response.destroy();
      return;
    }
    refuse(exchange, error);
  }
}

async function receive(exchange: Exchange): Promise<void> {
  const { request, response, as } = exchange;
  const { identity, documentId } = await linkOf(exchange, 'upload');
  const length = request.headers['content-length'];
  // whatever goes wrong, the request must stay whole for the answer to be read
  const source = request.iterator({ destroyOnReturn: false });
  await as(identity, (context) =>
    new FileService(context).receive(documentId, length === undefined ? undefined : Number(length), source),
  );
  json(response, 201, { document: { id: documentId, status: 'STORED' } });
}

async function send(exchange: Exchange): Promise<void> {
  const { response, as } = exchange;
  const { identity, documentId } = await linkOf(exchange, 'download');
  const { headers, content } = await as(identity, (context) => new FileService(context).read(documentId));
  response.writeHead(200, { ...headers, ...GUARDED });
  await pipeline(content, response);
}

/** @throws {FileRefused} for a link that is none, has expired, or is not that of who signed in */
async function linkOf({ request, caller, as }: Exchange, purpose: LinkPurpose): Promise<DocumentLink> {
  const link = await as(caller.identity, async ({ fieldKeys }) => readLink(fieldKeys, purpose, request.url ?? ''));
  if (!link) throw noSuchFile();
  if (isSignedIn(caller.identity) && caller.identity.subject !== link.identity.subject) throw noSuchFile();
  if (link.expiresAt <= new Date()) throw expired();
  return link;
}

const isDamage = (error: unknown): boolean => error instanceof DamagedContent || error instanceof CannotOpen;

function logDamage(error: unknown): void {
  if (isDamage(error)) log.error(describeError(error), 'a stored document is damaged');
}

function refuse({ request, response, caller }: Exchange, error: unknown): void {
  const traceId = caller.trace.split('-')[1] ?? '';
  const answer = (status: number, message: string, extensions: object) => {
    // what is still on its way is read and dropped, so that the answer arrives
    request.resume();
    json(response, status, { errors: [{ message, extensions: { ...extensions, traceId } }] });
  };
  if (error instanceof FileRefused) {
    const { status, message, because } = error;
    answer(status, message, { code: 'BAD_USER_INPUT', ...(because && { refusedBecause: because }) });
  } else if (isDamage(error)) {
    logDamage(error);
    const message =
      'The stored file is damaged, and nothing of it is given out. It has not been changed. Tell the operator, with the trace id.';
    answer(500, message, { code: 'DATA_UNREADABLE' });
  } else if (error instanceof GraphQLError && error.extensions.code === 'SUBGRAPH_UNAVAILABLE') {
    answer(503, error.message, { code: 'SUBGRAPH_UNAVAILABLE' });
  } else {
    log.error(describeError(error), 'a file could not be sent or taken');
    answer(500, 'Something went wrong on our side. Try again; if it goes on, tell us the trace id.', {
      code: 'INTERNAL',
    });
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...GUARDED,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
