import type { InngestFunction } from "inngest";
import { executeProposalFunction } from "./functions/execute-proposal";
import { requestNightlyScores } from "./functions/request-nightly-scores";
import { scoreRecencyRiskFunction } from "./functions/score-recency-risk";
import { sweepProposals } from "./functions/sweep-proposals";

/** Every function the serve endpoint offers. */
export const functions: InngestFunction.Any[] = [
  scoreRecencyRiskFunction,
  requestNightlyScores,
  executeProposalFunction,
  sweepProposals,
];
