import { maySellOnline } from './medicine.rules.js';

const sold = (genericNameEn: string, atc: string | null, form = 'solution for infusion') =>
  maySellOnline({ genericNameEn, atc, form });

describe('what may be sold online', () => {
  test('an immunoglobulin may not', () => {
    expect(sold('human normal immunoglobulin', 'J06BA02')).toBe(false);
  });

  test('a clotting factor from plasma may not, a recombinant one may', () => {
    expect(sold('human coagulation factor VIII', 'B02BD02')).toBe(false);
    expect(sold('prothrombin complex', 'B02BD01')).toBe(false);
    expect(sold('octocog alfa', 'B02BD02')).toBe(true);
    expect(sold('turoctocog alfa pegol', 'B02BD02')).toBe(true);
    expect(sold('eptacog alfa (activated)', 'B02BD08')).toBe(true);
  });

  test('an antibody that does the work of a clotting factor may', () => {
    expect(sold('emicizumab', 'B02BX06')).toBe(true);
  });

  test('a gene therapy may not', () => {
    expect(sold('dalnacogene ponparvovec', null, 'gene therapy infusion')).toBe(false);
  });

  test('a medicine without an ATC code may', () => {
    expect(sold('luvometinib', null, 'tablet')).toBe(true);
  });
});
