import { fixedId } from './ids.js';
export const applicationId = (i: number, n: number): string => fixedId('seed-application', `${i}-${n}`);
