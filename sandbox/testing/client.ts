import type { Sandbox } from "../sandbox";

export interface TestAnswer {
  status: number;
  headers: Headers;
  // The shape is what each test checks.
  // biome-ignore lint/suspicious/noExplicitAny: answers of every resource pass through here
  body: any;
}

const host = "https://api.infusionsoft.com/crm/rest";

/** Calls the sandbox with its own token, as a client would. `query` values are encoded here. */
export function createTestClient(sandbox: Sandbox, token = sandbox.token) {
  return async (
    method: string,
    path: string,
    options: {
      query?: Record<string, string | string[]>;
      body?: unknown;
      headers?: Record<string, string>;
    } = {},
  ): Promise<TestAnswer> => {
    const url = new URL(host + path);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      for (const one of [value].flat()) url.searchParams.append(name, one);
    }
    const response = await sandbox.fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : JSON.parse(text),
    };
  };
}
