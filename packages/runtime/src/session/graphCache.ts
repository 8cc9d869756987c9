import { DisposedError } from '@adlib/core';

interface Slot<E> {
  readonly entry: Promise<E>;
  value: E | undefined;
  users: number;
  dropped: boolean;
  freed: () => void;
  readonly whenFreed: Promise<void>;
}

/**
 * Graphs by key, at most so many: the least recently used goes first. A graph that is in use when it goes, or when all go,
 * is freed when its last user has finished.
 */
export class GraphCache<E extends { dispose(): Promise<void> }> {
  readonly #owner: string;
  readonly #bound: number;
  readonly #slots = new Map<string, Slot<E>>();
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;

  /** An empty cache of at most `bound` graphs; `owner` is named in errors. */
  constructor(owner: string, bound: number) {
    this.#owner = owner;
    this.#bound = bound;
  }

  /** Graphs in the cache. */
  get size(): number {
    return this.#slots.size;
  }

  /** Graphs in the cache that are ready, the least recently used first. */
  get built(): E[] {
    return [...this.#slots.values()].flatMap(({ value }) => (value === undefined ? [] : [value]));
  }

  /** Runs `use` on the graph of a key, which `build` makes if it is not there. Graphs that fail to build are forgotten. */
  async use<T>(key: string, build: () => E | Promise<E>, use: (entry: E) => T | Promise<T>): Promise<T> {
    if (this.#closed) throw new DisposedError(this.#owner);
    const known = this.#slots.get(key);
    const slot = known ?? newSlot(Promise.resolve().then(build));
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    slot.users++;
    for (const [oldest, old] of this.#slots) {
      if (this.#slots.size <= this.#bound) break;
      this.#slots.delete(oldest);
      this.#drop(old);
    }
    try {
      const entry = await slot.entry.catch((error: unknown) => {
        if (this.#slots.get(key) === slot) this.#slots.delete(key);
        throw error;
      });
      slot.value = entry;
      return await use(entry);
    } finally {
      slot.users--;
      if (slot.dropped && slot.users === 0) free(slot);
    }
  }

  /** Frees all graphs, those in use when they are no longer; nothing can be used afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const slot of this.#slots.values()) this.#drop(slot);
    this.#slots.clear();
    await Promise.all(this.#leaving);
  }

  #drop(slot: Slot<E>): void {
    slot.dropped = true;
    const gone = slot.whenFreed.then(() => {
      this.#leaving.delete(gone);
    });
    this.#leaving.add(gone);
    if (slot.users === 0) free(slot);
  }
}

function newSlot<E>(entry: Promise<E>): Slot<E> {
  let freed = () => {};
  const whenFreed = new Promise<void>((resolve) => (freed = resolve));
  return { entry, value: undefined, users: 0, dropped: false, freed, whenFreed };
}

function free<E extends { dispose(): Promise<void> }>(slot: Slot<E>): void {
  void slot.entry
    .then((entry) => entry.dispose())
    .catch(() => undefined)
    .then(slot.freed);
}
