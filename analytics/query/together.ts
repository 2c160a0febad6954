import type { Principal } from "@/supabase/contract/principal";
import type { RpcClient } from "./door";

/** A question over rollups as the database takes it. */
interface RolledQuestion {
  query: string;
  params: readonly unknown[];
  rollups: readonly object[];
}

type Answer = Awaited<ReturnType<RpcClient["rpc"]>>;
interface Waiting {
  question: RolledQuestion;
  answer: (answer: Answer) => void;
  fail: (error: unknown) => void;
}

/** Calls of one person that may be under way at once, and questions that one call may hold: one that is slow keeps few others waiting. */
const mostCalls = 3;
const mostTogether = 3;

/**
 * Asks questions over rollups; those that one person asks at the same time, as a board does for its charts, go to the
 * database together. A call by itself costs milliseconds on its way, and an embedded database takes one at a time.
 */
export function openTogether(
  service: RpcClient,
): (question: RolledQuestion, principal: Principal) => Promise<Answer> {
  const people = new Map<string, { waiting: Waiting[]; underWay: number }>();

  async function askSome(asked: readonly Waiting[], principal: Principal): Promise<void> {
    const [only, second] = asked;
    if (only && !second)
      return only.answer(await service.rpc("run_rolled_query", { ...only.question, principal }));
    const { data, error } = await service.rpc("run_rolled_queries", {
      asked: asked.map(({ question }) => question),
      principal,
    });
    asked.forEach(({ answer }, at) => {
      const own = Array.isArray(data) ? (data[at] as { error?: { message: string; code?: string } }) : null;
      answer(error || own?.error ? { data: null, error: error ?? own?.error ?? null } : { data: own, error });
    });
  }

  function start(key: string, principal: Principal): void {
    const person = people.get(key);
    if (!person) return;
    while (person.waiting.length > 0 && person.underWay < mostCalls) {
      const free = mostCalls - person.underWay;
      const asked = person.waiting.splice(0, Math.min(mostTogether, Math.ceil(person.waiting.length / free)));
      person.underWay++;
      askSome(asked, principal)
        .catch((error: unknown) => {
          for (const { fail } of asked) fail(error);
        })
        .finally(() => {
          person.underWay--;
          start(key, principal);
        });
    }
    if (person.waiting.length === 0 && person.underWay === 0) people.delete(key);
  }

  return (question, principal) =>
    new Promise((answer, fail) => {
      const key = JSON.stringify(principal);
      const person = people.get(key) ?? { waiting: [], underWay: 0 };
      people.set(key, person);
      person.waiting.push({ question, answer, fail });
      // What is asked in the same turn comes together.
      setImmediate(() => start(key, principal));
    });
}
