/** ` at file:line` of the nearest caller outside this package and tfjs, or an empty string where stacks do not tell. */
export function callerLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 200; // tfjs's own calls may be deep
  const stack = new Error().stack?.split('\n').slice(1) ?? [];
  Error.stackTraceLimit = limit;
  const frame = stack.find((line) => /:\d+:\d+/.test(line) && !INTERNAL.test(line));
  const place = frame?.match(/\(?((?:file:\/\/|\/|[A-Za-z]:\\|https?:\/\/)[^()]*:\d+):\d+\)?$/)?.[1];
  return place === undefined ? '' : ` at ${place.replace(/^file:\/\//, '')}`;
}

const INTERNAL =
  /[\\/]@tensorflow[\\/]|tfjs-[a-z]+[\\/](?:src|dist)[\\/]|[\\/](?:@adlib[\\/]runtime|packages[\\/]runtime)[\\/](?:dist|src)[\\/](?!testing[\\/]|.*\.test\.)|node:internal/;
