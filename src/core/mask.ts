/** Texts with what identifies a person or a message taken out. */

const addressLike = /[^\s<>"'(),;:]{1,64}@[^\s<>"'(),;]{1,255}/g;

/** `alice@example.com` -> `a***@example.com`. */
export const maskAddresses = (text: string): string =>
  text.replace(addressLike, (found) => `${found[0]}***@${found.slice(found.lastIndexOf('@') + 1)}`);

/** A reply with its variable parts replaced, so that replies of one cause share one template. */
export const templateOf = (text: string): string =>
  text
    .slice(0, 500)
    .replace(addressLike, '<address>')
    .replace(/\[?\b\d{1,3}(?:\.\d{1,3}){3}\b\]?/g, '<ip>')
    .replace(/\bhttps?:\S+/g, '<url>')
    .replace(/\b(?=[\w.-]*\d)[\w.-]{12,}\b/g, '<id>')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);

/** A label that no adapter knows, as it is listed: some put an address into it. */
export const labelShown = (label: string): string => maskAddresses(label.slice(0, 500)).slice(0, 100);
