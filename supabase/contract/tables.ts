import { accountSchema, memberSchema } from "./accounts";
import { alertDeliverySchema, alertSchema, notificationSchema } from "./alerts";
import { automationContactSchema, automationRunSchema, automationSchema } from "./automations";
import { boardChartSchema, boardSchema, goalSchema, savedQuerySchema, shareLinkSchema } from "./boards";
import {
  chatMessageSchema,
  chatSchema,
  evaluationQuestionSchema,
  feedbackSchema,
  verifiedAnswerSchema,
} from "./chats";
import {
  companySchema,
  contactSchema,
  customFieldDefinitionSchema,
  emailAddressStatusSchema,
  keapUserSchema,
} from "./contacts";
import { interactionSchema } from "./interactions";
import { knowledgeChunkSchema, knowledgeDocumentSchema } from "./knowledge";
import {
  affiliateCommissionSchema,
  affiliateSchema,
  campaignSchema,
  leadSourceExpenseSchema,
  leadSourceSchema,
  referralSchema,
} from "./marketing";
import { opportunitySchema, opportunityStageSchema, stageMoveSchema } from "./opportunities";
import {
  orderItemSchema,
  orderSchema,
  paymentAllocationSchema,
  paymentSchema,
  transactionSchema,
} from "./orders";
import { currentPredictionSchema, predictionModelSchema, predictionSchema } from "./predictions";
import { productCategorySchema, productSchema, subscriptionPlanSchema, subscriptionSchema } from "./products";
import { proposalItemSchema, proposalSchema } from "./proposals";
import { apiKeySchema, auditEntrySchema } from "./security";
import { segmentMemberSchema, segmentSchema } from "./segments";
import { contactTagSchema, tagCategorySchema, tagSchema } from "./tags";

/** The contract of every stored entity the API shows, by table or view. A test holds each to its columns. */
export const tables = {
  accounts: accountSchema,
  affiliate_commissions: affiliateCommissionSchema,
  affiliates: affiliateSchema,
  alert_deliveries: alertDeliverySchema,
  alerts: alertSchema,
  api_keys: apiKeySchema,
  audit_log: auditEntrySchema,
  automation_contacts: automationContactSchema,
  automation_runs: automationRunSchema,
  automations: automationSchema,
  board_charts: boardChartSchema,
  boards: boardSchema,
  campaigns: campaignSchema,
  chat_messages: chatMessageSchema,
  chats: chatSchema,
  companies: companySchema,
  contact_tags: contactTagSchema,
  contacts: contactSchema,
  custom_field_definitions: customFieldDefinitionSchema,
  email_addresses_status: emailAddressStatusSchema,
  evaluation_questions: evaluationQuestionSchema,
  feedback: feedbackSchema,
  goals: goalSchema,
  interactions: interactionSchema,
  knowledge_chunks: knowledgeChunkSchema,
  knowledge_documents: knowledgeDocumentSchema,
  lead_source_expenses: leadSourceExpenseSchema,
  lead_sources: leadSourceSchema,
  members: memberSchema,
  notifications: notificationSchema,
  opportunities: opportunitySchema,
  opportunity_stages: opportunityStageSchema,
  order_items: orderItemSchema,
  orders: orderSchema,
  payment_allocations: paymentAllocationSchema,
  payments: paymentSchema,
  prediction_models: predictionModelSchema,
  predictions: predictionSchema,
  predictions_current: currentPredictionSchema,
  product_categories: productCategorySchema,
  products: productSchema,
  proposal_items: proposalItemSchema,
  proposals: proposalSchema,
  referrals: referralSchema,
  saved_queries: savedQuerySchema,
  segment_members: segmentMemberSchema,
  segments: segmentSchema,
  share_links: shareLinkSchema,
  stage_moves: stageMoveSchema,
  subscription_plans: subscriptionPlanSchema,
  subscriptions: subscriptionSchema,
  tag_categories: tagCategorySchema,
  tags: tagSchema,
  transactions: transactionSchema,
  users: keapUserSchema,
  verified_answers: verifiedAnswerSchema,
} as const;
export type TableName = keyof typeof tables;
