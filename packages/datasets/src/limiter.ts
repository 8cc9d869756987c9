/**
 * Runs at most `limit` calls at the same time, in the order they were asked for.
 *
 * @param limit - how many
 * @returns a function that runs a call when its turn comes
 */
export function limiter(limit: number): <T>(call: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (call) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
