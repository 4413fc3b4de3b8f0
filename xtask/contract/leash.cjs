// Loaded before Prism: ends it when whoever started it is gone, however that ended. Its standard input ends then.
process.stdin.on("end", () => process.exit()).resume();
