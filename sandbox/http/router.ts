import type { Handler } from "./call";

export interface Route {
  method: string;
  /** Below `/crm/rest`, with Keap's own placeholders: `/v2/tags/{tag_id}/contacts:applyTags`. */
  path: string;
  handle: Handler;
  /** Calls of this class may take a minute at Keap. */
  slow?: boolean;
}

export const get = (path: string, handle: Handler): Route => ({ method: "GET", path, handle });
export const post = (path: string, handle: Handler): Route => ({ method: "POST", path, handle });
export const put = (path: string, handle: Handler): Route => ({ method: "PUT", path, handle });
export const patch = (path: string, handle: Handler): Route => ({ method: "PATCH", path, handle });
export const del = (path: string, handle: Handler): Route => ({ method: "DELETE", path, handle });

interface Compiled extends Route {
  pattern: RegExp;
  names: string[];
  /** Literal segments come before placeholders, from the left. */
  rank: string;
}

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.path.replaceAll(/\{(\w+)\}|[.*+?^$()|[\]\\]/g, (token, name: string | undefined) => {
    if (!name) return `\\${token}`;
    names.push(name);
    return "([^/:]+)";
  });
  const rank = route.path
    .split("/")
    .map((segment) => (segment.includes("{") ? "1" : "0"))
    .join("");
  return { ...route, pattern: new RegExp(`^${source}/?$`), names, rank };
}

export interface RouteMatch {
  route: Route;
  params: Record<string, string>;
}

/** Finds the route of a call: `"no path"` when nothing has that path, `"no method"` when only other methods do. */
export function createRouter(
  routes: Route[],
): (method: string, path: string) => RouteMatch | "no path" | "no method" {
  const compiled = routes.map(compile).sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  return (method, path) => {
    let pathKnown = false;
    for (const route of compiled) {
      const match = route.pattern.exec(path);
      if (!match) continue;
      pathKnown = true;
      if (route.method !== method) continue;
      const params = Object.fromEntries(
        route.names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? "")]),
      );
      return { route, params };
    }
    return pathKnown ? "no method" : "no path";
  };
}
