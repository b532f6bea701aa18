/** How a person is brought to a page and back. */
export interface Visit {
  /** The page where they sign in. */
  readonly url: URL;
  /** Where the browser comes back to. */
  readonly redirectUrl: string;
  /** Comes when the browser has come back by itself. */
  readonly answered: Promise<URLSearchParams>;
  /** @returns the parameters of an address that was pasted, or why it is not the one. */
  readPasted(address: string): URLSearchParams | string;
}
