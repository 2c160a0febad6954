import { describe, expect, it } from "vitest";
import { converse } from "../../testing/offline";
import { foreignLanguage } from "./language";

describe("foreignLanguage", () => {
  it.each([
    ["Umsatz nach Monat", "German"],
    ["Wie viele neue Kunden hatten wir letzten Monat?", "German"],
    ["¿Cuántos ingresos tuvimos el mes pasado?", "Spanish"],
    ["Combien de nouveaux clients avons-nous ce mois ?", "French"],
    ["Quanti clienti abbiamo avuto il mese scorso?", "Italian"],
    ["Quantos clientes tivemos no mês passado?", "Portuguese"],
    ["Hoeveel klanten hebben we deze maand?", "Dutch"],
    ["Hvor mange kunder har vi i år?", "a Scandinavian language"],
  ])("%s is %s, and the analyst says so", (question, language) => {
    expect(foreignLanguage(question)).toBe(language);
    expect(converse([question])).toMatchObject({
      kind: "say",
      text: expect.stringContaining(`looks like ${language}`),
    });
  });

  it.each([
    "revenue by month",
    "how many leads did we get from Das Kleine Studio",
    "customers in Los Angeles and San Jose who bought the club",
    "revenue of the product La Dame et le Chat",
    "wat is r revenue",
  ])("%s is English", (question) => {
    expect(foreignLanguage(question)).toBeNull();
  });
});
