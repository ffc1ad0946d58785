import type { Jobs } from '../common/jobs.js';
import { CLAW_BACK_REFUND, clawBackRefundLater } from './claim/claim.ports.resolver.js';
import type { FundContext } from './context.js';
import { EXPIRE_GRANTS, expireGrants, TELL_OF_REVOKED_GRANT, tellOfRevokedGrant } from './grant/grant-end.service.js';
import { promoteWaitList } from './grant/promotion.js';
import { PROMOTE } from './grant/wait-list.js';
import { CHECK_LEDGER, checkLedger, LEDGER_CHECK_OUTCOME } from './ledger/ledger-check.service.js';
import { REMIND_OF_DEADLINES, remindOfDeadlines } from './notice/notice.service.js';
import {
  ASK_BANK,
  askBank,
  RESUME_PAYOUT_BATCHES,
  resumePayoutBatches,
  sendPayoutBatch,
} from './payout/payout.jobs.js';
import { SEND_PAYOUT_BATCH } from './payout/payout-batch.service.js';
import { CLOSE_REPORT_MONTH, closeReportMonths } from './report/report.service.js';

/** What the fund does later, or at certain times. Times are UTC; Shanghai is eight hours ahead. */
export const fundJobs: Jobs<FundContext> = {
  tasks: {
    [PROMOTE]: promoteWaitList,
    [EXPIRE_GRANTS]: expireGrants,
    [TELL_OF_REVOKED_GRANT]: tellOfRevokedGrant,
    [REMIND_OF_DEADLINES]: remindOfDeadlines,
    [CLOSE_REPORT_MONTH]: closeReportMonths,
    [CHECK_LEDGER]: checkLedger,
    [CLAW_BACK_REFUND]: clawBackRefundLater,
    [SEND_PAYOUT_BATCH]: sendPayoutBatch,
    [ASK_BANK]: askBank,
    [RESUME_PAYOUT_BATCHES]: (_payload, context) => resumePayoutBatches(context),
  },
  schedule: [
    { task: EXPIRE_GRANTS, cron: '10 16 * * *' },
    { task: REMIND_OF_DEADLINES, cron: '30 0 * * *' },
    { task: CLOSE_REPORT_MONTH, cron: '0 17 5 * *', atStart: true },
    { task: RESUME_PAYOUT_BATCHES, cron: '23 * * * *' },
    { task: CHECK_LEDGER, cron: '40 18 * * *' },
  ],
  outcome: LEDGER_CHECK_OUTCOME,
};
