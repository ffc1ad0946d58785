/** What GraphiQL leaves out for those who use it without eyes or mouse. */

/** As much as is needed here of CodeMirror, in which GraphiQL's panes are written. */
interface Pane {
  setOption(name: 'screenReaderLabel', value: string): void;
  addKeyMap(keys: Readonly<Record<string, false>>): void;
  getScrollerElement(): HTMLElement;
}

/** Names the pane, lets the keyboard out of it by Tab, and lets it scroll what the pane holds. */
export function makePaneAccessible(pane: Pane, name: string): void {
  pane.setOption('screenReaderLabel', name);
  pane.addKeyMap({ Tab: false, 'Shift-Tab': false });
  const scroller = pane.getScrollerElement();
  scroller.tabIndex = 0;
  scroller.setAttribute('role', 'group');
  scroller.setAttribute('aria-label', `${name}, to scroll`);
}

/**
 * GraphiQL's tabs have buttons in them, which no tab may have: here they are a list of buttons, of which one is current.
 * And whoever hears the history hears which operation each button brings back.
 *
 * @returns ends it
 */
export function makeFrameAccessible(frame: Element): () => void {
  let inView: Element | undefined;
  const mendTab = (tab: Element) => {
    const current = tab.classList.contains('graphiql-tab-active');
    tab.removeAttribute('role');
    tab.removeAttribute('aria-selected');
    const [open, close] = tab.querySelectorAll('button');
    open?.setAttribute('aria-current', String(current));
    close?.setAttribute('aria-label', `Close ${open?.textContent}`);
    if (!current || tab === inView) return;
    inView = tab;
    tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const tabs = frame.querySelector('.graphiql-tabs');
  const plugin = frame.querySelector('.graphiql-plugin');
  const mend = () => {
    tabs?.removeAttribute('role');
    for (const tab of tabs?.querySelectorAll('.graphiql-tab') ?? []) mendTab(tab);
    for (const item of plugin?.querySelectorAll('.graphiql-history-item-label') ?? [])
      item.removeAttribute('aria-label');
  };
  mend();
  const observer = new MutationObserver(mend);
  // of attributes only those that GraphiQL sets: what is mended is not looked at again
  const changes = { childList: true, subtree: true, attributeFilter: ['aria-selected', 'class', 'title'] };
  if (tabs) observer.observe(tabs, changes);
  if (plugin) observer.observe(plugin, changes);
  return () => observer.disconnect();
}
