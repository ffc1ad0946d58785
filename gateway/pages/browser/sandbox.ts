import { ApolloSandbox } from '@apollo/sandbox';
import type { SandboxData } from '../sandbox-data.js';
import { demoToken, pageData } from './data.js';
import './sandbox.css';

/** Whoever waits for so long for somebody else's page wants to know that it does not come. */
const PATIENCE_MS = 8_000;

const { cdn, partners, opening } = pageData<SandboxData>();
const place = (id: string) => document.querySelector<HTMLElement>(`#${id}`) as HTMLElement;
const own = (path: string) => new URL(path, location.href).href;
const people = document.querySelector<HTMLSelectElement>('#as');
const endpoint = () => (partners.includes(people?.value ?? '') ? '/partner/graphql' : '/graphql');

/**
 * Apollo's page asks ours to send its requests. They go to this API and nowhere else, without cookies; the token of whom
 * you ask as is put in here, so that it never leaves this server's pages.
 */
async function sendForSandbox(
  _url: string,
  request: Omit<RequestInit, 'headers'> & { headers: Record<string, string> },
) {
  const as = people?.value;
  const isTold = Object.keys(request.headers).some((name) => name.toLowerCase() === 'authorization');
  const headers =
    as && !isTold ? { ...request.headers, authorization: `Bearer ${await demoToken(as)}` } : request.headers;
  return fetch(own(endpoint()), { ...request, headers, credentials: 'omit' });
}

const tell = (words: string) => {
  place('state').textContent = words;
};

/** @throws when nothing comes from there */
const reach = () => fetch(cdn, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });

let shown: ApolloSandbox | undefined;

/** Shows the sandbox, and waits until it speaks. @throws when it does not */
async function open(): Promise<void> {
  await reach();
  const spoken = new Promise<void>((resolve, reject) => {
    const late = window.setTimeout(() => reject(new Error('silent')), PATIENCE_MS);
    window.addEventListener('message', function hear({ origin }) {
      if (origin !== cdn) return;
      window.clearTimeout(late);
      window.removeEventListener('message', hear);
      resolve();
    });
  });
  shown = new ApolloSandbox({
    target: place('sandbox'),
    initialEndpoint: own(endpoint()),
    endpointIsEditable: false,
    runTelemetry: false,
    allowDynamicStyles: false,
    handleRequest: sendForSandbox,
    initialState: initialState(),
  });
  shown.embeddedSandboxIFrameElement.title = 'Apollo Sandbox';
  await spoken;
}

/** The operation that it opens with is of the people's schema. */
const initialState = () =>
  ({
    ...(endpoint() === '/graphql' && opening),
    includeCookies: false,
    pollForSchemaUpdates: false,
  }) as ConstructorParameters<typeof ApolloSandbox>[0]['initialState'];

function close(): void {
  shown?.dispose();
  shown = undefined;
}

async function show(): Promise<void> {
  close();
  place('unreachable').hidden = true;
  tell('Fetching Apollo Sandbox …');
  try {
    await open();
    tell('');
  } catch {
    close();
    tell('Apollo Sandbox cannot be reached.');
    place('unreachable').hidden = false;
  }
}

let served = endpoint();
people?.addEventListener('change', () => {
  // partners have another schema, which the sandbox reads when it opens
  if (served !== endpoint()) void show();
  served = endpoint();
});
place('again').addEventListener('click', show);
void show();
