/**
 * The bank that pays, seen from the fund: files go in, answers come out. It may be told the same several times, and
 * pays what has the same end-to-end id once.
 */
export interface Bank {
  /**
   * Hands a file over. When it returns, the bank has it.
   *
   * @param file a pain.001 message (pain001.ts)
   * @throws when it may not have arrived: then it is handed over again
   */
  submit(file: string): Promise<void>;

  /**
   * What the bank says by now became of a file.
   *
   * @param messageId the file's own
   * @returns a pain.002 message (pain002.ts); null while there is none
   */
  answerTo(messageId: string): Promise<string | null>;
}
