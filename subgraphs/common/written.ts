const SPACES = /\s/gu;
/** Full-width digits, letters and signs, as Chinese keyboards make them. */
const FULL_WIDTH = /[\uff01-\uff5e]/gu;
/** Control characters, line breaks, what turns the direction of writing, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u;

/** A number as somebody writes it, in groups or full-width, without the spaces and in ASCII. */
export const compact = (text: string): string =>
  text.replace(SPACES, '').replace(FULL_WIDTH, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xff01 + 0x21));

/** A name or an address as it is kept: trimmed and in one form; null when it is not 1 to `most` printable characters on one line. */
export function oneLine(text: string, most: number): string | null {
  const line = text.normalize('NFC').trim();
  const length = [...line].length;
  return length < 1 || length > most || UNPRINTABLE.test(line) ? null : line;
}
