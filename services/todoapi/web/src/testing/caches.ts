/** What the app and the service worker use of the browser's caches, in memory. */
export class Caches {
  private readonly named = new Map<string, Map<string, string>>();

  open = (name: string) => {
    const entries = this.named.get(name) ?? new Map<string, string>();
    this.named.set(name, entries);
    return Promise.resolve({
      match: (url: string) => {
        const text = entries.get(url);
        return Promise.resolve(text === undefined ? undefined : new Response(text));
      },
      put: async (url: string, answer: Response) => void entries.set(url, await answer.text()),
      delete: (url: string) => Promise.resolve(entries.delete(url)),
    });
  };
}
