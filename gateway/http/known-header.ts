const MOST = 100;
const LONGEST = 1_000;

/** Reads a header, and remembers what it says: a few programs send the same few again and again. */
export function knownHeader<T>(read: (header: string) => T): (header: string) => T {
  const known = new Map<string, T>();
  return (header) => {
    const found = known.get(header);
    if (found !== undefined || known.has(header)) return found as T;
    const said = read(header);
    // who sends ever new ones makes all of them be read again, which is what each cost without this
    if (known.size >= MOST) known.clear();
    if (header.length <= LONGEST) known.set(header, said);
    return said;
  };
}
