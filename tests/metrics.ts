/** How many SQL statements the processes at these addresses have sent, by their own count. */
export async function statementsAt(...origins: string[]): Promise<number> {
  const counts = origins.map(async (origin) => {
    const text = await (await fetch(`${origin}/metrics`)).text();
    return [...text.matchAll(/^sql_statements_total\{[^}]*\} (\d+)/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
