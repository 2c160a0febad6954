import type { InngestFunction } from "inngest";
import { backfillAccount } from "./functions/backfill-account";
import { executeProposalFunction } from "./functions/execute-proposal";
import { pollAccount } from "./functions/poll-account";
import { pushChanges } from "./functions/push-changes";
import { requestNightlyScores } from "./functions/request-nightly-scores";
import { scoreRecencyRiskFunction } from "./functions/score-recency-risk";
import { sweepProposals } from "./functions/sweep-proposals";

/** Every function the serve endpoint offers. */
export const functions: InngestFunction.Any[] = [
  backfillAccount,
  pollAccount,
  pushChanges,
  scoreRecencyRiskFunction,
  requestNightlyScores,
  executeProposalFunction,
  sweepProposals,
];
