/**
 * `<form data-live="ID">`: what is typed filters at once. The same page is fetched as the form would open it, and its part of
 * that id takes the place of ours; the address of the page keeps in step.
 */
const WAIT = 200;

export function liveForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-live]')) {
    let timer = 0;
    let asking = new AbortController();
    const show = async () => {
      asking.abort();
      asking = new AbortController();
      const given = [...new FormData(form)].filter(([, value]) => value !== '') as [string, string][];
      const query = new URLSearchParams(given).toString();
      const url = form.action.split('?', 1)[0] + (query === '' ? '' : `?${query}`);
      const part = document.getElementById(form.dataset.live ?? '');
      part?.setAttribute('aria-busy', 'true');
      try {
        const answer = await fetch(url, { signal: asking.signal });
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const fresh = page.getElementById(form.dataset.live ?? '');
        // Signed out meanwhile, for one: the browser shows what there is to say.
        if (fresh === null) return location.assign(url);
        part?.replaceWith(fresh);
        for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-export]'))
          link.href =
            page.querySelector<HTMLAnchorElement>('a[data-export]')?.getAttribute('href') ?? link.href;
        history.replaceState(null, '', url);
        document.dispatchEvent(new Event('found'));
      } catch (error) {
        if ((error as Error).name !== 'AbortError') location.assign(url);
      }
    };
    const later = () => {
      clearTimeout(timer);
      timer = window.setTimeout(show, WAIT);
    };
    form.addEventListener('input', later);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      clearTimeout(timer);
      void show();
    });
  }
}
