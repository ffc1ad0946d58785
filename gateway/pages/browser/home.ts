import type { HomeData } from '../home-data.js';
import { demoToken, GONE, pageData, tokenEnds } from './data.js';
import { element } from './element.js';
import { type MainAnswer, shownAnswer } from './main-answer.js';
import './home.css';

/** How often it is asked whether everything answers, while somebody looks. */
const HEALTH_EVERY_MS = 5_000;

const one = <Kind extends HTMLElement>(selector: string): Kind | null => document.querySelector<Kind>(selector);

/** Changes a text only when it is another, so that screen readers say it once. */
function say(place: HTMLElement | null, text: string, state = ''): void {
  if (!place || (place.textContent === text && place.dataset.state === state)) return;
  place.textContent = text;
  place.dataset.state = state;
}

interface Health {
  readonly status: string;
  readonly parts: Readonly<Record<string, boolean>>;
}

async function askHealth(): Promise<Health | undefined> {
  try {
    // it answers with 503 and the same words when a part is down
    return (await (await fetch('/health/ready', { signal: AbortSignal.timeout(10_000) })).json()) as Health;
  } catch {
    return undefined;
  }
}

function tellHealth(health: Health | undefined): void {
  for (const place of document.querySelectorAll<HTMLElement>('[data-part]')) {
    const answers = health?.parts[place.dataset.part ?? ''];
    say(place, answers ? 'Answers' : health ? 'Does not answer' : 'Unknown', answers ? 'good' : 'bad');
  }
  say(one('#health'), summary(health), health?.status === 'ready' ? 'good' : 'bad');
}

function summary(health: Health | undefined): string {
  if (!health) return GONE;
  const down = Object.entries(health.parts).flatMap(([name, answers]) => (answers ? [] : [name]));
  if (down.length > 0) return `Not answering: ${down.join(', ')}. The rest goes on.`;
  return health.status === 'ready' ? 'Every part answers.' : `The server is ${health.status}.`;
}

/** Asks now and then, and not while nobody looks. */
function watchHealth(): void {
  let timer: number | undefined;
  const look = async () => {
    window.clearTimeout(timer);
    if (document.visibilityState !== 'visible') return;
    tellHealth(await askHealth());
    window.clearTimeout(timer);
    timer = window.setTimeout(look, HEALTH_EVERY_MS);
  };
  document.addEventListener('visibilitychange', look);
  void look();
}

function offerTokens(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-token-of]')) {
    button.addEventListener('click', () => void copyToken(button));
  }
}

async function copyToken(button: HTMLButtonElement): Promise<void> {
  const name = button.dataset.tokenOf ?? '';
  try {
    const token = await demoToken(name);
    const until = tokenEnds(token).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    const isCopied = await copied(token);
    mark(button, isCopied ? 'Copied' : 'Shown below');
    if (isCopied) return tell(`A token of ${name} is copied. It is good until ${until}.`);
    const field = element('textarea', { readonly: '', rows: '3', 'aria-label': `Token of ${name}` }, token);
    tell(`This browser does not let the page copy. Here is the token of ${name}, good until ${until}.`, field);
    field.select();
  } catch (error) {
    tell((error as Error).message);
  }
}

/** How long a word stays that somebody may have missed: what was done stands on the button, too. */
const TOLD_MS = 8_000;
let telling: number | undefined;

/** @param toTake stays until there is something else to tell */
function tell(words: string, toTake?: HTMLElement): void {
  const told = one('.told');
  window.clearTimeout(telling);
  told?.replaceChildren(words, ...(toTake ? [toTake] : []));
  if (!toTake) telling = window.setTimeout(() => told?.replaceChildren(), TOLD_MS);
}

/** Browsers refuse on pages that did not come over HTTPS or from this machine. */
const copied = (text: string): Promise<boolean> =>
  Promise.resolve(navigator.clipboard?.writeText(text).then(() => true)).then(
    (done) => done ?? false,
    () => false,
  );

/** Only one button says what was done last. Whose token it is stands behind, for those who hear the page. */
function mark(button: HTMLButtonElement, words: string): void {
  for (const each of document.querySelectorAll('[data-token-of]')) {
    each.firstChild?.replaceWith(each === button ? words : 'Copy token');
  }
}

async function ask({ query, variables, as }: NonNullable<HomeData['main']>): Promise<MainAnswer> {
  const authorization = `Bearer ${await demoToken(as)}`;
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query, variables }),
  }).catch(() => {
    throw new Error(GONE);
  });
  return (await response.json()) as MainAnswer;
}

function offerMainQuery(main: NonNullable<HomeData['main']>): void {
  const run = one<HTMLButtonElement>('#run');
  const before = run?.closest('.before');
  run?.addEventListener('click', async () => {
    run.disabled = true;
    const began = performance.now();
    document.querySelector('.answer')?.remove();
    try {
      const answer = await ask(main);
      const points = answer.extensions?.cost?.requested;
      before?.before(shownAnswer(answer));
      before?.classList.add('done');
      say(
        one('#took'),
        `${Math.round(performance.now() - began)} ms${points === undefined ? '' : `, ${points} points`}`,
      );
      run.textContent = 'Run it again';
    } catch (error) {
      say(one('#took'), (error as Error).message, 'bad');
    }
    run.disabled = false;
  });
}

const endpoint = one('#endpoint');
if (endpoint) endpoint.textContent = new URL('/graphql', location.href).href;
const { main } = pageData<HomeData>();
if (main) offerMainQuery(main);
offerTokens();
watchHealth();
