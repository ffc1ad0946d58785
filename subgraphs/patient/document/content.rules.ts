import { DocumentMediaType, DocumentRefusal } from './document.js';

/**
 * What a file is, found out while it arrives, piece by piece: where it is cut makes no difference, and nothing of it is kept.
 * Types are told by structure from the first byte to the last, never by name. A PDF is scanned for names, not understood: what
 * stands in its compressed parts is not seen, so it is only ever served as a download.
 */
export interface Inspector {
  /** The next piece. @returns why the file cannot be taken, as soon as that is certain; the same from then on */
  feed(piece: Uint8Array): DocumentRefusal | null;
  /** That was all. @returns why the file cannot be taken, null when it can */
  end(): DocumentRefusal | null;
}

/** The largest image that is taken: what shows it must hold some four bytes for each. */
export const MAX_PIXELS = 50_000_000;

/** Deflate makes at most this many bytes out of one: a PNG that says it is larger lies. */
const MAX_INFLATION = 1_032;
/** A JPEG spends at least a bit on 64 pixels of one colour; twice as many are far from any honest image. */
const MAX_PIXELS_A_BYTE = 1_024;

/** Looks at one byte after the other; `null` while nothing is wrong. */
interface Walk {
  byte(value: number): DocumentRefusal | null;
  end(): DocumentRefusal | null;
}

/** @param byteSize the whole file's length, as announced */
export function inspector(mediaType: DocumentMediaType, byteSize: number): Inspector {
  const walk = WALKS[mediaType](byteSize);
  const archive = new ArchiveAtEnd(byteSize);
  let found: DocumentRefusal | null = null;
  return {
    feed: (piece) => {
      for (let i = 0; i < piece.length && !found; i++) {
        const value = piece[i] as number;
        found = walk.byte(value) ?? archive.byte(value);
      }
      return found;
    },
    end: () => found ?? walk.end(),
  };
}

const ASCII = (text: string): readonly number[] => [...text].map((character) => character.charCodeAt(0));

/** The record with which a ZIP archive ends, and the longest comment behind it: programs look for it from the end. */
const END_OF_ARCHIVE = [0x50, 0x4b, 0x05, 0x06];
const END_OF_ARCHIVE_MAX = 22 + 65_535;

/** Finds a file that is an archive too: a reader of archives does not look at its beginning. */
class ArchiveAtEnd {
  private at = 0;
  private matched = 0;

  constructor(private readonly byteSize: number) {}

  byte(value: number): DocumentRefusal | null {
    if (this.at++ < this.byteSize - END_OF_ARCHIVE_MAX) return null;
    if (value === END_OF_ARCHIVE[this.matched]) this.matched++;
    else this.matched = value === END_OF_ARCHIVE[0] ? 1 : 0;
    return this.matched === END_OF_ARCHIVE.length ? DocumentRefusal.FOREIGN_CONTENT : null;
  }
}

const PDF_HEADER = ASCII('%PDF-');
const PDF_END = ASCII('%%EOF');
const WHITE = new Set(ASCII('\t\n\f\r '));
/** What ends a name: white space (NUL is, inside a PDF) and delimiters. */
const ENDS_NAME = new Set([0, ...WHITE, ...ASCII('()<>[]{}/%')]);
const SLASH = 0x2f;
/** The longest name that matters, with each character written as `#41`. */
const MAX_NAME = 3 * 'EmbeddedFiles'.length;

/** Names of what a PDF does by itself, or carries. A script that runs at an event is under one of these too. */
const ACTIVE = new Set([
  'JavaScript',
  'Launch',
  'EmbeddedFile',
  'EmbeddedFiles',
  'RichMedia',
  'SubmitForm',
  'ImportData',
]);
const ON_OPENING = 'OpenAction';

class Pdf implements Walk {
  private at = 0;
  private matched = 0;
  private ended = false;
  /** Of the name that is being read, as written; undefined outside of names. */
  private name?: string;
  /** What is done at opening follows: a place to show is harmless, anything else is or may be an action. */
  private opening = false;

  byte(value: number): DocumentRefusal | null {
    if (this.at < PDF_HEADER.length) return value === PDF_HEADER[this.at++] ? null : DocumentRefusal.WRONG_TYPE;
    this.lookForEnd(value);
    const found = ENDS_NAME.has(value) ? this.endName() : null;
    if (found) return found;
    if (this.opening && !WHITE.has(value)) {
      if (value !== 0x5b) return DocumentRefusal.ACTIVE_CONTENT;
      this.opening = false;
    }
    if (value === SLASH) this.name = '';
    else if (this.name !== undefined)
      this.name = this.name.length < MAX_NAME ? this.name + String.fromCharCode(value) : undefined;
    return null;
  }

  end(): DocumentRefusal | null {
    if (this.at < PDF_HEADER.length) return DocumentRefusal.WRONG_TYPE;
    if (this.ended) return null;
    return DocumentRefusal.DAMAGED;
  }

  private lookForEnd(value: number): void {
    if (value === PDF_END[this.matched]) this.matched++;
    // a third percent sign in a row leaves two of them
    else this.matched = value !== PDF_END[0] ? 0 : this.matched === 2 ? 2 : 1;
    if (this.matched === PDF_END.length) {
      this.ended = true;
      this.matched = 0;
    } else if (!WHITE.has(value)) this.ended = false;
  }

  private endName(): DocumentRefusal | null {
    const { name } = this;
    this.name = undefined;
    if (!name) return null;
    const plain = name.replace(/#([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    if (ACTIVE.has(plain)) return DocumentRefusal.ACTIVE_CONTENT;
    if (plain === 'Encrypt') return DocumentRefusal.ENCRYPTED;
    this.opening = plain === ON_OPENING;
    return null;
  }
}

enum InJpeg {
  START,
  MARKER_PREFIX,
  MARKER,
  LENGTH,
  SEGMENT,
  SCAN,
  MARKER_IN_SCAN,
  DONE,
}
const JPEG_START = [0xff, 0xd8];
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
/** Which say how large the image is: all of 0xC0–0xCF but the tables of codes. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers without a length, which have no place outside of a scan, and such as must not be used. */
const standsAlone = (marker: number): boolean => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);

class Jpeg implements Walk {
  private state = InJpeg.START;
  private at = 0;
  private marker = 0;
  /** Bytes read of the segment, its length's two included. */
  private read = 0;
  private length = 0;
  private height = 0;
  private width = 0;
  private framed = false;
  private scanned = false;

  constructor(private readonly byteSize: number) {}

  byte(value: number): DocumentRefusal | null {
    switch (this.state) {
      case InJpeg.START:
        if (value !== JPEG_START[this.at++]) return DocumentRefusal.WRONG_TYPE;
        if (this.at === JPEG_START.length) this.state = InJpeg.MARKER_PREFIX;
        return null;
      case InJpeg.MARKER_PREFIX:
        this.state = InJpeg.MARKER;
        return value === 0xff ? null : DocumentRefusal.DAMAGED;
      case InJpeg.MARKER:
        return value === 0xff ? null : this.begin(value);
      case InJpeg.LENGTH:
        this.length = (this.length << 8) | value;
        if (++this.read < 2) return null;
        this.state = InJpeg.SEGMENT;
        return this.length < 2 ? DocumentRefusal.DAMAGED : this.length === 2 ? this.finish() : null;
      case InJpeg.SEGMENT:
        // a frame: its precision, then height and width in two bytes each
        if (this.read === 3 || this.read === 4) this.height = (this.height << 8) | value;
        if (this.read === 5 || this.read === 6) this.width = (this.width << 8) | value;
        return ++this.read === this.length ? this.finish() : null;
      case InJpeg.SCAN:
        if (value === 0xff) this.state = InJpeg.MARKER_IN_SCAN;
        return null;
      case InJpeg.MARKER_IN_SCAN:
        if (value === 0xff) return null;
        // a byte 0xFF of the image, or a place to start anew
        if (value === 0 || (value >= 0xd0 && value <= 0xd7)) {
          this.state = InJpeg.SCAN;
          return null;
        }
        return this.begin(value);
      default:
        return DocumentRefusal.FOREIGN_CONTENT;
    }
  }

  end(): DocumentRefusal | null {
    if (this.state === InJpeg.START) return DocumentRefusal.WRONG_TYPE;
    return this.state === InJpeg.DONE ? null : DocumentRefusal.DAMAGED;
  }

  private begin(marker: number): DocumentRefusal | null {
    if (marker === END_OF_IMAGE) {
      this.state = InJpeg.DONE;
      return this.scanned ? null : DocumentRefusal.DAMAGED;
    }
    // of two frames a reader could take the other one
    if (standsAlone(marker) || (isFrame(marker) && this.framed)) return DocumentRefusal.DAMAGED;
    this.marker = marker;
    this.state = InJpeg.LENGTH;
    this.read = this.length = this.height = this.width = 0;
    return null;
  }

  private finish(): DocumentRefusal | null {
    this.state = InJpeg.MARKER_PREFIX;
    if (isFrame(this.marker)) {
      this.framed = true;
      const pixels = this.width * this.height;
      if (pixels === 0 || this.length < 8) return DocumentRefusal.DAMAGED;
      if (pixels > MAX_PIXELS || pixels > this.byteSize * MAX_PIXELS_A_BYTE) return DocumentRefusal.TOO_MANY_PIXELS;
    }
    if (this.marker === START_OF_SCAN) {
      if (!this.framed) return DocumentRefusal.DAMAGED;
      this.scanned = true;
      this.state = InJpeg.SCAN;
    }
    return null;
  }
}

enum InPng {
  SIGNATURE,
  LENGTH,
  TYPE,
  DATA,
  CHECK,
  DONE,
}
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_LENGTH = 13;
/** How many samples a pixel has, by the type of colour; and how many bits a sample may have. */
const COLOURS: Readonly<Record<number, { readonly samples: number; readonly bits: readonly number[] }>> = {
  0: { samples: 1, bits: [1, 2, 4, 8, 16] },
  2: { samples: 3, bits: [8, 16] },
  3: { samples: 1, bits: [1, 2, 4, 8] },
  4: { samples: 2, bits: [8, 16] },
  6: { samples: 4, bits: [8, 16] },
};
const isLetter = (value: number): boolean => (value >= 0x41 && value <= 0x5a) || (value >= 0x61 && value <= 0x7a);

class Png implements Walk {
  private state = InPng.SIGNATURE;
  /** Bytes read of the part that the state names. */
  private read = 0;
  private length = 0;
  private type = '';
  private readonly header: number[] = [];
  private hasData = false;

  constructor(private readonly byteSize: number) {}

  byte(value: number): DocumentRefusal | null {
    switch (this.state) {
      case InPng.SIGNATURE:
        if (value !== PNG_SIGNATURE[this.read++]) return DocumentRefusal.WRONG_TYPE;
        if (this.read === PNG_SIGNATURE.length) this.enter(InPng.LENGTH);
        return null;
      case InPng.LENGTH:
        this.length = this.length * 256 + value;
        if (++this.read < 4) return null;
        this.enter(InPng.TYPE);
        return null;
      case InPng.TYPE:
        if (!isLetter(value)) return DocumentRefusal.DAMAGED;
        this.type += String.fromCharCode(value);
        return ++this.read < 4 ? null : this.begin();
      case InPng.DATA:
        if (this.type === 'IHDR') this.header.push(value);
        if (++this.read < this.length) return null;
        this.enter(InPng.CHECK);
        return this.type === 'IHDR' ? this.size() : null;
      case InPng.CHECK:
        if (++this.read < 4) return null;
        this.enter(this.type === 'IEND' ? InPng.DONE : InPng.LENGTH);
        this.length = 0;
        this.type = '';
        return null;
      default:
        return DocumentRefusal.FOREIGN_CONTENT;
    }
  }

  end(): DocumentRefusal | null {
    if (this.state === InPng.SIGNATURE) return DocumentRefusal.WRONG_TYPE;
    return this.state === InPng.DONE ? null : DocumentRefusal.DAMAGED;
  }

  private enter(state: InPng): void {
    this.state = state;
    this.read = 0;
  }

  private begin(): DocumentRefusal | null {
    const isHeader = this.type === 'IHDR';
    // the header comes first, and once
    if (isHeader !== (this.header.length === 0) || (isHeader && this.length !== HEADER_LENGTH))
      return DocumentRefusal.DAMAGED;
    if (this.type === 'IEND' && (this.length > 0 || !this.hasData)) return DocumentRefusal.DAMAGED;
    if (this.type === 'IDAT') this.hasData = true;
    this.enter(this.length === 0 ? InPng.CHECK : InPng.DATA);
    return null;
  }

  private size(): DocumentRefusal | null {
    const number = (from: number) => this.header.slice(from, from + 4).reduce((sum, value) => sum * 256 + value, 0);
    const [width, height] = [number(0), number(4)];
    const [bits = 0, colour = 0, compression, filter, interlace = 0] = this.header.slice(8);
    const samples = COLOURS[colour]?.bits.includes(bits) ? COLOURS[colour].samples : 0;
    if (width === 0 || height === 0 || samples === 0 || compression !== 0 || filter !== 0 || interlace > 1)
      return DocumentRefusal.DAMAGED;
    const inflated = height * Math.ceil((width * samples * bits) / 8);
    return width * height > MAX_PIXELS || inflated > this.byteSize * MAX_INFLATION
      ? DocumentRefusal.TOO_MANY_PIXELS
      : null;
  }
}

const WALKS: Readonly<Record<DocumentMediaType, (byteSize: number) => Walk>> = {
  [DocumentMediaType.PDF]: () => new Pdf(),
  [DocumentMediaType.JPEG]: (byteSize) => new Jpeg(byteSize),
  [DocumentMediaType.PNG]: (byteSize) => new Png(byteSize),
};
