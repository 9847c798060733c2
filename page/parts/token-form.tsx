import { useEffect, useRef } from 'preact/hooks';
import { useClient } from '../client/page-client.js';

/** Asks for a token. It is kept for this tab until it is closed or forgotten, and is in no address. */
export function TokenForm({ isWrong }: { readonly isWrong: boolean }) {
  const { session } = useClient();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current!.focus(), []);
  const give = (event: Event) => {
    event.preventDefault();
    const token = field.current!.value.trim();
    if (token !== '') session.give(token);
  };
  return (
    <form class="card token" onSubmit={give}>
      <h1 tabIndex={-1}>A token, please</h1>
      <p>
        This server answers those who have one of its tokens: the same as for the command line. It is kept for
        this tab until you close it.
      </p>
      {isWrong && (
        <p class="wrong" id="token-wrong" role="alert">
          The server does not accept this token. Look whether it is whole, and whether it was replaced.
        </p>
      )}
      <label for="token">Token</label>
      <input
        id="token"
        ref={field}
        type="password"
        autoComplete="off"
        spellcheck={false}
        required
        aria-invalid={isWrong}
        aria-describedby={isWrong ? 'token-wrong' : undefined}
      />
      <button type="submit" class="main-action">
        Use this token
      </button>
    </form>
  );
}
