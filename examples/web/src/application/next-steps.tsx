import { useLanguage } from '../language/language';
import type { ShownApplication } from './application-page';
import { nextSteps, otherActions, type Step } from './next-steps.rules';

/** What to do next, by when, and what else may be done. */
export function NextSteps({ application }: { readonly application: ShownApplication }) {
  const { words } = useLanguage();
  const steps = nextSteps(application);
  const others = otherActions(application, steps);
  return (
    <section aria-labelledby="next" className="next wide">
      <h2 id="next">{words.nextSteps}</h2>
      <ul>
        {steps.map((step) => (
          <li key={`${step.kind} ${step.order}`} className={step.kind === 'DO_NOT_USE' ? 'warning' : undefined}>
            <StepWords step={step} application={application} />
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <p className="others">
          {words.youCanAlso} {others.map((action) => words.actions[action] ?? action).join(' · ')}
        </p>
      )}
    </section>
  );
}

function StepWords({ step, application }: { readonly step: Step; readonly application: ShownApplication }) {
  const { words, format } = useLanguage();
  const { grant, missingDocuments, reviews } = application;
  const about = step.kind === 'CLAIM' && grant ? format.money(grant.left) : (step.order ?? '');
  const asksForPapers = step.kind === 'SUBMIT' || step.kind === 'ANSWER';
  const papers = asksForPapers ? (missingDocuments ?? []) : [];
  const last = reviews.findLast(({ reason }) => reason !== null);
  const reason = step.kind === 'ANSWER' || step.kind === 'APPEAL' ? last?.reason : undefined;
  return (
    <>
      <strong>{words.steps[step.kind](about)}</strong>
      {step.by && <span> {deadline(step.whose, step.by)}</span>}
      {papers.length > 0 && (
        <p>{words.missingPapers(papers.map((paper) => words.documents[paper] ?? paper).join(', '))}</p>
      )}
      {reason && <p>{words.reviewerSays(reason)}</p>}
    </>
  );

  function deadline(whose: Step['whose'], by: Date): string | undefined {
    const isPast = by.getTime() < Date.now();
    const day = format.day(by);
    if (whose === 'YOURS') return isPast ? words.yourDeadlinePassed(day) : words.yourDeadline(day);
    if (whose === 'THEIRS') return isPast ? words.theirDeadlinePassed(day) : words.theirDeadline(day);
    return undefined;
  }
}
