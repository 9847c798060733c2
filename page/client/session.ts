import { Store } from './store.js';

/** The place that keeps the token of this tab, as a browser's sessionStorage does: until the tab is closed. */
export type TokenPlace = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** `given`: requests carry it; `wanted`: the server asks for one; `wrong`: it does not accept the one that it was sent. */
export type Admission = 'open' | 'given' | 'wanted' | 'wrong';

const KEY = 'smoothcert-token';

/** The token that requests carry. It is kept for this tab alone, and is in no address. */
export class Session {
  readonly admission: Store<Admission>;

  constructor(private readonly place: TokenPlace) {
    this.admission = new Store<Admission>(this.token === null ? 'open' : 'given');
  }

  get token(): string | null {
    return this.place.getItem(KEY);
  }

  /** True while requests are pointless: a token must be given first. */
  get isClosed(): boolean {
    return this.admission.value === 'wanted' || this.admission.value === 'wrong';
  }

  give(token: string): void {
    this.place.setItem(KEY, token);
    this.admission.set('given');
  }

  /** Forgets the token, and asks for another one. */
  forget(): void {
    this.place.removeItem(KEY);
    this.admission.set('wanted');
  }

  /** Notes that the server refused a request. @param sent the token that it carried: an answer to an older one says nothing of today's */
  refused(sent: string | null): void {
    if (sent !== this.token) return;
    this.place.removeItem(KEY);
    this.admission.set(sent === null ? 'wanted' : 'wrong');
  }
}
