/** What scrolls and holds nothing to tab to is tabbed to itself, so that its end is reached without a mouse. */
export function scrollByKeys(): void {
  const mark = (element: Element) => {
    const needed =
      (element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight) &&
      element.querySelector('a, button, input, select, textarea') === null;
    if (needed) element.setAttribute('tabindex', '0');
    else element.removeAttribute('tabindex');
  };
  const seen = new ResizeObserver((changed) => {
    for (const { target } of changed) mark(target);
  });
  for (const element of document.querySelectorAll('.scroll, figure, pre')) {
    mark(element);
    seen.observe(element);
  }
}
