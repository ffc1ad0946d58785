/** What the script of the first page gets. */
export interface HomeData {
  /** The query that it can run, where there is somebody to run it as. */
  readonly main?: {
    readonly query: string;
    readonly variables: Readonly<Record<string, unknown>>;
    readonly as: string;
  };
}
