// Loaded into every part that `npm start` runs: when the starter is gone (even by kill -9) its channel closes,
// and the part ends as if asked to, so that no port or data folder stays held by an orphan.
if (process.channel) {
  process.channel.unref();
  process.on("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(0), 5_000).unref();
  });
}
