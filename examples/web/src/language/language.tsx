import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { en } from './en';
import { type Format, formatFor } from './format';
import type { Words } from './words';
import { zh } from './zh';

export type Language = 'en' | 'zh';

interface Spoken {
  readonly language: Language;
  readonly words: Words;
  readonly format: Format;
  readonly speak: (language: Language) => void;
  /** Of something that has a name in both: the one to show. */
  readonly nameOf: (named: { readonly nameEn: string; readonly nameZh: string }) => string;
}

const WORDS: Readonly<Record<Language, Words>> = { en, zh };
const TAGS: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' };
const KEPT_AS = 'language';

const SpokenContext = createContext<Spoken | undefined>(undefined);

/** What the user chose before, or else what their browser prefers. */
function preferred(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}

/** Gives everything in it one language, which the user can change. */
export function Speaking({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(preferred);
  useEffect(() => {
    document.documentElement.lang = TAGS[language];
    document.title = WORDS[language].title;
  }, [language]);
  const spoken = useMemo(
    (): Spoken => ({
      language,
      words: WORDS[language],
      format: formatFor(TAGS[language]),
      speak: (next) => {
        localStorage.setItem(KEPT_AS, next);
        setLanguage(next);
      },
      nameOf: ({ nameEn, nameZh }) => (language === 'zh' ? nameZh : nameEn),
    }),
    [language],
  );
  return <SpokenContext value={spoken}>{children}</SpokenContext>;
}

/** @throws outside of `Speaking` */
export function useLanguage(): Spoken {
  const spoken = use(SpokenContext);
  if (!spoken) throw new Error('Nothing says which language to speak: put it into <Speaking>');
  return spoken;
}
