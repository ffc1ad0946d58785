/** Something with a place in time: ids are UUIDv7, so newer ones are higher. */
interface Placed {
  readonly id: string;
}

/**
 * The newest of several lists that are newest first each, in one list.
 *
 * @param most how many at most
 */
export function newest<Entry extends Placed>(lists: readonly (readonly Entry[])[], most: number): Entry[] {
  const next = lists.map(() => 0);
  const merged: Entry[] = [];
  while (merged.length < most) {
    let newestOf = -1;
    let found: Entry | undefined;
    for (const [index, list] of lists.entries()) {
      const head = list[next[index] as number];
      if (head && (!found || head.id > found.id)) [newestOf, found] = [index, head];
    }
    if (!found) break;
    next[newestOf] = (next[newestOf] as number) + 1;
    merged.push(found);
  }
  return merged;
}
