import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openConsole, setUpConsole } from './browser-console.ts';
import type { WatchedPage } from './open-browser.ts';
import { openBrowser } from './open-browser.ts';
import type { TestGateway } from './start-test-gateway.ts';

/** A browser, and a gateway for it to look at. */
interface BrowserSetUp<Gateway extends TestGateway> {
  readonly browser: Browser;
  readonly gateway: Gateway;
  /** Ends both, whatever became of either. */
  readonly close: () => Promise<void>;
}

/** The same with a console in it, whose first operator is signed in. */
interface ConsoleSetUp<Gateway extends TestGateway> extends BrowserSetUp<Gateway> {
  readonly watched: WatchedPage;
  readonly page: Page;
}

/** Starts a gateway and a browser: both are there, or neither. */
export async function openBrowserOn<Gateway extends TestGateway>(
  start: () => Promise<Gateway>,
): Promise<BrowserSetUp<Gateway>> {
  const browser = await openBrowser();
  try {
    const gateway = await start();
    const close = async (): Promise<void> => {
      try {
        await browser.close();
      } finally {
        await gateway.stop();
      }
    };
    return { browser, gateway, close };
  } catch (fault) {
    await browser.close();
    throw fault;
  }
}

/** Starts them and sets the console up, by its form as an operator does. */
export async function openConsoleOn<Gateway extends TestGateway>(
  start: () => Promise<Gateway>,
): Promise<ConsoleSetUp<Gateway>> {
  const opened = await openBrowserOn(start);
  try {
    const watched = await openConsole(opened.browser, opened.gateway);
    await setUpConsole(watched, opened.gateway);
    return { ...opened, watched, page: watched.page };
  } catch (fault) {
    await opened.close();
    throw fault;
  }
}

type WindowName = `${'wide' | 'narrow'} and ${'light' | 'dark'}`;

const wide = { width: 1440, height: 900 } as const;
const narrow = { width: 360, height: 740 } as const;

/** The windows that a page has to be right in. */
export const windows: Readonly<Record<WindowName, BrowserContextOptions>> = {
  'wide and light': { viewport: wide, colorScheme: 'light' },
  'wide and dark': { viewport: wide, colorScheme: 'dark' },
  'narrow and light': { viewport: narrow, colorScheme: 'light' },
  'narrow and dark': { viewport: narrow, colorScheme: 'dark' },
};
