"use client";

import Link from "next/link";
import { createContext, Fragment, memo, type ReactNode, useContext, useSyncExternalStore } from "react";
import type { TextPiece } from "@/agent/chat/number-cells";
import { type Block, type Inline, ownPath, parseMarkdown } from "./markdown";

/** Cuts a text at the numbers that are cells of a result. */
export type Mark = (text: string) => TextPiece[];
const MarkContext = createContext<Mark | null>(null);

/**
 * Renders the text of an answer. Only links into this app can be followed; others show where they would lead. Numbers
 * that are cells of a result are marked and say which.
 */
export const AnswerText = memo(function AnswerText({ text, mark }: { text: string; mark?: Mark }) {
  return (
    <MarkContext value={mark ?? null}>
      <div className="space-y-3 text-[14.5px] leading-relaxed break-words">
        {parseMarkdown(text).map(renderBlock)}
      </div>
    </MarkContext>
  );
});

function Text({ text }: { text: string }) {
  const mark = useContext(MarkContext);
  if (!mark) return text;
  return mark(text).map((piece, index) =>
    piece.href ? (
      <Link key={keyOf(index)} href={piece.href} className="font-medium hover:text-accent hover:underline">
        {piece.text}
      </Link>
    ) : piece.unproven ? (
      <mark
        key={keyOf(index)}
        title="Stands in no result"
        className="rounded-sm bg-negative-soft px-0.5 text-negative"
      >
        {piece.text}
      </mark>
    ) : piece.of ? (
      <span
        key={keyOf(index)}
        title={`From the result: ${piece.of}`}
        data-cell
        className="cursor-help whitespace-nowrap underline decoration-line-strong decoration-dotted underline-offset-4"
      >
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  );
}

const subscribeNever = () => () => undefined;

/** This app's own origin; empty while the server renders, so that both render the same at first. */
const useOrigin = () =>
  useSyncExternalStore(
    subscribeNever,
    () => window.location.origin,
    () => "",
  );

function renderBlock(block: Block, key: number): ReactNode {
  switch (block.kind) {
    case "paragraph":
      return <p key={key}>{renderInlines(block.children)}</p>;
    case "heading":
      return (
        <Heading key={key} level={block.level}>
          {renderInlines(block.children)}
        </Heading>
      );
    case "code":
      return (
        <pre key={key} className="overflow-x-auto rounded-md bg-sunken px-3 py-2 font-mono text-xs">
          {block.text}
        </pre>
      );
    case "quote":
      return (
        <blockquote key={key} className="border-l-2 border-line-strong/50 pl-3 text-muted">
          {renderInlines(block.children)}
        </blockquote>
      );
    case "rule":
      return <hr key={key} className="border-line" />;
    case "list":
      return renderList(block, key);
    case "table":
      return (
        <div key={key} className="overflow-x-auto rounded-lg border border-line">
          <table className="w-full text-[13px]">
            <thead className="bg-sunken text-left text-muted">
              <tr>
                {block.head.map((cell, index) => (
                  <th key={keyOf(index)} scope="col" className="px-3 py-1.5 font-medium">
                    {renderInlines(cell)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, index) => (
                <tr key={keyOf(index)} className="border-t border-line">
                  {row.map((cell, place) => (
                    <td key={keyOf(place)} className="px-3 py-1.5">
                      {renderInlines(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

/** Headings of an answer stand below those of the page, whatever level they were written at. */
function Heading({ level, children }: { level: number; children: ReactNode }) {
  const Tag = level <= 1 ? "h3" : level === 2 ? "h4" : "h5";
  return <Tag className="font-semibold">{children}</Tag>;
}

function renderList({ ordered, start, items }: Extract<Block, { kind: "list" }>, key: number): ReactNode {
  const children = items.map(({ children: text, nested }, index) => (
    <li key={keyOf(index)}>
      {renderInlines(text)}
      {nested.map(renderBlock)}
    </li>
  ));
  return ordered ? (
    <ol key={key} start={start} className="list-decimal space-y-1 pl-5">
      {children}
    </ol>
  ) : (
    <ul key={key} className="list-disc space-y-1 pl-5">
      {children}
    </ul>
  );
}

const renderInlines = (inlines: Inline[]): ReactNode =>
  inlines.map((inline, index) => <Fragment key={keyOf(index)}>{renderInline(inline)}</Fragment>);

function renderInline(inline: Inline): ReactNode {
  switch (inline.kind) {
    case "text":
      return <Text text={inline.text} />;
    case "code":
      return <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.88em]">{inline.text}</code>;
    case "strong":
      return <strong className="font-semibold">{renderInlines(inline.children)}</strong>;
    case "emphasis":
      return <em>{renderInlines(inline.children)}</em>;
    case "link":
      return <AnswerLink href={inline.href}>{renderInlines(inline.children)}</AnswerLink>;
  }
}

function AnswerLink({ href, children }: { href: string; children: ReactNode }) {
  const path = ownPath(href, useOrigin());
  if (!path) return <span title={href}>{children}</span>;
  return (
    <Link href={path} className="text-accent underline underline-offset-2">
      {children}
    </Link>
  );
}

/** The text is read again as a whole on every change, so a place is the only identity a part has. */
const keyOf = (index: number): string => `p${index}`;
