const CONSOLE = '/console/';

/** A page whose files could not be fetched, since nobody answered. */
export class PageNotFetched extends Error {
  constructor(cause: unknown) {
    super('The gateway cannot be reached, so this page could not be opened.', { cause });
    this.name = 'PageNotFetched';
  }
}

/**
 * Fetches a page. Where a file of it is gone from a gateway that answers, that is another version by
 * now, and the router loads the console anew. Where nobody answers, that would leave nothing of the
 * console: the page says so, in the place where it would be.
 */
export async function loadPage<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await load();
  } catch (error) {
    if (await isGatewayThere()) throw error;
    throw new PageNotFetched(error);
  }
}

/** Loads the console anew, once there is somebody to load it from. */
export async function reloadIfThere(): Promise<void> {
  if (await isGatewayThere()) window.location.reload();
}

async function isGatewayThere(): Promise<boolean> {
  try {
    await fetch(CONSOLE, { method: 'HEAD', cache: 'no-store' });
    return true;
  } catch {
    // Whatever answers is there; this is nobody.
    return false;
  }
}
