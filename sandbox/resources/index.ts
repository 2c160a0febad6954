import { hookRoutes } from "../hooks/routes";
import type { Route } from "../http/router";
import { affiliateRoutes } from "./affiliates";
import { appointmentRoutes } from "./appointments";
import { campaignRoutes } from "./campaigns";
import { companyRoutes } from "./companies";
import { contactRoutes } from "./contacts";
import { customFieldRoutes } from "./custom-fields";
import { emailAddressRoutes } from "./email-addresses";
import { emailTemplateRoutes } from "./email-templates";
import { emailRoutes } from "./emails";
import { leadSourceRoutes } from "./lead-sources";
import { linkRoutes } from "./links";
import { notSimulatedRoutes } from "./not-simulated";
import { noteRoutes } from "./notes";
import { opportunityRoutes } from "./opportunities";
import { orderItemRoutes } from "./order-items";
import { orderPaymentRoutes } from "./order-payments";
import { orderRoutes } from "./orders";
import { paymentRoutes } from "./payments";
import { planRoutes } from "./plans";
import { productCategoryRoutes } from "./product-categories";
import { productRoutes } from "./products";
import { settingsRoutes } from "./settings";
import { stageRoutes } from "./stages";
import { subscriptionRoutes } from "./subscriptions";
import { tagRoutes } from "./tags";
import { taskRoutes } from "./tasks";
import { userRoutes } from "./users";
import { v1TagRoutes } from "./v1-tags";

/** Every operation the sandbox answers. */
export const routes: Route[] = [
  ...contactRoutes,
  ...linkRoutes,
  ...companyRoutes,
  ...tagRoutes,
  ...v1TagRoutes,
  ...productRoutes,
  ...productCategoryRoutes,
  ...planRoutes,
  ...orderRoutes,
  ...orderItemRoutes,
  ...orderPaymentRoutes,
  ...paymentRoutes,
  ...subscriptionRoutes,
  ...opportunityRoutes,
  ...stageRoutes,
  ...noteRoutes,
  ...taskRoutes,
  ...appointmentRoutes,
  ...emailTemplateRoutes,
  ...emailRoutes,
  ...emailAddressRoutes,
  ...campaignRoutes,
  ...leadSourceRoutes,
  ...affiliateRoutes,
  ...customFieldRoutes,
  ...userRoutes,
  ...settingsRoutes,
  ...hookRoutes,
  ...notSimulatedRoutes,
];
