/** `<form data-select>`: a box that selects all of the page, and how many are selected on the button. */
export function selections(): void {
  document.addEventListener('found', prepare);
  prepare();
}

function prepare(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-select]')) {
    const boxes = [...form.querySelectorAll<HTMLInputElement>('tbody input[type=checkbox]:not(:disabled)')];
    const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
    const corner = form.querySelector('th');
    if (button === null || corner === null || boxes.length === 0) continue;
    const all = document.createElement('input');
    all.type = 'checkbox';
    all.setAttribute('aria-label', 'Select all of this page');
    corner.replaceChildren(all);
    const count = () => {
      const chosen = boxes.filter(({ checked }) => checked).length;
      button.disabled = chosen === 0;
      button.textContent = chosen === 0 ? 'Release the selected…' : `Release ${chosen} selected…`;
      all.checked = chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    };
    all.addEventListener('change', () => {
      for (const box of boxes) box.checked = all.checked;
    });
    form.addEventListener('change', count);
    count();
  }
}
