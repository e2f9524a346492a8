/**
 * Requests whose body may take longer than others, since whoever sends it has shown a key: a list of any length, read as
 * fast as it is worked off.
 */
const unhurried = new WeakSet<Request>();

export const takeYourTime = (request: Request): void => void unhurried.add(request);

export const isUnhurried = (request: Request): boolean => unhurried.has(request);
