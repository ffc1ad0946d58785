import { useApolloClient } from '@apollo/client/react';
import { useEffect } from 'react';
import { Applications } from './application/applications';
import { type Language, useLanguage } from './language/language';
import { leave, signIn, useSession } from './session';

const LANGUAGES: readonly (readonly [language: Language, name: string])[] = [
  ['en', 'English'],
  ['zh', '中文'],
];

/** The whole page: who is here decides what it shows. */
export function App() {
  const session = useSession();
  const { words } = useLanguage();
  const client = useApolloClient();
  const isSignedIn = session.state === 'SIGNED_IN';
  // what one person has read must not be there for the next one
  useEffect(() => {
    if (!isSignedIn) void client.clearStore();
  }, [client, isSignedIn]);
  return (
    <>
      <Header />
      <main>
        {session.state === 'ARRIVING' && <p role="status">{words.loading}</p>}
        {session.state === 'SIGNED_OUT' && <Welcome why={session.why} />}
        {isSignedIn && <Applications />}
      </main>
      <footer>{words.demo}</footer>
    </>
  );
}

function Header() {
  const session = useSession();
  const { words, language, speak } = useLanguage();
  return (
    <header>
      <p className="brand">
        <img src="/icon.svg" alt="" width="32" height="32" />
        <span>
          <strong>{words.title}</strong> <small>{words.subtitle}</small>
        </span>
      </p>
      <fieldset className="languages">
        <legend className="unseen">{words.languages}</legend>
        {LANGUAGES.map(([each, name]) => (
          <button key={each} type="button" lang={each} aria-pressed={each === language} onClick={() => speak(each)}>
            {name}
          </button>
        ))}
      </fieldset>
      {session.state === 'SIGNED_IN' && (
        <p className="who">
          <span>{session.name}</span>
          <button type="button" onClick={() => void leave()}>
            {words.signOut}
          </button>
        </p>
      )}
    </header>
  );
}

function Welcome({ why }: { readonly why?: 'ENDED' | 'FAILED' }) {
  const { words } = useLanguage();
  return (
    <section className="welcome">
      <h1>{words.welcome}</h1>
      <p>{words.welcomeMore}</p>
      {why && <p role="alert">{why === 'ENDED' ? words.sessionEnded : words.signInFailed}</p>}
      <button type="button" className="main" onClick={() => void signIn()}>
        {words.signIn}
      </button>
    </section>
  );
}
