/** What tells one version of a file on a server from the next. */
export interface Validator {
  /** Strong entity tag. */
  readonly etag?: string;
  /** Date of the last change, as the server writes it. */
  readonly lastModified?: string;
}

/** A body that is coming in. */
export interface Answer {
  /** Position of its first byte in the file: 0, or where the part on disk ends. */
  readonly start: number;
  /** Size of the whole file; undefined where the server does not say. */
  readonly total: number | undefined;
  /** Of this version of the file. */
  readonly validator: Validator;
  /** The bytes. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the request, wherever it is. */
  stop(): void;
}

/** A download that failed. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  /** Whether the same request may succeed later. */
  readonly again: boolean;
  /** The server's status, where it answered. */
  readonly status: number | undefined;

  /**
   * @param message - what happened and what to do
   * @param options - whether to try again, the status, the error behind it
   */
  constructor(message: string, options: { again?: boolean; status?: number; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.again = options.again ?? false;
    this.status = options.status;
  }
}

/** How to ask. */
export interface AskOptions {
  /** Bytes that are there already. */
  readonly from: number;
  /** Of which version of the file they are. */
  readonly known: Validator | undefined;
  /** Milliseconds without a byte after which the request is ended. */
  readonly idleMs: number;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks a server for a file, from a position on if it can.
 *
 * @param url - the file
 * @param options - what is there already
 * @returns the answer: from the position asked for, or from 0 where the server cannot or the file has changed
 * @throws DownloadError where the server refuses
 */
export async function ask(url: URL, options: AskOptions): Promise<Answer> {
  const { known, idleMs, signal } = options;
  // Ranges of compressed bodies are of no use.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  const validator = known?.etag ?? known?.lastModified;
  const from = validator === undefined ? 0 : options.from;
  if (from > 0 && validator !== undefined) Object.assign(headers, { range: `bytes=${from}-`, 'if-range': validator });
  const control = new AbortController();
  const stop = (): void => control.abort(new DownloadError('stopped', { again: true }));
  const idle = (): void => control.abort(new DownloadError(`no byte in ${idleMs} ms`, { again: true }));
  const cancel = (): void => control.abort(signal?.reason);
  signal?.addEventListener('abort', cancel, { once: true });
  let timer = setTimeout(idle, idleMs);
  const end = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    stop();
  };
  try {
    const response = await fetch(url, { headers, signal: control.signal });
    const start = startOf(response, from, url);
    if (start === undefined) {
      end();
      return await ask(url, { ...options, from: 0, known: undefined });
    }
    const body = watched(response.body, control.signal, () => {
      clearTimeout(timer);
      timer = setTimeout(idle, idleMs);
    });
    return { start, total: totalOf(response, start), validator: validatorIn(response), body, stop: end };
  } catch (error) {
    end();
    throw error;
  }
}

/** Position of the first byte that comes; undefined where it must be asked again from the start. */
function startOf(response: Response, from: number, url: URL): number | undefined {
  const { status } = response;
  if (status === 200) return 0;
  if (status === 206 && from > 0) {
    const range = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
    return Number(range?.[1]) === from ? from : undefined;
  }
  if (status === 416 && from > 0) return undefined;
  const again = status >= 500 || status === 429 || status === 408;
  throw new DownloadError(`download: ${shown(url)} answered ${status} ${response.statusText}.`, { again, status });
}

function totalOf(response: Response, start: number): number | undefined {
  if (response.headers.has('content-encoding')) return undefined;
  const length = response.headers.get('content-length');
  return length === null ? undefined : start + Number(length);
}

function validatorIn({ headers }: Response): Validator {
  const etag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  return {
    // A weak tag does not promise the same bytes.
    ...(etag === null || etag.startsWith('W/') ? {} : { etag }),
    ...(lastModified === null ? {} : { lastModified }),
  };
}

/**
 * Chunks of a body until it ends or the signal is aborted. The signal is listened to here as well: `fetch` of Node 20 may
 * lose it once the answer has begun.
 */
async function* watched(
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
  tick: () => void,
): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  const reader = body.getReader();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), aborted]);
      if (done) return;
      tick();
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/**
 * An address for messages: without name, password and query, which may hold secrets.
 *
 * @param url - the address
 * @returns the text
 */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
