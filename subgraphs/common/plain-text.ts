/**
 * What somebody typed, without what nobody sees and nobody typed: control characters but newline and tab, marks that turn the
 * direction of the text around (they can make it read as something else), and halves of characters. Trimmed.
 */
export const plainText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu, '')
    .trim();

/** The same on one line. */
export const plainLine = (text: string): string => plainText(text).replace(/\s+/g, ' ');

/** How many characters, as PostgreSQL counts them. */
export const lengthOf = (text: string): number => [...text].length;
