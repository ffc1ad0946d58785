/** What decides whether a medicine may be sold online. */
export interface SaleFacts {
  readonly genericNameEn: string;
  readonly atc: string | null;
  readonly form: string;
}

/**
 * ATC groups of what is made from human plasma: immunoglobulins, clotting factors, albumin, fibrinogen, antithrombin,
 * alfa-1 antitrypsin, C1 inhibitor.
 */
const PLASMA = ['J06B', 'B02BD', 'B05AA01', 'B02BB', 'B01AB02', 'B02AB02', 'B06AC01'];

/** The stem that the WHO gives the names of clotting factors made by recombination, as in octocog and nonacog. */
const RECOMBINANT_FACTOR = /cog\b/i;

/** Plasma products may not be sold online by law; a gene therapy is given in the hospital that orders it. */
export function maySellOnline({ genericNameEn, atc, form }: SaleFacts): boolean {
  const ofPlasma = PLASMA.some((group) => atc?.startsWith(group)) && !RECOMBINANT_FACTOR.test(genericNameEn);
  return !ofPlasma && !/gene therapy/i.test(form);
}
