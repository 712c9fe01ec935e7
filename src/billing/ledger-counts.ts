/** What billing counts since the process began; metrics show it. */
export class LedgerCounts {
  holds = 0;
  refusals = 0;
  extensions = 0;
  extensionsRefused = 0;
  settlements = 0;
  releases = 0;
  /** Requests that ended before any of their answer had been sent, by their callers' doing. */
  abandoned = 0;
  /** Charges that rest on our own count. */
  estimates = 0;
  absorbedNanoUsd = 0n;
  storeFaults = 0;
  /** Settlements that the store has not taken yet. */
  settlementsWaiting = 0;
  /** Holds of dead processes, by what became of them. */
  orphansSettled = 0;
  orphansReleased = 0;
  orphansUnresolved = 0;
}
