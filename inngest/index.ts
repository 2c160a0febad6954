import type { InngestFunction } from "inngest";
import { backfillAccount } from "./functions/backfill-account";
import { checkAlertsFunction } from "./functions/check-alerts";
import { drainHooksFunction } from "./functions/drain-hooks";
import { executeProposalFunction } from "./functions/execute-proposal";
import { indexKnowledgeFunction } from "./functions/index-knowledge";
import { keepUp } from "./functions/keep-up";
import { pollAccount } from "./functions/poll-account";
import { pushChanges } from "./functions/push-changes";
import { refreshRollupsFunction } from "./functions/refresh-rollups";
import { requestNightlyScores } from "./functions/request-nightly-scores";
import { scoreRecencyRiskFunction } from "./functions/score-recency-risk";
import { sweepProposals } from "./functions/sweep-proposals";
import { verifyAccount } from "./functions/verify-account";
import { watchHooksFunction } from "./functions/watch-hooks";

/** Every function the serve endpoint offers. */
export const functions: InngestFunction.Any[] = [
  backfillAccount,
  pollAccount,
  pushChanges,
  drainHooksFunction,
  watchHooksFunction,
  keepUp,
  scoreRecencyRiskFunction,
  requestNightlyScores,
  executeProposalFunction,
  sweepProposals,
  refreshRollupsFunction,
  indexKnowledgeFunction,
  checkAlertsFunction,
  verifyAccount,
];
