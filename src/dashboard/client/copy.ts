/** `<code data-copy>`: a button beside it copies it. Only where the browser lets a page write to the clipboard. */
export function copyButtons(): void {
  if (navigator.clipboard === undefined) return;
  for (const of of document.querySelectorAll<HTMLElement>('[data-copy]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'plain small';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(of.textContent ?? '');
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2_000);
    });
    of.after(' ', button);
  }
}
