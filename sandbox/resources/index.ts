import type { Route } from "../http/router";
import { contactRoutes } from "./contacts";
import { customFieldRoutes } from "./custom-fields";
import { orderItemRoutes } from "./order-items";
import { orderPaymentRoutes } from "./order-payments";
import { orderRoutes } from "./orders";
import { paymentRoutes } from "./payments";
import { planRoutes } from "./plans";
import { productRoutes } from "./products";
import { subscriptionRoutes } from "./subscriptions";
import { tagRoutes } from "./tags";
import { userRoutes } from "./users";

/** Every operation the sandbox answers. */
export const routes: Route[] = [
  ...contactRoutes,
  ...tagRoutes,
  ...productRoutes,
  ...planRoutes,
  ...orderRoutes,
  ...orderItemRoutes,
  ...orderPaymentRoutes,
  ...paymentRoutes,
  ...subscriptionRoutes,
  ...customFieldRoutes,
  ...userRoutes,
];
