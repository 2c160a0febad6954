import type { Handler } from "../http/call";
import { v2Error } from "../http/errors";
import type { Route } from "../http/router";

/** Parts of Keap's v2 that the product never calls. They answer 501, which Keap declares too, rather than a wrong 404. */
const paths = [
  "/v2/affiliates/commissionPrograms",
  "/v2/affiliates/commissionPrograms/{id}",
  "/v2/affiliates/commissionPrograms/{id}/resources",
  "/v2/affiliates/redirects",
  "/v2/affiliates/redirects/{id}",
  "/v2/affiliates/summaries",
  "/v2/affiliates/{id}/commissionTotal",
  "/v2/affiliates/{id}/payments",
  "/v2/affiliates/{id}:commissions",
  "/v2/affiliates/{id}:assignToProgram",
  "/v2/affiliates/{id}:removeFromProgram",
  "/v2/automationCategory",
  "/v2/automationCategory/{id}",
  "/v2/automations/batch-unpublish",
  "/v2/automations/categories/batchAssign",
  "/v2/automations/{id}/unpublish",
  "/v2/discounts/{kind}",
  "/v2/discounts/{kind}/{id}",
  "/v2/discounts/{kind}/{id}/criteria",
  "/v2/easy-automations/{id}",
  "/v2/files",
  "/v2/files/{id}",
  "/v2/files/{id}:data",
  "/v2/integrations/wordpress/options",
  "/v2/locales/countries",
  "/v2/locales/countries/{code}",
  "/v2/locales/countries/{code}/provinces",
  "/v2/productCategories/{id}/images",
  "/v2/productInterestBundles",
  "/v2/productInterestBundles/{id}",
  "/v2/products/{id}/images",
  "/v2/products/{id}/options",
  "/v2/products/{id}/options/{option}",
  "/v2/reporting/reports",
  "/v2/reporting/reports/{id}",
  "/v2/reporting/reports/{id}/model",
  "/v2/reporting/reports/{id}:run",
  "/v2/shipping",
  "/v2/userGroups/{id}",
  "/v2/users/{id}/signature",
  "/v2/webforms/{id}:data",
];

const refuse: Handler = (call) => {
  throw v2Error(501, `The sandbox does not simulate ${call.method} ${call.url.pathname}`);
};

export const notSimulatedRoutes: Route[] = paths.flatMap((path) =>
  ["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) => ({ method, path, handle: refuse })),
);
