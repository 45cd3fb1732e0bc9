/** The planted cases of every pack. */
import { apiCases } from "./api.ts";
import type { Case } from "./case.ts";
import { cdcCases } from "./cdc.ts";
import { fraudAdvancedCases } from "./fraud_advanced.ts";
import { fraudCrossedCases } from "./fraud_crossed.ts";
import { iotCases } from "./iot.ts";
import { kpiCases } from "./kpi.ts";
import { kycCases } from "./kyc.ts";
import { orderCases } from "./orders.ts";
import { paymentCases } from "./payments.ts";
import { pipelineCases } from "./pipeline.ts";
import { retailCases } from "./retail.ts";
import { scoringCases } from "./scoring.ts";
import { webhookCases } from "./webhooks.ts";

export const cases: readonly Case[] = [
  ...paymentCases,
  ...fraudAdvancedCases,
  ...orderCases,
  ...fraudCrossedCases,
  ...scoringCases,
  ...iotCases,
  ...kpiCases,
  ...pipelineCases,
  ...kycCases,
  ...retailCases,
  ...cdcCases,
  ...apiCases,
  ...webhookCases,
];
