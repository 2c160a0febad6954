import { z } from "zod";
import { questionProblem } from "../../_lib/question";

const questionSchema = z.string().superRefine((text, context) => {
  const message = questionProblem(text);
  if (message) context.addIssue({ code: "custom", message });
});

/** Body of POST /api/chat: the chat and the new question. The server keeps the turns before it. */
export const chatRequestSchema = z.object({
  id: z.uuid({ error: "The chat has no valid id. Start a new chat." }),
  message: z.object({
    id: z.string().min(1).max(200),
    role: z.literal("user", { error: "Only a question can be sent." }),
    parts: z
      .array(z.object({ type: z.literal("text"), text: questionSchema }))
      .min(1, { error: "Type a question first." })
      .max(4),
  }),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;
