/**
 * Several readers of one list at the same time. One that fails stops the others at the end of their page; then its
 * failure is told.
 */
export async function readSideBySide(
  count: number,
  run: { begin(): boolean },
  read: (at: number, begin: () => boolean) => Promise<void>,
): Promise<void> {
  let failed = false;
  const begin = () => !failed && run.begin();
  const ends = await Promise.allSettled(
    Array.from({ length: count }, async (_, at) => {
      try {
        await read(at, begin);
      } catch (cause) {
        failed = true;
        throw cause;
      }
    }),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
