/** Most bytes of a folder's or file's name, and of a path below the folder: what common file systems take. */
const [mostInPart, mostInPath] = [255, 1024];

/** Names of an archive's entries, looked at one after the other. */
export class EntryNames {
  // In lower case: some file systems take upper and lower case for the same.
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  /**
   * Looks at an entry's name, and keeps it.
   *
   * @param name - as the archive has it
   * @param kind - what the entry is
   * @returns the path below the folder, with forward slashes, or what is wrong with it, as `holds ...`
   */
  add(name: string, kind: 'file' | 'folder'): { path: string } | { wrong: string } {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    const leadsOut = name.startsWith('/') || parts.includes('..') || /^[a-z]:/i.test(name);
    if (leadsOut || /[\\\0]/.test(name)) {
      return { wrong: `holds ${JSON.stringify(name.slice(0, 200))}, which leads out of the folder` };
    }
    const path = parts.join('/');
    if (Buffer.byteLength(path) > mostInPath || parts.some((part) => Buffer.byteLength(part) > mostInPart)) {
      return {
        wrong: `holds a name of ${Buffer.byteLength(name)} bytes, ${name.slice(0, 50)}..., too long to be made`,
      };
    }
    return path === '' && kind === 'file' ? { wrong: 'holds a file without a name' } : this.#keep(path, kind);
  }

  #keep(path: string, kind: 'file' | 'folder'): { path: string } | { wrong: string } {
    const key = path.toLowerCase();
    const above = key.split('/').map((_, i, parts) => parts.slice(0, i).join('/'));
    if (kind === 'file' && this.#files.has(key)) return { wrong: `holds two files ${path}` };
    const clash = kind === 'file' ? this.#folders.has(key) : this.#files.has(key);
    if (clash || above.some((folder) => this.#files.has(folder))) {
      return { wrong: `holds ${path} where it holds a file and a folder of one name` };
    }
    if (kind === 'file') this.#files.add(key);
    else this.#folders.add(key);
    for (const folder of above) this.#folders.add(folder);
    return { path };
  }
}
