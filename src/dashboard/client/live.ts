/** `<form data-live="id">`: what it would show is shown under that id while somebody types. */
const PAUSE = 200;

export function liveForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-live]')) {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let asking: AbortController | undefined;
    form.addEventListener('input', () => {
      clearTimeout(waiting);
      asking?.abort();
      waiting = setTimeout(() => {
        asking = new AbortController();
        show(form, asking.signal).catch((error: unknown) => {
          // Typed on, or the server is away: the button is still there, and says what is wrong.
          if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
        });
      }, PAUSE);
    });
  }
}

async function show(form: HTMLFormElement, signal: AbortSignal): Promise<void> {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.set(name, value);
  const answer = await fetch(`${form.action}?${fields}`, { signal });
  const told = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const id = form.dataset.live ?? '';
  const [place, found] = [document.getElementById(id), told.getElementById(id)];
  // Nobody is signed in any more, for one.
  if (found === null) return;
  place?.replaceChildren(...found.childNodes);
}
