import { useEffect } from 'react';

/**
 * Stands in for the package react-style-singleton, by which GraphiQL's dialogs keep the page behind them still: that one
 * writes style elements, which the policy of our pages refuses. Same export, by a constructed style sheet.
 */
export function styleSingleton() {
  const sheet = new CSSStyleSheet();
  let users = 0;
  return function Style({ styles }: { readonly styles: string }): null {
    useEffect(() => {
      if (users++ === 0) {
        sheet.replaceSync(styles);
        document.adoptedStyleSheets.push(sheet);
      }
      return () => {
        if (--users === 0) document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
      };
    }, [styles]);
    return null;
  };
}
