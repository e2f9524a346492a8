/** How far an upload is (`<form data-upload>`), and how far an import (`[data-poll]`), without loading the page anew. */
const OFTEN = 1_000;

export function imports(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-upload]');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    upload(form);
  });
  if (document.querySelector('[data-poll]') !== null) setTimeout(look, OFTEN);
}

function upload(form: HTMLFormElement): void {
  const bar = form.querySelector('progress');
  const button = form.querySelector('button');
  const request = new XMLHttpRequest();
  request.open('POST', form.action);
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    if (bar !== null) bar.value = (100 * loaded) / total;
  });
  request.addEventListener('load', () => {
    if (request.status === 200 && request.responseURL !== form.action) location.assign(request.responseURL);
    else {
      const page = new DOMParser().parseFromString(request.responseText, 'text/html');
      const main = page.querySelector('main');
      if (main === null) return form.submit();
      document.querySelector('main')?.replaceWith(main);
      imports();
    }
  });
  // The browser tells better than we could.
  request.addEventListener('error', () => form.submit());
  if (bar !== null) bar.hidden = false;
  if (button !== null) button.disabled = true;
  request.send(new FormData(form));
}

async function look(): Promise<void> {
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok === true) {
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById('import');
    if (fresh !== null) document.getElementById('import')?.replaceWith(fresh);
  } else if (answer !== null) return location.reload();
  if (document.querySelector('[data-poll]') !== null) setTimeout(look, OFTEN);
}
