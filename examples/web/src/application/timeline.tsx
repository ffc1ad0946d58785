import { useLanguage } from '../language/language';
import type { ShownApplication } from './application-page';

/** What happened to an application, oldest first. */
export function Timeline({ events }: { readonly events: ShownApplication['timeline'] }) {
  const { words, format } = useLanguage();
  return (
    <ol className="timeline">
      {events.map(({ id, status, at, note }, index) => (
        <li key={id} aria-current={index === events.length - 1 ? 'step' : undefined}>
          <strong>{words.status[status] ?? status}</strong> <time dateTime={at}>{format.day(at)}</time>
          {note && <p>{note}</p>}
        </li>
      ))}
    </ol>
  );
}
