/** An answer that stops the handling of a call: the body is in the shape of the layer that refuses. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Record<string, string> = {},
  ) {
    super(`Keap would answer ${status}`);
    this.name = "Refusal";
  }
}

const words: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  405: "UNIMPLEMENTED",
  409: "ALREADY_EXISTS",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
};

/** v2's own error: `{code, message, status, details}`. */
export function v2Error(status: number, message: string, resource = ""): Refusal {
  return new Refusal(status, {
    code: status,
    message,
    status: words[status] ?? "UNKNOWN",
    details: [{ domain: "keap.com", resource }],
  });
}

export const badRequest = (message: string, resource?: string) => v2Error(400, message, resource);
export const notFound = (what: string, id: string) =>
  v2Error(404, `${what} with id ${id} was not found`, what);
export const conflict = (message: string, resource?: string) => v2Error(409, message, resource);

/** v1's error, as clients read it. */
export function v1Error(status: number, message: string): Refusal {
  return new Refusal(status, { message });
}

/** The gateway's fault envelope (Apigee), before any application is reached. */
export function gatewayFault(
  status: number,
  errorcode: string,
  faultstring: string,
  headers: Record<string, string> = {},
): Refusal {
  return new Refusal(status, { fault: { faultstring, detail: { errorcode } } }, headers);
}
