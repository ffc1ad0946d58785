/** What the script of the sandbox's page gets. */
export interface SandboxData {
  /** Origin of Apollo's page. */
  readonly cdn: string;
  /** Who asks at `/partner/graphql`. */
  readonly partners: readonly string[];
  /** What it opens with. */
  readonly opening?: { readonly document: string; readonly variables: Readonly<Record<string, unknown>> };
}
