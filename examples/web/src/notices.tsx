import { type Trouble, troubleOf } from './api';
import { useLanguage } from './language/language';
import { signIn } from './session';

/** In place of everything, when nothing could be told. */
export function Failure({ trouble, retry }: { readonly trouble: Trouble; readonly retry: () => void }) {
  const { words } = useLanguage();
  return (
    <section className="failure" role="alert">
      <p>{words.trouble[trouble]}</p>
      {trouble === 'NOT_FOR_YOU' ? (
        <button type="button" onClick={() => void signIn()}>
          {words.signIn}
        </button>
      ) : (
        <button type="button" onClick={retry}>
          {words.retry}
        </button>
      )}
    </section>
  );
}

/** In place of one part of the page. @param field the one of the answer that is null */
export function Missing({ error, field }: { readonly error: unknown; readonly field: string }) {
  const { words } = useLanguage();
  return <p className="missing">{words.missing[troubleOf(error, field) ?? 'OTHER']}</p>;
}
